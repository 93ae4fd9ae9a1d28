/** How long the bench's own ends keep an idle connection, in milliseconds: longer than any pause between two portions. A subject may close it sooner. */
export const KEPT_MS = 600_000

/**
 * The ciphers of TLS 1.3 in the order of the ends that a registry has: Go's clients, docker among them, offer the one of 128
 * bits first, and AWS's load balancers prefer it. Node as a client offers 256 bits first, which takes more CPU from whichever
 * subject takes the client's choice; Go takes its own.
 */
export const CIPHERS = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'
