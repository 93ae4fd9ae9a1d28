import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'

export interface Question {
  port: number
  servername: string
  ca: string
  path: string
}

/** The status of one GET to a port of loopback. */
export async function httpsStatus(question: Question): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', agent: false, ...question }).end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  response?.resume()
  return response?.statusCode
}
