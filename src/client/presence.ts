import type { ServerResponse } from 'node:http'

/** The client left before it had its answer; nobody is there to be told. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError'
}

/** Knows whether a client still waits for its answer, and ends what is done on its behalf when it leaves (docs/request-handling.md: 16). */
export class Presence {
  #gone = false
  #onLeave: ((error: ClientGoneError) => void) | undefined

  constructor(outgoing: ServerResponse) {
    outgoing.once('close', () => {
      if (outgoing.writableFinished) return
      this.#gone = true
      this.#onLeave?.(new ClientGoneError('the client left'))
    })
  }

  get gone(): boolean {
    return this.#gone
  }

  /** Settles as `work` does, or rejects with ClientGoneError as soon as the client leaves, when `cancel` is called too. */
  async during<T>(work: Promise<T>, cancel?: (error: ClientGoneError) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = (error: ClientGoneError): void => {
        cancel?.(error)
        reject(error)
      }
      if (this.#gone) leave(new ClientGoneError('the client left'))
      else this.#onLeave = leave
      work.then(resolve, reject).finally(() => {
        if (this.#onLeave === leave) this.#onLeave = undefined
      })
    })
  }
}
