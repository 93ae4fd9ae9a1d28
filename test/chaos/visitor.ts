import type { RequestOptions } from 'node:https'
import { digestOf } from '../simulator/store.ts'
import { type Answer, type Endpoint, exchange, NoAnswerError, type Sent } from '../soak/client.ts'
import { imageManifest, MANIFEST_TYPE, withDigest } from '../support/registry-client.ts'
import { errorOutcome } from './outcome.ts'
import type { Seeded } from './seeds.ts'

/** Something that a registry answered 201 to. */
export interface Acknowledged {
  repository: string
  digest: string
  kind: 'blob' | 'manifest'
}

export type Kind = 'pulls' | 'pushes'

export interface VisitorOptions {
  endpoint: Endpoint
  seeded: Seeded
  patienceMs: number
  /** Bytes of a layer; other ones each time. */
  layer: () => Buffer
  onOutcome: (kind: Kind, outcome: string, startedAt: number) => void
  onAcknowledged: (what: Acknowledged) => void
}

interface Asked {
  method: string
  path: string
  status: number
  headers?: Record<string, string>
  body?: Sent['body']
  /** Says what is wrong with an answer of the right status: 'wrong bytes', 'a short body' … */
  check?: (answer: Answer) => string | undefined
}

const EMPTY = { 'Content-Length': '0' }
/** A registry client's write. */
const CHUNK_BYTES = 32 * 1024

/** A registry client that pulls and pushes, and says of each request what it came to. */
export class Visitor {
  readonly #options: VisitorOptions

  constructor(options: VisitorOptions) {
    this.#options = options
  }

  /** A manifest, a layer that passes through the proxy, and one that is redirected. True when all of it was right. */
  async pull(): Promise<boolean> {
    const { manifest, direct, redirected } = this.#options.seeded
    const get = async (path: string, status: number, check: Asked['check']): Promise<boolean> =>
      (await this.#ask('pulls', { method: 'GET', path, status, ...(check === undefined ? {} : { check }) })) !==
      undefined
    const { repository } = manifest
    return (
      (await get(`/v2/${repository}/manifests/v1`, 200, differsFrom(manifest.content))) &&
      (await get(`/v2/${direct.repository}/blobs/${direct.digest}`, 200, differsFrom(direct.content))) &&
      (await get(`/v2/${redirected.repository}/blobs/${redirected.digest}`, 307, leadsNowhere))
    )
  }

  /** A layer in chunks of unknown length, as docker pushes it, and a manifest. True when all of it was right. */
  async push(repository: string): Promise<boolean> {
    const layer = this.#options.layer()
    const start = { method: 'POST', path: `/v2/${repository}/blobs/uploads/`, status: 202, headers: EMPTY }
    const started = await this.#ask('pushes', { ...start, check: leadsNowhere })
    if (started === undefined) return false
    const path = started.headers.location ?? ''
    const headers = { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/octet-stream' }
    const patch = { method: 'PATCH', path, status: 202, headers, body: chunksOf(layer), check: leadsNowhere }
    const patched = await this.#ask('pushes', patch)
    if (patched === undefined) return false
    const digest = digestOf(layer)
    const closing = withDigest(patched.headers.location ?? '', digest)
    if ((await this.#ask('pushes', { method: 'PUT', path: closing, status: 201, headers: EMPTY })) === undefined)
      return false
    this.#options.onAcknowledged({ repository, digest, kind: 'blob' })
    return this.#pushManifest(repository, Buffer.from(imageManifest(digest, [digest])))
  }

  async #pushManifest(repository: string, body: Buffer): Promise<boolean> {
    const digest = digestOf(body)
    const path = `/v2/${repository}/manifests/pushed`
    const headers = { 'Content-Type': MANIFEST_TYPE, 'Content-Length': String(body.length) }
    if ((await this.#ask('pushes', { method: 'PUT', path, status: 201, headers, body })) === undefined) return false
    this.#options.onAcknowledged({ repository, digest, kind: 'manifest' })
    return true
  }

  /** The answer when it is right. */
  async #ask(kind: Kind, asked: Asked): Promise<Answer | undefined> {
    const { onOutcome } = this.#options
    const startedAt = performance.now()
    const { outcome, answer } = await this.#outcomeOf(asked)
    onOutcome(kind, outcome, startedAt)
    return outcome === 'right' ? answer : undefined
  }

  async #outcomeOf({
    method,
    path,
    status,
    headers = {},
    body,
    check,
  }: Asked): Promise<{ outcome: string; answer?: Answer }> {
    const { endpoint, patienceMs } = this.#options
    const options: RequestOptions = { method, path, headers }
    try {
      const answer = await exchange(endpoint, { options, patienceMs, ...(body === undefined ? {} : { body }) })
      if (answer.status === status) return { outcome: check?.(answer) ?? 'right', answer }
      if (answer.status < 400) return { outcome: `${answer.status} in place of ${status}` }
      return { outcome: errorOutcome(answer.status, answer.headers['content-type'], answer.body.toString()) }
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error
      if (error.failure.kind === 'late') return { outcome: 'no answer' }
      return { outcome: /ECONNREFUSED/.test(error.message) ? 'no connection' : 'broken transfer' }
    }
  }
}

function differsFrom(content: Buffer): NonNullable<Asked['check']> {
  return ({ body }) => {
    if (body.equals(content)) return undefined
    return body.length < content.length ? 'a short body' : 'wrong bytes'
  }
}

function leadsNowhere({ headers }: Answer): string | undefined {
  return headers.location === undefined ? 'no Location' : undefined
}

async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += CHUNK_BYTES) yield content.subarray(at, at + CHUNK_BYTES)
}
