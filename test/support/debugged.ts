import type { TestContext } from 'node:test'
import type { Reply } from '../simulator/client.ts'
import { freePort } from '../process/proxy-process.ts'
import { type Sent, send } from './http-client.ts'
import { type Pair, type PairOptions, startPair } from './pair.ts'
import { until } from './until.ts'

export interface Debugged extends Pair {
  /** The port of the debug server. */
  port: number
  /** Asks the debug server. */
  ask(path: string, sent?: Sent): Promise<Reply>
}

/** A proxy with its debug server, and a simulator behind it. */
export async function startDebugged(t: TestContext, options: PairOptions = {}): Promise<Debugged> {
  const port = await freePort()
  const environment = { DEBUG_PORT: String(port), ...options.environment }
  const pair = await startPair(t, { ...options, environment })
  const isListening = (): boolean => pair.proxy.log.some(({ msg }) => String(msg).startsWith('debug server on '))
  await until(isListening, 'the debug server')
  const ask = (path: string, sent: Sent = {}): Promise<Reply> =>
    send({ port }, 'GET', path, { ...sent, headers: { Host: `localhost:${port}`, ...sent.headers } })
  return { ...pair, port, ask }
}
