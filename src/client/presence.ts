import type { Call } from './call.ts'

/** The client left before it had its answer; nobody is there to be answered. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError'
}

/** Knows whether a client still waits for its answer, and ends what is done on its behalf when it leaves (docs/request-handling.md: 16). */
export class Presence {
  #gone: ClientGoneError | undefined
  #cancel: ((error: ClientGoneError) => void) | undefined

  constructor(call: Call) {
    call.onEnd(() => {
      if (call.outgoing.writableFinished) return
      this.#gone = new ClientGoneError('the client left')
      this.#cancel?.(this.#gone)
    })
  }

  /** Throws ClientGoneError when the client has left. */
  check(): void {
    if (this.#gone !== undefined) throw this.#gone
  }

  /** From now on a client that leaves cancels this, and nothing else; at once when it has left already. */
  cancels(cancel: (error: ClientGoneError) => void): void {
    this.#cancel = cancel
    if (this.#gone !== undefined) cancel(this.#gone)
  }

  /** Settles as `work` does, or rejects with ClientGoneError as soon as the client leaves. */
  async during<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.cancels(reject)
      work.then(resolve, reject)
    })
  }
}
