import { createHmac, randomBytes } from 'node:crypto'
import type { Answer, Exchange } from './exchange.ts'
import { invalidParameter } from './registry-errors.ts'

const DEFAULT_PAGE = 100
const MAX_PAGE = 1000

export interface Page {
  readonly items: string[]
  /** Query of the next page, without its question mark. */
  readonly next: string | undefined
}

/** The page that the query asks for, or ECR's refusal: a bad parameter is a 405. */
export function pageOf(all: string[], scope: string, { query }: Exchange, cursors: Cursors): Page | Answer {
  const n = query.get('n')
  const size = n === null ? DEFAULT_PAGE : Number(n)
  if (!Number.isInteger(size) || size < 1) {
    return invalidParameter('maxResults', 'Member must have value greater than or equal to 1')
  }
  if (size > MAX_PAGE) return invalidParameter('maxResults', `Member must have value less than or equal to ${MAX_PAGE}`)
  const last = query.get('last')
  const start = last === null ? 0 : cursors.read(last, scope)
  if (start === undefined) return invalidParameter('NextToken', 'Invalid next token provided')
  const end = start + size
  if (end >= all.length) return { items: all.slice(start), next: undefined }
  const next = new URLSearchParams({ last: cursors.write(end, scope), ...(n === null ? {} : { n }) })
  return { items: all.slice(start, end), next: next.toString() }
}

/** Opaque `last` values: not a tag, several hundred bytes, with characters that a query has to escape. */
export class Cursors {
  readonly #key = randomBytes(32)

  write(position: number, scope: string): string {
    const payload = Buffer.from(JSON.stringify({ position, scope, filler: randomBytes(300).toString('base64') }))
    return Buffer.concat([this.#mac(payload), payload]).toString('base64')
  }

  /** The position, or undefined for a value that was not issued for `scope`. */
  read(cursor: string, scope: string): number | undefined {
    const bytes = Buffer.from(cursor, 'base64')
    const payload = bytes.subarray(32)
    if (bytes.toString('base64') !== cursor || !this.#mac(payload).equals(bytes.subarray(0, 32))) return undefined
    const issued: { position: number; scope: string } = JSON.parse(payload.toString())
    return issued.scope === scope ? issued.position : undefined
  }

  #mac(payload: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(payload).digest()
  }
}
