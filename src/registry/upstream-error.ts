import { errorBody, type RegistryErrorCode } from './errors.ts'
import type { RegistryRequest } from './request.ts'

/** One error as the upstream gave it; for the log. */
export interface ToldError {
  code: string
  message: string
}

export interface UpstreamErrorBody {
  /** What the client gets: always a registry error. */
  body: string
  /** What the upstream said, unscrubbed; empty when it was no registry error. */
  told: ToldError[]
}

/**
 * An upstream's error answer as the client may see it. Codes and texts stay, because tools match them; ARNs and account
 * ids of the proxy's own role go, wherever they stand. A body that is no registry error becomes one, with the code that its status implies.
 */
export function publicErrorBody(status: number, body: string, request: RegistryRequest): UpstreamErrorBody {
  const errors = registryErrors(body)
  if (errors === undefined) {
    return { body: errorBody(impliedCode(status, request), `the upstream registry answered ${status}`), told: [] }
  }
  const known = clientKnows(request)
  const scrubbed = errors.map((error) => scrubValue(error, known))
  return {
    body: `${JSON.stringify({ errors: scrubbed })}\n`,
    told: errors.slice(0, MAX_TOLD).map((error) => ({
      code: error.code.slice(0, MAX_TOLD_LENGTH),
      message: typeof error.message === 'string' ? error.message.slice(0, MAX_TOLD_LENGTH) : '',
    })),
  }
}

/** Errors of one answer that the log has, and the characters of each of their texts: a line of the log has a bound. */
const MAX_TOLD = 3
const MAX_TOLD_LENGTH = 512

type ForeignError = Record<string, unknown> & { code: string }

/** The errors of a registry error body, or undefined when it is none. */
export function registryErrors(body: string): ForeignError[] | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || !('errors' in parsed)) return undefined
  const { errors } = parsed
  return Array.isArray(errors) && errors.length > 0 && errors.every(isForeignError) ? errors : undefined
}

function isForeignError(value: unknown): value is ForeignError {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
}

// A comma may be in the name of a role, and ends the ARN only where a space follows.
const ARN = /arn:aws[a-z-]*:(?:[^\s"'`,;<>()[\]{}]|,(?=[^\s"'`]))+/g
const ACCOUNT = /(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g

/** Takes ARNs and 12-digit account ids out of a text, except the ids in `known`, which the client itself sent. */
export function scrub(text: string, known: readonly string[]): string {
  return text.replace(ARN, '[arn]').replace(ACCOUNT, (account) => (known.includes(account) ? account : '[account]'))
}

/** An error is a few levels deep; thousands would exhaust the stack of whoever writes or reads them. */
const MAX_DEPTH = 32

/** A value of JSON without what scrub takes out: of its texts, its numbers and its names. What is too deep becomes null. */
function scrubValue(value: unknown, known: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return scrub(value, known)
  if (typeof value === 'number') {
    const text = String(value)
    const shown = scrub(text, known)
    return shown === text ? value : shown
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) return null
  if (Array.isArray(value)) return value.map((each) => scrubValue(each, known, depth + 1))
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([name, each]) => [scrub(name, known), scrubValue(each, known, depth + 1)]))
}

/** A tag such as 202611231234 looks like an account, and TAG_INVALID's text must keep it. */
function clientKnows(request: RegistryRequest): string[] {
  if (!('repository' in request)) return []
  const sent = 'reference' in request ? `${request.repository} ${request.reference}` : request.repository
  return sent.match(ACCOUNT) ?? []
}

function impliedCode(status: number, request: RegistryRequest): RegistryErrorCode {
  if (status === 403) return 'DENIED'
  if (status === 404) return unknownCode(request)
  if (status === 405) return 'UNSUPPORTED'
  if (status === 416) return 'BLOB_UPLOAD_INVALID'
  if (status === 429) return 'TOOMANYREQUESTS'
  return status >= 500 ? 'UNAVAILABLE' : 'UNKNOWN'
}

function unknownCode(request: RegistryRequest): RegistryErrorCode {
  switch (request.kind) {
    case 'manifest':
    case 'referrers':
      return 'MANIFEST_UNKNOWN'
    case 'blob':
      return 'BLOB_UNKNOWN'
    case 'upload':
      return request.id === '' ? 'NAME_UNKNOWN' : 'BLOB_UPLOAD_UNKNOWN'
    case 'ping':
    case 'catalog':
    case 'tags':
      return 'NAME_UNKNOWN'
    default:
      return request satisfies never
  }
}
