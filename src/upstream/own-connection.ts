import type { ClientRequest, IncomingMessage } from 'node:http'
import https from 'node:https'
import type { buildConnector } from 'undici'
import { type StreamedBody, UploadStalledError } from '../client/upload-body.ts'
import { UPSTREAM_IDLE_MS, UPSTREAM_MAX_HEADER_SIZE } from '../limits.ts'
import { type AnswerEvents, type Carrier, Exchange, type OutgoingRequest } from './exchange.ts'
import { readsOn } from './reads-on.ts'
import { errors } from './undici.ts'

/**
 * Sends a request over a connection that nobody has used before and nobody will use after. node:https and not undici,
 * which writes each chunk of a body and its frame one by one: a GiB up costs it half as much again (docs/performance.md).
 */
export function sendAlone(
  host: string,
  connector: buildConnector.connector,
  request: OutgoingRequest,
  stream: StreamedBody | undefined,
): Exchange {
  return new Exchange((answer) => new OwnConnection(host, connector, request, stream, answer))
}

class OwnConnection implements Carrier {
  readonly #answer: AnswerEvents
  readonly #request: ClientRequest
  readonly #stream: StreamedBody | undefined
  #response: IncomingMessage | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    host: string,
    connector: buildConnector.connector,
    { method, path, headers, authorization, body, silenceMs }: OutgoingRequest,
    stream: StreamedBody | undefined,
    answer: AnswerEvents,
  ) {
    this.#answer = answer
    this.#stream = stream
    this.#request = https.request({
      method,
      path,
      headers: [...headers, 'Host', host, 'Authorization', authorization.value, 'Connection', 'close'],
      maxHeaderSize: UPSTREAM_MAX_HEADER_SIZE,
      // Without an agent, and so without one that keeps, queues or resumes anything.
      createConnection: (_options, connected) => {
        const to = { protocol: 'https:', hostname: host, host, port: '443', servername: host }
        connector(to, (...[error, socket]) => {
          if (error !== null) return this.#failed(error)
          readsOn(socket)
          connected(null, socket)
        })
        return undefined
      },
    })
    this.#request
      .on('error', (error) => this.#failed(error))
      .on('response', (response) => this.#answered(response))
      .on('upgrade', (_response, socket) => {
        socket.destroy()
        this.#failed(new errors.SocketError('an upgrade that nobody asked for'))
      })
      .once('finish', () => this.#waitForAnswer(silenceMs))
    if (stream === undefined) {
      // Of a stream its sender watches how it is taken.
      this.#arm(UPSTREAM_IDLE_MS, () => new UploadStalledError('upstream'))
      this.#request.end(body)
    } else {
      this.#request.once('socket', () => stream.sendTo(this.#request))
    }
  }

  pause(): void {
    clearTimeout(this.#timer)
    this.#response?.pause()
  }

  resume(): void {
    if (this.#request.destroyed) return
    this.#arm(UPSTREAM_IDLE_MS, () => new errors.BodyTimeoutError())
    this.#response?.resume()
  }

  abort(reason: Error): void {
    this.#close(reason)
  }

  #answered(response: IncomingMessage): void {
    const status = response.statusCode ?? 0
    // Node passes on a 101 that upgrades nothing, and what is no status at all.
    if (status < 200) return this.#failed(new errors.SocketError(`the upstream answered ${status}`))
    this.#response = response
    response
      .on('data', (chunk: Buffer) => {
        this.#timer?.refresh()
        if (!this.#answer.chunk(chunk)) this.pause()
      })
      .on('end', () => {
        this.#close(undefined)
        this.#answer.end()
      })
      .on('error', (error) => this.#failed(error))
    this.#arm(UPSTREAM_IDLE_MS, () => new errors.BodyTimeoutError())
    this.#answer.began(status, response.rawHeaders)
  }

  #waitForAnswer(silenceMs: number): void {
    if (this.#response === undefined) this.#arm(silenceMs, () => new errors.HeadersTimeoutError())
  }

  #arm(ms: number, error: () => Error): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#failed(error()), ms).unref()
  }

  #failed(error: Error): void {
    this.#close(error)
    this.#answer.failed(error)
  }

  /** Nothing of the connection is left, whether or not the request has been sent to its end. */
  #close(reason: Error | undefined): void {
    clearTimeout(this.#timer)
    this.#stream?.stop()
    this.#request.destroy(reason)
  }
}
