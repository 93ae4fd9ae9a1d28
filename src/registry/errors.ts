/** The error codes that this proxy answers itself: those of the OCI distribution spec, and TAG_INVALID, UNAVAILABLE and UNKNOWN of the Docker registry. */
export type RegistryErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAVAILABLE'
  | 'UNKNOWN'
  | 'UNSUPPORTED'

export interface RegistryErrorOptions {
  /** Sent as Retry-After. */
  retryAfterSeconds?: number
  /** Sent as Allow, which RFC 9110 section 15.5.6 wants of a 405. */
  allow?: readonly string[]
  /** For the log only; a client never sees it. */
  cause?: unknown
}

/** An answer to the client: a status and one registry error. Its message is public, its cause is not. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly status: number
  readonly code: RegistryErrorCode
  readonly retryAfterSeconds: number | undefined
  readonly allow: readonly string[] | undefined

  constructor(status: number, code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = status
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
    this.allow = options.allow
  }
}

/** The body of a registry error, OCI distribution spec "Error Codes"; ends with a newline, as ECR's do. */
export function errorBody(code: string, message: string): string {
  return `${JSON.stringify({ errors: [{ code, message }] })}\n`
}
