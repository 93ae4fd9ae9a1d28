import { type IncomingMessage, type ClientRequest, type IncomingHttpHeaders } from 'node:http'
import { type Agent, request, type RequestOptions } from 'node:https'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Failure } from './explanation.ts'

/** Longer than anything that the soak makes late: an answer after this is one that does not come. */
const ANSWER_MS = 30_000
/** A slow reader takes so much, and then waits. */
const SIP_BYTES = 512 * 1024
const SIP_MS = 100

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Sent {
  options: RequestOptions
  body?: Buffer | AsyncIterable<Buffer>
  /** Takes the answer's body in sips. */
  slowly?: boolean
  /** How long it waits for the whole answer, if longer than usual. */
  patienceMs?: number
}

/** Where requests go: the proxy, or the layer host that it redirects to. */
export interface Endpoint {
  host: string
  port: number
  servername: string
  ca: string
  /** Without one, each request has a connection of its own. */
  agent?: Agent
}

/** A request without a whole answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly failure: Failure
  /** The status, when the answer had begun. */
  readonly status: number | undefined
  /** Whether it went out on a connection that had been used before. */
  readonly reused: boolean

  constructor(failure: Failure, status: number | undefined, reused: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause))
    this.failure = failure
    this.status = status
    this.reused = reused
  }
}

/** Opens a request that the caller writes and ends. */
export function open(endpoint: Endpoint, options: RequestOptions): ClientRequest {
  const { agent, ...to } = endpoint
  return request({ ...to, agent: agent ?? false, ...options })
}

/** One request and its whole answer. Throws NoAnswerError. */
export async function exchange(
  endpoint: Endpoint,
  { options, body, slowly, patienceMs = ANSWER_MS }: Sent,
): Promise<Answer> {
  const outgoing = open(endpoint, options)
  let status: number | undefined
  let late = false
  const timer = setTimeout(() => {
    late = true
    outgoing.destroy(new Error(`no whole answer within ${patienceMs} ms`))
  }, patienceMs)
  try {
    const answered = responseTo(outgoing)
    // An early answer makes the rest of a body unwanted; whether it went out shows in the answer.
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body)
    else
      Readable.from(body)
        .on('error', (error) => outgoing.destroy(error))
        .pipe(outgoing)
    const response = await answered
    status = response.statusCode ?? 0
    return { status, headers: response.headers, body: await bodyOf(response, slowly === true) }
  } catch (error) {
    throw new NoAnswerError({ kind: late ? 'late' : 'broken' }, status, outgoing.reusedSocket, error)
  } finally {
    clearTimeout(timer)
  }
}

async function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays for what comes after the answer: a refused upload may still fail to be written.
    outgoing.on('error', reject).once('response', resolve)
  })
}

async function bodyOf(response: IncomingMessage, slowly: boolean): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sip = 0
  for await (const chunk of response) {
    const bytes: Buffer = chunk
    chunks.push(bytes)
    sip += bytes.length
    if (!slowly || sip < SIP_BYTES) continue
    sip = 0
    await sleep(SIP_MS)
  }
  return Buffer.concat(chunks)
}
