import { Tally } from './distribution.ts'
import { byOperation, OPERATIONS } from './operation.ts'
import { type MetricsSnapshot, type OperationNumbers, type RepositoryNumbers, TOTALS, type Totals } from './snapshot.ts'

/** As much of a snapshot as adds up. */
export type Sums = Pick<MetricsSnapshot, 'operations' | 'repositories' | 'totals' | 'eventLoopDelayMs'>

/** What repositories beyond the bound are counted as. */
const OTHER_REPOSITORIES = 'other'

/** Numbers of one operation, to be counted up. */
class OperationTally {
  requests = 0
  clientErrors = 0
  serverErrors = 0
  bytesIn = 0
  bytesOut = 0
  readonly durationMs = new Tally()
  readonly upstreamMs = new Tally()

  add(numbers: OperationNumbers): void {
    this.requests += numbers.requests
    this.clientErrors += numbers.clientErrors
    this.serverErrors += numbers.serverErrors
    this.bytesIn += numbers.bytesIn
    this.bytesOut += numbers.bytesOut
    this.durationMs.add(numbers.durationMs)
    this.upstreamMs.add(numbers.upstreamMs)
  }

  numbers(): OperationNumbers {
    const { requests, clientErrors, serverErrors, bytesIn, bytesOut } = this
    const [durationMs, upstreamMs] = [this.durationMs.distribution(), this.upstreamMs.distribution()]
    return { requests, clientErrors, serverErrors, bytesIn, bytesOut, durationMs, upstreamMs }
  }
}

/** All that adds up over a time; what is only ever now (in flight, the token's age) comes in when it is read. */
export class Numbers {
  readonly operations = byOperation(() => new OperationTally())
  readonly totals: Totals = {
    upstreamErrors: 0,
    throttles: 0,
    retries: 0,
    tokenRefreshes: 0,
    tokenRefreshFailures: 0,
    shedRequests: 0,
  }
  readonly eventLoopDelayMs = new Tally()
  readonly #maxRepositories: number
  readonly #onOverflow: () => void
  readonly #repositories = new Map<string, RepositoryNumbers>()
  #others: RepositoryNumbers | undefined

  /** `onOverflow` is called whenever a repository beyond `maxRepositories` is counted as another. */
  constructor(maxRepositories: number, onOverflow: () => void = () => {}) {
    this.#maxRepositories = maxRepositories
    this.#onOverflow = onOverflow
  }

  /** Where a repository is counted. */
  repository(name: string): RepositoryNumbers {
    const known = this.#repositories.get(name)
    if (known !== undefined) return known
    if (name === OTHER_REPOSITORIES) return this.#other()
    if (this.#repositories.size >= this.#maxRepositories) {
      this.#onOverflow()
      return this.#other()
    }
    const numbers = { repository: name, pulls: 0, pushes: 0 }
    this.#repositories.set(name, numbers)
    return numbers
  }

  add({ operations, repositories, totals, eventLoopDelayMs }: Sums): void {
    // Another process had as many as it counts apart, and others.
    if (repositories.length > this.#maxRepositories) this.#onOverflow()
    for (const operation of OPERATIONS) this.operations[operation].add(operations[operation])
    for (const { repository, pulls, pushes } of repositories) {
      const numbers = this.repository(repository)
      numbers.pulls += pulls
      numbers.pushes += pushes
    }
    for (const name of TOTALS) this.totals[name] += totals[name]
    this.eventLoopDelayMs.add(eventLoopDelayMs)
  }

  sums(): Sums {
    const others = this.#others === undefined ? [] : [this.#others]
    return {
      operations: byOperation((operation) => this.operations[operation].numbers()),
      repositories: [...this.#repositories.values(), ...others].map(copyOf),
      totals: { ...this.totals },
      eventLoopDelayMs: this.eventLoopDelayMs.distribution(),
    }
  }

  #other(): RepositoryNumbers {
    this.#others ??= { repository: OTHER_REPOSITORIES, pulls: 0, pushes: 0 }
    return this.#others
  }
}

function copyOf({ repository, pulls, pushes }: RepositoryNumbers): RepositoryNumbers {
  return { repository, pulls, pushes }
}
