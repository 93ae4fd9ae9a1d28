import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { Agent, request } from 'node:https'
import type { TestContext } from 'node:test'
import type { SimulatorOptions } from './options.ts'
import type { Simulator } from './simulator.ts'
import { startSimulator } from './simulator.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: string[]
  readonly body: string
}

export interface Call {
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

/** A simulator that is closed with its test. */
export async function simulatorFor(t: TestContext, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options)
  t.after(() => simulator.close())
  return simulator
}

/** One request to the registry, with a good token unless the call brings its own Authorization (empty: none). */
export async function call(simulator: Simulator, method: string, path: string, { headers, body }: Call = {}) {
  const sent = open(simulator, method, path, headers === undefined ? {} : { headers })
  sent.end(body)
  return replyTo(sent)
}

/** A request to the registry whose body the test writes itself. */
export function open(simulator: Simulator, method: string, path: string, { headers, agent }: OpenOptions = {}) {
  const { registryHost, registryPort, ca, tokens } = simulator
  const all = { Host: registryHost, Authorization: `Basic ${tokens.issue()}`, ...headers }
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  return openAt(registryPort, registryHost, ca, method, path, { headers: sent, agent: agent ?? false })
}

interface OpenOptions {
  readonly headers?: Record<string, string>
  readonly agent?: Agent
}

/** Follows `url` to the layer host: its name is not in the DNS, so the port on loopback is asked. */
export async function fetchLayer(
  simulator: Simulator,
  url: string,
  method = 'GET',
  headers: Record<string, string> = {},
) {
  const { host, hostname, pathname, search } = new URL(url)
  const options = { headers: { Host: host, ...headers } }
  const sent = openAt(simulator.layerPort, hostname, simulator.ca, method, pathname + search, options)
  sent.end()
  return replyTo(sent)
}

export async function replyTo(sent: ClientRequest): Promise<Reply> {
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error('no response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const { statusCode = 0, headers, rawHeaders } = response
  return { status: statusCode, headers, rawHeaders, body: Buffer.concat(chunks).toString() }
}

/** The code and the message of a registry error. */
export function errorOf(reply: Reply): { code: string; message: string } {
  const { errors }: { errors: { code: string; message: string }[] } = JSON.parse(reply.body)
  const [error] = errors
  if (error === undefined || errors.length !== 1) throw new Error(`not one error: ${reply.body}`)
  return error
}

/** Keeps connections, so that a test can see whether the simulator does. */
export function keepAliveAgent(t: TestContext): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  return agent
}

function openAt(port: number, servername: string, ca: string, method: string, path: string, options: RequestOptions) {
  return request({ host: '127.0.0.1', port, servername, ca, method, path, agent: false, ...options })
}
