import { errorCode } from '../error-code.ts'

/** Why there was no answer. */
export interface Trouble {
  kind: 'name' | 'tls' | 'connection'
  /** Of the error, such as ECONNREFUSED. */
  code: string
}

const NAMES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'])
const TLS =
  /^(?:CERT_|CRL_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO)/
/** Causes of causes that are looked at. */
const MAX_CAUSES = 4

/** What kind of trouble an error of a connection is. */
export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error, MAX_CAUSES)
  if (NAMES.has(code)) return { kind: 'name', code }
  return { kind: TLS.test(code) ? 'tls' : 'connection', code }
}

/** The first code in the chain of causes; else the error's name. */
function codeOf(error: unknown, causes: number): string {
  if (!(error instanceof Error)) return String(error)
  const code = errorCode(error)
  if (code !== undefined) return code
  return error.cause instanceof Error && causes > 0 ? codeOf(error.cause, causes - 1) : error.name
}
