import type { FastifyRequest } from 'fastify'
import type { ForwardLog } from '../upstream/forwarder.ts'

/**
 * What is logged of one request, under its id. Not by a child of the logger for each request, which Fastify would make:
 * that costs half as much as the one line that most requests have (docs/performance.md).
 */
export class RequestLog implements ForwardLog {
  readonly #request: FastifyRequest

  constructor(request: FastifyRequest) {
    this.#request = request
  }

  debug(object: object, message: string): void {
    this.#request.log.debug(this.#identified(object), message)
  }

  info(object: object, message: string): void {
    this.#request.log.info(this.#identified(object), message)
  }

  warn(object: object, message: string): void {
    this.#request.log.warn(this.#identified(object), message)
  }

  error(object: object, message: string): void {
    this.#request.log.error(this.#identified(object), message)
  }

  #identified(object: object): object {
    return { reqId: this.#request.id, ...object }
  }
}
