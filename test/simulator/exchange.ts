import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** One request as a handler sees it. */
export interface Exchange {
  readonly method: string
  /** As sent: not decoded, without the query. */
  readonly path: string
  readonly rawQuery: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Leaving the loop early leaves the connection open. */
  readonly body: AsyncIterable<Buffer>
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A stream needs a Content-Length among the headers. Never sent in answer to HEAD. */
  readonly body?: string | Buffer | (() => Readable)
  /** Ends early: a fault. */
  readonly cut?: Cut
  /** Closes the connection after the answer, whatever of the request is still unread. */
  readonly thenClose?: boolean
}

export interface Cut {
  readonly afterBytes: number
  readonly by: 'fin' | 'stall'
}

export type Outcome = Answer | { readonly hangUp: 'fin' | 'rst' } | { readonly silence: true }

export type Handler = (exchange: Exchange) => Outcome | Promise<Outcome>

export async function drain(body: AsyncIterable<Buffer>, maxBytes = Number.POSITIVE_INFINITY): Promise<void> {
  if (maxBytes <= 0) return
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes >= maxBytes) return
  }
}

/** The whole body, or undefined when it is longer than `maxBytes`. */
export async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
