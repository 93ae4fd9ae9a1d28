import { parseArgs } from 'node:util'

export interface SoakSettings {
  minutes: number
  /** Operations started in a second. An operation is some five requests. */
  rate: number
  /** Decides what each operation is, and what goes wrong with it. */
  seed: number
}

/** Below this no slope can be told from chance. */
const MIN_MINUTES = 2
const DAY_MINUTES = 24 * 60
const MAX_RATE = 200
const MAX_SEED = 0xffff_ffff

/** Settings from the command line; throws an Error whose message is one line that names the variable of `make soak`. */
export function parseSettings(args: string[], newSeed: () => number): SoakSettings {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string' }, rate: { type: 'string' }, seed: { type: 'string' } },
  })
  const seed = values.seed === undefined ? newSeed() : within('SEED', values.seed, 0, MAX_SEED)
  if (!Number.isInteger(seed)) throw new Error(`SEED expects a whole number, got '${seed}'`)
  return {
    minutes: within('MINUTES', values.minutes ?? '', MIN_MINUTES, DAY_MINUTES),
    rate: within('RATE', values.rate ?? '', 1, MAX_RATE),
    seed,
  }
}

function within(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text !== '' && value >= least && value <= most) return value
  throw new Error(`${name} expects a number from ${least} to ${most}, got '${text}'`)
}
