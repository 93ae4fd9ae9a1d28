import { HISTORY_SECONDS, SAMPLE_MS } from '../limits.ts'
import type { MetricsSnapshot } from '../metrics/snapshot.ts'
import { type Finding, findingsOf, type Whose } from './findings.ts'
import { History } from './history.ts'
import { type Reading, read, type Sources } from './reading.ts'
import { type Column, COLUMNS, rowBetween } from './row.ts'
import { type Mark, type Spell, spellBetween } from './spell.ts'

/** What the live page polls. */
export interface LiveNumbers {
  /** Which process says this: behind the same address there may be another one than a moment ago. */
  process: { pid: number; startedAt: number; uptimeSeconds: number }
  columns: readonly Column[]
  rows: (number | null)[][]
  findings: Finding[]
  minute: Spell
  repositories: MetricsSnapshot['repositories']
}

/** After how many samples one more mark is kept, and how many make a minute. */
const MARK_EVERY = 10
const MINUTE_MARKS = 60 / MARK_EVERY
/** Minutes that are kept, one for each mark that ends one: a mark itself has all buckets of its moment, some 100 KB. */
const MINUTES = HISTORY_SECONDS / MARK_EVERY
/** Rows of the table of repositories. */
const REPOSITORIES = 15

/** Reads the numbers once a second, and keeps what the live page looks back on. */
export class Live {
  readonly #sources: Sources
  readonly #whose: Whose
  readonly #history = new History()
  readonly #marks: Mark[] = []
  readonly #minutes: Spell[] = []
  #latest: Reading
  #samples = 0
  #timer: NodeJS.Timeout | undefined

  constructor(sources: Sources, whose: Whose) {
    this.#sources = sources
    this.#whose = whose
    this.#latest = read(sources)
    this.#mark()
  }

  start(): void {
    this.#timer = setInterval(() => this.sample(), SAMPLE_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  sample(): void {
    const newer = read(this.#sources)
    this.#history.add(rowBetween(this.#latest, newer))
    this.#latest = newer
    this.#samples += 1
    if (this.#samples % MARK_EVERY === 0) this.#mark()
  }

  /** The rows after `since` (a row's `at`), and what is said about all of them. */
  numbers(since: number): LiveNumbers {
    const { repositories } = this.#latest.metrics
    const now = markOf(this.#latest)
    const minute = spellBetween(this.#marks.at(-MINUTE_MARKS) ?? this.#marks[0] ?? now, now)
    // Those that ended a minute ago, two minutes ago …
    const earlier = this.#minutes.filter((_, i) => (this.#minutes.length - i) % MINUTE_MARKS === 0)
    return {
      process: {
        pid: process.pid,
        startedAt: Math.round(performance.timeOrigin),
        uptimeSeconds: Math.round(performance.now() / 1000),
      },
      columns: COLUMNS,
      rows: this.#history.since(since),
      findings: findingsOf(this.#history, { minute, earlier }, this.#whose, this.#sources.workersNotReady?.()),
      minute,
      repositories: repositories.toSorted((a, b) => b.pulls + b.pushes - a.pulls - a.pushes).slice(0, REPOSITORIES),
    }
  }

  #mark(): void {
    const latest = markOf(this.#latest)
    this.#marks.push(latest)
    if (this.#marks.length <= MINUTE_MARKS) return
    const minuteAgo = this.#marks.shift()
    if (minuteAgo !== undefined) this.#minutes.push(spellBetween(minuteAgo, latest))
    if (this.#minutes.length > MINUTES) this.#minutes.shift()
  }
}

function markOf({ metrics, process: { now } }: Reading): Mark {
  return { now, operations: metrics.operations }
}
