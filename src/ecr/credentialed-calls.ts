/** AWS's errors that are about the credentials that a call was signed with; the clock may be what is wrong as well. */
const REFUSALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

/**
 * For the options of an SDK client: it hands them on to its default chain of credentials, which then looks into the
 * credentials file again each time that it is asked. Without this, the file is read once for the life of the process.
 */
export const FILES_READ_ANEW = { ignoreCache: true } as const

/** An SDK client, as far as its credentials go. */
export interface CredentialsHolder {
  config: { credentials: (properties?: Record<string, unknown>) => Promise<unknown> }
}

/**
 * Calls of one client. The SDK keeps credentials until they expire, which keys of a file never do; after a call that was
 * refused for its credentials, the next one gets them anew from where they come from.
 */
export class CredentialedCalls {
  #refused = false

  /** Runs a call of `client`. */
  async run<T>(client: CredentialsHolder, call: () => Promise<T>): Promise<T> {
    if (this.#refused) await client.config.credentials({ forceRefresh: true })
    try {
      const answer = await call()
      this.#refused = false
      return answer
    } catch (error) {
      this.#refused = error instanceof Error && REFUSALS.has(error.name)
      throw error
    }
  }
}
