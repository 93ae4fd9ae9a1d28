import type { Call } from '../client/call.ts'
import { Presence } from '../client/presence.ts'
import { TransferBuffers } from '../client/transfer-buffers.ts'
import { unavailable } from '../client/unavailable.ts'
import type { Clock } from '../clock.ts'
import { isSameRegistry, type Upstream } from '../ecr/host.ts'
import type { Token, TokenSource } from '../ecr/token-source.ts'
import { HELD_MANIFESTS_BYTES, UPSTREAM_QUEUE, UPSTREAM_SHORT_CONNECTIONS } from '../limits.ts'
import type { IsUpstream } from '../registry/location.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { type Authorization, rememberedAuthorization } from './authorization.ts'
import { Gate } from '../gate.ts'
import { Passage } from './passage.ts'
import { Renewals } from './renewals.ts'
import { takeBody } from './request-payload.ts'
import { RetryBudget } from './retry-budget.ts'
import type { PoolNumbers, Senders } from './senders.ts'

/** What the core logs of a request. */
export interface ForwardLog {
  info(object: object, message: string): void
  warn(object: object, message: string): void
}

export interface ForwarderOptions {
  upstream: Upstream
  senders: Senders
  tokens: TokenSource
  clock: Clock
  random: () => number
}

/** What all passages to one upstream share. */
export interface ForwarderContext extends ForwarderOptions {
  isUpstream: IsUpstream
  authorization: (token: Token) => Authorization
  renewals: Renewals
  budget: RetryBudget
  buffers: TransferBuffers
}

/** Sends registry requests upstream with the token, and answers the client. docs/request-handling.md has the way of a request. */
export class Forwarder {
  readonly #context: ForwarderContext
  readonly #gate = new Gate(UPSTREAM_SHORT_CONNECTIONS + UPSTREAM_QUEUE)
  /** In bytes. */
  readonly #heldManifests = new Gate(HELD_MANIFESTS_BYTES)

  constructor(options: ForwarderOptions) {
    this.#context = {
      ...options,
      isUpstream: (host) => isSameRegistry(host, options.upstream),
      authorization: rememberedAuthorization(),
      renewals: new Renewals(options.tokens),
      budget: new RetryBudget(),
      buffers: new TransferBuffers(),
    }
  }

  /** What is known of the kept connections to the upstream. */
  poolNumbers(): PoolNumbers {
    return this.#context.senders.poolNumbers()
  }

  /** Answers one call. Throws a RegistryError to be answered, TokenUnavailableError, or ClientGoneError. */
  async forward(request: RegistryRequest, call: Call, log: ForwardLog): Promise<void> {
    const presence = new Presence(call)
    const taken = takeBody(request, call, presence, this.#heldManifests)
    const body = 'kind' in taken ? taken : await taken
    const passage = new Passage(this.#context, { request, call, body, presence, log })
    if (body.kind === 'stream') {
      await passage.run()
      return
    }
    // Uploads have a connection each, however many. Nearly all others share some, and wait for one.
    if (!this.#gate.enter()) {
      call.record.shed = 'upstreamQueue'
      throw unavailable('too many requests wait for the upstream registry')
    }
    try {
      await passage.run()
    } finally {
      this.#gate.leave()
    }
  }
}
