import { unavailable } from '../client/answer.ts'
import type { Call } from '../client/call.ts'
import { Presence } from '../client/presence.ts'
import { TransferBuffers } from '../client/transfer-buffers.ts'
import type { Clock } from '../clock.ts'
import { isSameRegistry, type Upstream } from '../ecr/host.ts'
import type { Token, TokenSource } from '../ecr/token-source.ts'
import { UPSTREAM_QUEUE, UPSTREAM_SHORT_CONNECTIONS } from '../limits.ts'
import type { IsUpstream } from '../registry/location.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { Gate } from './gate.ts'
import { Passage } from './passage.ts'
import { takeBody } from './request-payload.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { Senders } from './senders.ts'

/** What the core tells its log; the request's own logger fits. */
export interface ForwardLog {
  info(object: object, message: string): void
  warn(object: object, message: string): void
}

export interface ForwarderOptions {
  upstream: Upstream
  senders: Senders
  tokens: TokenSource
  budget: RetryBudget
  clock: Clock
  random: () => number
}

/** What all passages to one upstream share. */
export interface ForwarderContext extends ForwarderOptions {
  isUpstream: IsUpstream
  /** The Authorization that carries a token. */
  authorization: (token: Token) => string
  buffers: TransferBuffers
}

/** Sends registry requests upstream with the token, and answers the client. docs/request-handling.md has the way of a request. */
export class Forwarder {
  readonly #context: ForwarderContext
  readonly #gate = new Gate(UPSTREAM_SHORT_CONNECTIONS + UPSTREAM_QUEUE)

  constructor(options: ForwarderOptions) {
    this.#context = {
      ...options,
      isUpstream: (host) => isSameRegistry(host, options.upstream),
      authorization: rememberedAuthorization(),
      buffers: new TransferBuffers(),
    }
  }

  /** Answers one call. Throws a RegistryError to be answered, TokenUnavailableError, or ClientGoneError. */
  async forward(request: RegistryRequest, call: Call, log: ForwardLog): Promise<void> {
    const presence = new Presence(call)
    const body = await takeBody(request, call, presence)
    const passage = new Passage(this.#context, { request, call, body, presence, log })
    if (body.kind === 'stream') return passage.run()
    // Uploads have a connection each; the others share some, and wait for one.
    if (!this.#gate.enter()) throw unavailable('too many requests wait for the upstream registry')
    try {
      await passage.run()
    } finally {
      this.#gate.leave()
    }
  }
}

/** Joined once for each token, and not once for each request: it is 5 KB. */
function rememberedAuthorization(): (token: Token) => string {
  let last: Token | undefined
  let authorization = ''
  return (token) => {
    if (token !== last) {
      last = token
      authorization = `Basic ${token.value}`
    }
    return authorization
  }
}
