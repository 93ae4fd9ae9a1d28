import { ConfigSchema } from '../config/schema.ts'

/** Where a proxy listens. */
export interface Listener {
  host: string
  port: number
  tls: boolean
}

const MAX_PORT = 65_535
const ALL_ADDRESSES = new Set(['::', '0.0.0.0'])

/**
 * The listener that HOST, PORT and TLS mean, or what is wrong with them. Read without the validator of the whole
 * configuration, which takes longer to load than everything else of a health check.
 */
export function listenerOf(environment: NodeJS.ProcessEnv): Listener | { problem: string } {
  const port = Number(valueOf('PORT', environment))
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) return refused('PORT', environment)
  const tls = valueOf('TLS', environment)
  if (tls !== 'on' && tls !== 'off') return refused('TLS', environment)
  return { host: valueOf('HOST', environment), port, tls: tls === 'on' }
}

/** The listener's address as seen from this machine: loopback, where it listens on all addresses. */
export function ownAddress({ host }: Listener): string {
  return ALL_ADDRESSES.has(host) ? '127.0.0.1' : host
}

type Name = 'HOST' | 'PORT' | 'TLS'

// An empty variable is an unset one, as for the proxy itself.
function valueOf(name: Name, { [name]: set = '' }: NodeJS.ProcessEnv): string {
  return set === '' ? String(ConfigSchema.properties[name].default) : set
}

function refused(name: Name, environment: NodeJS.ProcessEnv): { problem: string } {
  const { expected } = ConfigSchema.properties[name]
  return { problem: `${name}: ${JSON.stringify(valueOf(name, environment))} is not allowed; expected ${expected}` }
}
