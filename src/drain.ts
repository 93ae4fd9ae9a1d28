import type http from 'node:http'

/** Knows whether the service is on its way out, and what is still in flight. */
export class Drain {
  #server: http.Server
  #draining = false
  #inFlight = 0

  constructor(server: http.Server) {
    this.#server = server
  }

  get draining(): boolean {
    return this.#draining
  }

  /** Requests whose answer has not ended. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** From now on every answer says that its connection closes. */
  begin(): void {
    this.#draining = true
  }

  requestStarted(): void {
    this.#inFlight += 1
  }

  requestEnded(): void {
    this.#inFlight -= 1
    // An answer whose head was sent before draining began could not say `Connection: close`; without this sweep its
    // connection turns idle and holds the shutdown up for the whole keep-alive time.
    if (this.#draining && !this.#server.listening) setImmediate(() => this.#server.closeIdleConnections())
  }
}
