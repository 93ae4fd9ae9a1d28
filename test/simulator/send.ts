import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer, Cut } from './exchange.ts'

/** Writes `answer`, cut short where it says so. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  hangUp: () => void,
): Promise<void> {
  const { body = '', cut } = answer
  const length = typeof body === 'function' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const noContent = answer.status === 204 || answer.status < 200
  response.writeHead(answer.status, noContent ? answer.headers : { ...length, ...answer.headers })
  if (request.method === 'HEAD' || noContent) {
    response.end()
  } else if (cut !== undefined) {
    await sendCut(response, streamOf(body), cut, hangUp)
    return
  } else if (typeof body === 'function') {
    await pipeline(body(), response)
  } else {
    response.end(body)
  }
  if (answer.thenClose === true) {
    if (!response.writableFinished) await once(response, 'finish')
    // Unread bytes make the kernel send an RST, as a server does that gives up on an upload.
    request.socket.destroy()
    return
  }
  // What a handler left unread would stop the next request on this connection.
  if (!request.readableEnded) request.resume()
}

function streamOf(body: string | Buffer | (() => Readable)): Readable {
  return typeof body === 'function' ? body() : Readable.from([Buffer.from(body)], { objectMode: false })
}

async function sendCut(response: ServerResponse, body: Readable, cut: Cut, hangUp: () => void): Promise<void> {
  let sent = 0
  await pipeline(firstBytes(body, cut.afterBytes), async (source: AsyncIterable<Buffer>) => {
    response.flushHeaders()
    for await (const chunk of source) {
      sent += chunk.length
      await new Promise<void>((resolve, reject) => {
        response.write(chunk, (error) => (error ? reject(error) : resolve()))
      })
    }
  })
  if (cut.by === 'fin') hangUp()
  // The other side has a whole answer then; left open, it would hold up the next one on this connection for ever.
  else if (sent < cut.afterBytes) response.end()
}

async function* firstBytes(body: Readable, count: number): AsyncGenerator<Buffer> {
  let left = count
  try {
    for await (const chunk of body) {
      if (left <= 0) return
      const bytes: Buffer = chunk
      yield bytes.subarray(0, left)
      left -= bytes.length
      if (left <= 0) return
    }
  } finally {
    body.destroy()
  }
}
