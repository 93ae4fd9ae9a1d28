import { type Clock, systemClock } from '../clock.ts'
import { HUNG_LOOKUP_MS, MAX_HUNG_LOOKUPS } from '../limits.ts'
import { unlessAborted } from '../unless-aborted.ts'

/** AWS's errors that may go away with other credentials; the clock may be what is wrong as well, or a right that is missing. */
const REFUSALS = new Set([
  // What a session gets that was revoked in IAM: a policy then denies all that its role was given before some time.
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
])

/** The options of an SDK client that makes each call once, for at most `callMs` milliseconds. */
export function boundedClient(callMs: number) {
  return {
    // Handed on to the default chain of credentials, which then looks into the credentials file again each time that it is
    // asked. Without this, the file is read once for the life of the process.
    ignoreCache: true,
    // Who calls repeats failed calls; two layers of retries would multiply.
    maxAttempts: 1,
    // The SDK's default is no timeout at all, and a warning to nobody for one that is set. Its lookup of a role's session,
    // which looks at no signal, sends by this, too.
    requestHandler: { connectionTimeout: callMs / 2, requestTimeout: callMs, throwOnRequestTimeout: true },
  }
}

/** An SDK client, as far as its credentials and its end go. */
export interface SdkClient {
  config: { credentials: (properties?: Record<string, unknown>) => Promise<unknown> }
  destroy(): void
}

/**
 * The calls of an SDK client, and the client's life. The SDK keeps credentials until they expire, which keys of a file never
 * do; after a call that was refused for its credentials, the next one gets them anew from where they come from. And it hands
 * a lookup that hangs to all who ask after it, with no limit of time; so such a client is left, and another one made.
 */
export class SdkCalls<Client extends SdkClient> {
  readonly #make: () => Client
  readonly #clock: Clock
  /** Clients whose lookups were given up, and when: those that were left, and the one that could not be. */
  readonly #hung = new Map<Client, number>()
  #client: Client | undefined
  #refused = false

  constructor(make: () => Client, clock: Clock = systemClock) {
    this.#make = make
    this.#clock = clock
  }

  /** Runs a call, which has to look at the signal. Rejects as soon as it is aborted: with its reason, or with that as the cause where a lookup hangs. */
  async run<T>(signal: AbortSignal, call: (client: Client) => Promise<T>): Promise<T> {
    this.#client ??= this.#make()
    const client = this.#client
    await this.#lookUp(client, signal)
    try {
      const answer = await unlessAborted(signal, call(client))
      this.#refused = false
      return answer
    } catch (error) {
      this.#refused = error instanceof Error && REFUSALS.has(error.name)
      throw error
    }
  }

  /** Ends the client. */
  close(): void {
    this.#client?.destroy()
  }

  /** Has the client look for credentials before the call does. */
  async #lookUp(client: Client, signal: AbortSignal): Promise<void> {
    const lookup = client.config.credentials(this.#refused ? { forceRefresh: true } : undefined)
    let hangs = true
    const settled = (): void => {
      hangs = false
      this.#hung.delete(client)
    }
    lookup.then(settled, settled)
    try {
      await unlessAborted(signal, lookup)
    } catch (error) {
      if (!hangs) throw error
      this.#leave(client)
      throw new Error('the source of the AWS credentials does not answer', { cause: error })
    }
  }

  /** Each lookup that hangs may be a process or a connection; with as many as there may be, the last one is waited for. */
  #leave(client: Client): void {
    const now = this.#clock.now()
    if (!this.#hung.has(client)) this.#hung.set(client, now)
    for (const [other, since] of this.#hung) if (now - since >= HUNG_LOOKUP_MS) this.#hung.delete(other)
    if (this.#hung.size > MAX_HUNG_LOOKUPS) return
    client.destroy()
    this.#client = undefined
  }
}
