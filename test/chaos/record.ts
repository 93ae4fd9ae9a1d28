import { isWorse, type Seen, worstOf } from './outcome.ts'

/** What one scenario came to. */
export interface Result {
  pulls: Seen
  pushes: Seen
  /** From the end of the fault until service was normal again. */
  normalMs: number
  /** Blobs and manifests that clients were told are there. */
  acknowledged: number
  /** Those of them that are not. */
  lost: number
  /** Something else that was measured. */
  note?: string
}

/** Results by the name of their scenario, as committed. */
export type Results = Record<string, Result>

/** A time is worse when it is so many times what it was … */
const TIMES = 10
/** … or than this, because a shorter one says nothing on a busy machine. */
const LEAST_MS = 500

/** What got worse, a line for each; `before` is undefined for a scenario that is new. */
export function worseThan(before: Result | undefined, now: Result): string[] {
  if (before === undefined) return ['no result of it is committed; run all of `make chaos`, and commit what it writes']
  const worse: string[] = []
  for (const kind of ['pulls', 'pushes'] as const) {
    const [was, is] = [worstOf(before[kind]), worstOf(now[kind])]
    if (isWorse(is, was)) worse.push(`the worst that ${kind} saw was "${was}" and is "${is}"`)
  }
  const bound = TIMES * Math.max(LEAST_MS, before.normalMs)
  if (now.normalMs > bound) {
    worse.push(`service was normal after ${now.normalMs} ms; ${before.normalMs} ms are committed, ${bound} ms allowed`)
  }
  if (now.lost > before.lost) worse.push(`${now.lost} acknowledged were lost`)
  return worse
}

/** What a run is to do with its results. */
export interface Recording {
  /** Write them down, unless something got worse. */
  write: boolean
  /** Write down what got worse, too. */
  accept: boolean
}

/** What of a run is a problem, and what is to be written down of it. What got worse would be the measure of the next run. */
export function judged(
  before: Result | undefined,
  now: Result,
  { write, accept }: Recording,
): { problems: string[]; written: Result | undefined } {
  if (accept || (write && before === undefined)) return { problems: [], written: recorded(before, now) }
  const problems = worseThan(before, now)
  return { problems, written: write && problems.length === 0 ? recorded(before, now) : undefined }
}

/**
 * What is committed after this run: as it came, but what clients saw stays where it was worse before. Which request a fault
 * hits is chance, and a lucky run would make the next one fail.
 */
export function recorded(before: Result | undefined, now: Result): Result {
  if (before === undefined) return now
  const worse = (was: Seen, is: Seen): Seen => (isWorse(worstOf(was), worstOf(is)) ? was : is)
  return { ...now, pulls: worse(before.pulls, now.pulls), pushes: worse(before.pushes, now.pushes) }
}
