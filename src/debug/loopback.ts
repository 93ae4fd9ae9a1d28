const LOOPBACK = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/
const OWN_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/** Whether an address that a listener is bound to can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address)
}

/**
 * Whether a Host header is a loopback name of this machine, or `address`, which the listener is bound to. A page whose name was
 * made to resolve to 127.0.0.1 (DNS rebinding) sends its own name.
 */
export function isOwnName(host: string | undefined, address: string): boolean {
  if (host === undefined) return false
  return OWN_NAME.test(host) || host.replace(/:\d{1,5}$/, '') === address
}
