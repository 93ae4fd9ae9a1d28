/** One way to reach the proxy: which TLS it speaks there, and by which address family its name resolves. */
export interface Lane {
  readonly tls: '1.2' | '1.3'
  readonly ip: 4 | 6
  /** host:port, as in an image's name. */
  readonly registry: string
}

export const ADDRESS_OF_NAME = { 'registry4.example.test': '127.0.0.3', 'registry6.example.test': '::1' } as const

export const TLS_FLAGS = {
  '1.2': ['--tls-max-v1.2'],
  // The proxy's own minimum is 1.2; with no cipher of 1.2 left, Node raises it (tls.createSecureContext).
  '1.3': ['--tls-cipher-list=TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'],
} as const

/** As in the name of a test. */
export function laneName({ tls, ip }: Lane): string {
  return `TLS ${tls} over IPv${ip}`
}
