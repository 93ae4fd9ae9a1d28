import type { RequestOptions } from 'node:https'
import type { RecordedRequest } from '../simulator/recorder.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { type Answer, type Endpoint, exchange, NoAnswerError, type Sent } from './client.ts'
import { type Failure, isExplained, type Step } from './explanation.ts'
import type { Images } from './images.ts'
import { faultOf } from './mishaps.ts'
import type { Plan } from './plan.ts'
import type { Sky } from './sky.ts'
import { soon } from './soon.ts'

/** What all operations share. */
export interface Ground {
  simulator: Simulator
  proxy: Endpoint
  /** The proxy over connections that carry one request each. */
  proxyOnce: Endpoint
  layerHost: Endpoint
  images: Images
  sky: Sky
  /**
   * A request whose kept connection closes before a byte of its answer is sent once more over a new one, as Go's client
   * does: a server that leaves closes idle connections, and nobody can know that it is about to.
   */
  reopens: boolean
}

export interface Asked {
  step: Step
  method: string
  path: string
  /** The status of a right answer. */
  status: number
  headers?: Record<string, string>
  body?: Sent['body']
  slowly?: boolean
}

/** How long the upstream may take to hear that a client has left. */
const CANCEL_MS = 10_000
const SHOWN_CHARACTERS = 200

/** An operation went no further; the message has what is needed to look into it. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure'
  readonly explained: boolean

  constructor(message: string, explained: boolean) {
    super(message)
    this.explained = explained
  }
}

/** One operation while it runs. Its requests are marked, so that its mishap hits no other. */
export class Operation {
  readonly number: number
  readonly plan: Plan
  readonly ground: Ground
  readonly #mark: string
  readonly #mishap: { hits: number; remove(): void } | undefined
  #requests = 0

  constructor(number: number, plan: Plan, ground: Ground) {
    this.number = number
    this.plan = plan
    this.ground = ground
    this.#mark = `op=${number}-`
    const { mishap, mishapAfter, random } = plan
    if (mishap !== undefined) {
      const rule = { path: new RegExp(this.#mark), after: mishapAfter, ...faultOf(mishap, random) }
      this.#mishap = ground.simulator.faults.add(rule)
    }
  }

  /** How many requests the mishap hit. */
  get mishapHits(): number {
    return this.#mishap?.hits ?? 0
  }

  end(): void {
    this.#mishap?.remove()
  }

  /** The path with the mark of a further request of this operation. */
  marked(path: string): string {
    this.#requests += 1
    return `${path}${path.includes('?') ? '&' : '?'}${this.#mark}${this.#requests}`
  }

  /** The headers that every request of this operation carries. */
  get ownHeaders(): { 'X-Request-Id': string } {
    return { 'X-Request-Id': `soak-${this.number}-${this.#requests}` }
  }

  /** One request through the proxy and its right answer. Throws OperationFailure. */
  async ask({ step, method, path, status, headers, body, slowly }: Asked): Promise<Answer> {
    const { proxy, proxyOnce, sky, reopens } = this.ground
    const marked = this.marked(path)
    const own = this.ownHeaders
    const options: RequestOptions = {
      method,
      path: marked,
      headers: { ...own, ...headers },
    }
    const startedAt = performance.now()
    const hitsBefore = this.mishapHits
    const judge = (failure: Failure, got: string): OperationFailure => {
      const mishap = this.mishapHits > hitsBefore ? this.plan.mishap : undefined
      const weathers = sky.since(startedAt)
      const explained = isExplained(failure, { step, mishap, weathers })
      const asked = `${method} ${marked} (${step}), ${status} expected`
      const around = `mishap ${mishap ?? 'none'}; ${[...weathers].join(', ') || 'calm'}`
      return new OperationFailure(`${this.#name()}: ${asked}, got ${got}; ${around}`, explained)
    }
    const sent: Sent = {
      options,
      ...(body === undefined ? {} : { body }),
      ...(slowly === undefined ? {} : { slowly }),
    }
    const again = async (error: unknown): Promise<Answer> => {
      if (!reopens || !closedUnanswered(error)) throw error
      return exchange(proxyOnce, sent)
    }
    let answer: Answer
    try {
      answer = await (step === 'stream' ? exchange(proxyOnce, sent) : exchange(proxy, sent).catch(again))
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error
      throw judge(error.failure, `${error.failure.kind} after ${error.status ?? 'no'} status: ${error.message}`)
    }
    if (answer.status !== status) {
      const text = answer.body.toString('utf8').slice(0, SHOWN_CHARACTERS)
      throw judge({ kind: 'status', status: answer.status }, `${answer.status} ${text}`)
    }
    if (answer.headers['x-request-id'] !== own['X-Request-Id']) {
      throw judge({ kind: 'wrong' }, `the X-Request-Id ${String(answer.headers['x-request-id'])}`)
    }
    return answer
  }

  /** Throws an OperationFailure that nothing explains, unless `right`. */
  check(right: boolean, what: string): void {
    if (!right) throw new OperationFailure(`${this.#name()}: ${what}`, false)
  }

  /** The upstream's record of the request that was marked last, once it satisfies `wanted`. */
  async upstreamRecord(what: string, wanted: (record: RecordedRequest) => boolean): Promise<RecordedRequest> {
    const mark = new RegExp(`${this.#mark}${this.#requests}(?!\\d)`)
    const { requests } = this.ground.simulator
    const found = await soon(() => {
      // It may have been sent more than once; the last counts.
      const record = requests.findLast(({ url }) => mark.test(url))
      return record !== undefined && wanted(record) ? record : undefined
    }, CANCEL_MS)
    if (found !== undefined) return found
    throw new OperationFailure(`${this.#name()}: ${what}: not within ${CANCEL_MS} ms`, false)
  }

  #name(): string {
    return `operation ${this.number} (${this.plan.kind})`
  }
}

function closedUnanswered(error: unknown): boolean {
  return error instanceof NoAnswerError && error.reused && error.failure.kind === 'broken' && error.status === undefined
}
