const ALL_ADDRESSES = '::'

/** The variables behind a listener's address. */
export interface ListenVariables {
  port: 'PORT' | 'STATUS_PORT' | 'DEBUG_PORT'
  host: 'HOST' | 'DEBUG_HOST'
}

/** What the debug server shows is not for other machines. */
const EXAMPLES = { HOST: '0.0.0.0 or ::', DEBUG_HOST: '127.0.0.1 or ::1' } as const

/** Whether listening on all addresses failed because there are none of IPv6. */
export function isWithoutIpv6(host: string, code: string): boolean {
  return host === ALL_ADDRESSES && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')
}

/** Why a port cannot be listened on, in a line that names the variable. */
export function listenProblem(code: string, variables: ListenVariables, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${variables.port}: ${port} is in use; expected a free port on ${host}`
    case 'EACCES':
      return `${variables.port}: ${port} may not be listened on by this user; expected a port from 1024, or the right to use lower ones`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${variables.host}: ${JSON.stringify(host)} is no address of this machine; expected one, such as ${EXAMPLES[variables.host]}`
    default:
      return `${variables.port}: cannot listen on port ${port} of ${host} (${code})`
  }
}
