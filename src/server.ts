import type http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { setDefaultHighWaterMark } from 'node:stream'
import { closeQueuedAnswer } from './client/queued-answer.ts'
import type { Config } from './config/load.ts'
import type { TlsCredentials } from './tls/credentials.ts'
import {
  CLIENT_CONNECTIONS,
  CLIENT_HANDSHAKE_MS,
  CLIENT_HEAD_MS,
  CLIENT_TCP_KEEP_ALIVE_MS,
  MALFORMED_CLOSE_MS,
  STREAM_BUFFER_BYTES,
} from './limits.ts'
import { createServer as createHttpServer } from './node-http.ts'
import { errorBody } from './registry/errors.ts'

/** What TLS is with every certificate. */
const TLS_OPTIONS = { minVersion: 'TLSv1.2' } as const

/** The client-facing server, with every default of Node's that is wrong for a registry proxy written out; that of streams is set for the whole process. */
export function createServer(config: Config, handler: http.RequestListener): http.Server {
  const { tls } = config
  // node:tls gives the sockets of a server no mark of their own.
  setDefaultHighWaterMark(false, STREAM_BUFFER_BYTES)
  const options: http.ServerOptions = {
    maxHeaderSize: config.MAX_HEADER_SIZE,
    // Longer than a load balancer's idle timeout, or it sends a request into a closing connection and answers 502.
    keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT,
    headersTimeout: CLIENT_HEAD_MS,
    // No total limit: a 50 GiB layer takes what it takes. Progress is watched instead, by UploadBody and Relay.
    requestTimeout: 0,
    connectionsCheckingInterval: CLIENT_HEAD_MS / 4,
    keepAlive: true,
    keepAliveInitialDelay: CLIENT_TCP_KEEP_ALIVE_MS,
    noDelay: true,
    // A request without a body is no stream to be read, ended and closed: 8 % of what a manifest costs (docs/performance.md).
    // Its `close` never comes, so nothing may wait for it. Node has this since 24.12, and older ones ignore it.
    optimizeEmptyRequests: true,
    // Node's own answer has no body and no id, and nothing reports it; plugin errors has a better one.
    requireHostHeader: false,
  }
  const server =
    tls === undefined
      ? createHttpServer(options, handler)
      : https.createServer({ ...options, ...TLS_OPTIONS, ...tls, handshakeTimeout: CLIENT_HANDSHAKE_MS }, handler)
  // An idle limit on the socket would cut a client that waits in silence for ECR to assemble a layer.
  server.timeout = 0
  server.maxConnections = CLIENT_CONNECTIONS
  // Else a worker gives such a connection back to the primary, which hands it to the next that is free, the same one
  // included, without end. Node has this since 22.12.
  Object.assign(server, { dropMaxConnection: true })
  // For the same reason: with another expectation than 100-continue Node answers 417, which RFC 9110 (10.1.1) leaves to the server.
  server.on('checkExpectation', (incoming, outgoing) => server.emit('request', incoming, outgoing))
  server.on('request', closeQueuedAnswer)
  return server
}

/** New connections get this certificate; those that are open keep theirs. Nothing happens to a server without TLS. */
export function replaceCredentials(server: http.Server, { cert, key }: TlsCredentials, ticketKeys?: Buffer): void {
  // All options anew: what is not named here falls back to Node's defaults.
  if (server instanceof https.Server) server.setSecureContext({ ...TLS_OPTIONS, cert, key, ticketKeys })
}

const MALFORMED = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])

/** Codes of failures within HTTP. With any other one no answer can be sent: a TLS handshake that has not ended takes no answer, and would hold it for ever. */
const OF_HTTP = /^(?:HPE|ERR_HTTP)_/

/**
 * Answers what never became a request: a head that is malformed, too large or too slow (docs/request-handling.md: 1), and
 * closes its connection. Node leaves that to whoever listens for such failures. `begun` is an answer on this connection
 * whose head has been sent: nothing may follow within it, nor as a second one to the same request.
 */
export function answerMalformed(error: { code: string }, socket: Socket, begun?: http.ServerResponse): void {
  if (!socket.writable || !OF_HTTP.test(error.code) || begun?.writableEnded === false) {
    socket.destroy()
    return
  }
  if (begun === undefined) {
    const body = errorBody('UNSUPPORTED', 'the request is malformed, or its head is too large or came too slowly')
    const status = MALFORMED.get(error.code) ?? '400 Bad Request'
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.end()
  const timer = setTimeout(() => socket.destroy(), MALFORMED_CLOSE_MS).unref()
  socket.once('close', () => clearTimeout(timer))
}
