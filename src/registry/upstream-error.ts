import { errorBody, type RegistryErrorCode } from './errors.ts'
import type { RegistryRequest } from './request.ts'

/** One error as the upstream told it; for the log. */
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
 * ids of the proxy's own role go. A body that is no registry error becomes one, with the code that its status implies.
 */
export function publicErrorBody(status: number, body: string, request: RegistryRequest): UpstreamErrorBody {
  const errors = registryErrors(body)
  if (errors === undefined) {
    return { body: errorBody(impliedCode(status, request), `the upstream registry answered ${status}`), told: [] }
  }
  const known = clientKnows(request)
  const scrubbed = errors.map((error) => scrubStrings(error, known))
  return {
    body: `${JSON.stringify({ errors: scrubbed })}\n`,
    told: errors.map((error) => ({
      code: error.code,
      message: typeof error.message === 'string' ? error.message : '',
    })),
  }
}

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

const ARN = /\barn:aws[a-z-]*:[^\s"'`,;<>()[\]{}]+/g
const ACCOUNT = /(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g

/** Takes ARNs and 12-digit account ids out of a text, except those in `known`, which the client itself sent. */
export function scrub(text: string, known = ''): string {
  return text.replace(ARN, '[arn]').replace(ACCOUNT, (account) => (known.includes(account) ? account : '[account]'))
}

function scrubStrings(error: ForeignError, known: string): unknown {
  return JSON.parse(
    JSON.stringify(error, (key, value: unknown) =>
      typeof value === 'string' && key !== 'code' ? scrub(value, known) : value,
    ),
  )
}

/** A tag such as 202611231234 looks like an account, and TAG_INVALID's text must keep it. */
function clientKnows(request: RegistryRequest): string {
  if (!('repository' in request)) return ''
  return 'reference' in request ? `${request.repository} ${request.reference}` : request.repository
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
