import { readFileSync } from 'node:fs'
import dns from 'node:dns'
import type { buildConnector } from 'undici'
import { verifyingConnector } from '../../src/upstream/connector.ts'

/** Connects to whatever address the upstream's name has at the time, at a port of loopback; the name is verified. */
export function namedConnector({ registryPort, ca }: { registryPort: number; ca: string }): buildConnector.connector {
  const connect = verifyingConnector(ca)
  return (options, callback) => connect({ ...options, port: String(registryPort) }, callback)
}

type Addresses = { address: string; family: number }[]
type Answer = (error: NodeJS.ErrnoException | null, found?: string | Addresses, family?: number) => void

/**
 * In place of the DNS: a question for `name` is answered with the first line of a file: an IPv4 address, or the code of an
 * error. Node asks dns.lookup anew for each connection.
 */
export function answerNameFrom(file: string, name: string): void {
  const system = dns.lookup
  const lookup = (asked: string, options: { all?: boolean }, answer: Answer): void => {
    const line = readFileSync(file, 'utf8').trim()
    process.nextTick(() => {
      if (!/^[\d.]+$/.test(line)) answer(Object.assign(new Error(`getaddrinfo ${line} ${asked}`), { code: line }))
      else if (options.all === true) answer(null, [{ address: line, family: 4 }])
      else answer(null, line, 4)
    })
  }
  Object.assign(dns, {
    lookup: (...question: Parameters<typeof lookup>) =>
      question[0] === name ? lookup(...question) : Reflect.apply(system, dns, question),
  })
}
