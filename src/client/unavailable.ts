import { RETRY_AFTER_SECONDS } from '../limits.ts'
import { RegistryError } from '../registry/errors.ts'

/** A 503 that asks the client to come back, which docker does; it never does after a 401 or 403. */
export function unavailable(message: string, cause?: unknown): RegistryError {
  return new RegistryError(503, 'UNAVAILABLE', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause })
}
