import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { EcrTokenSource } from '../../src/ecr/ecr-token-source.ts'
import type { IssuedToken, Token } from '../../src/ecr/token-source.ts'
import { FakeClock } from '../support/fake-clock.ts'

export const HOUR = 3_600_000
export const TWELVE_HOURS = 12 * HOUR

export interface Told {
  message: string
  validForMs: number
  retryInMs: number | undefined
}

/** A token source on a fake clock, and what stands in for ECR behind it. */
export interface Bench {
  clock: FakeClock
  source: EcrTokenSource
  /** How often a token was asked for. */
  calls: number
  /** What a call comes to; a failing one throws. */
  answer: () => Promise<IssuedToken>
  /** Of the tokens that the standard answer issues, in milliseconds. */
  lifetimeMs: number
  failures: Told[]
  refreshes: Token[]
  /** The valid token; fails when there is none. */
  token(): Token
}

export function bench({ random = 0.5, lifetimeMs = TWELVE_HOURS } = {}): Bench {
  const clock = new FakeClock()
  const made: Omit<Bench, 'source' | 'token'> = {
    clock,
    calls: 0,
    answer: async () => ({ value: `token${made.calls}`, lifetimeMs: made.lifetimeMs }),
    lifetimeMs,
    failures: [],
    refreshes: [],
  }
  const source = new EcrTokenSource({
    issue: () => {
      made.calls += 1
      return made.answer()
    },
    clock,
    random: () => random,
    onRefresh: (token) => made.refreshes.push(token),
    onFailure: (error, state) => {
      made.failures.push({ message: error instanceof Error ? error.message : String(error), ...state })
    },
  })
  return Object.assign(made, {
    source,
    token: () => source.current ?? assert.fail('there is no valid token'),
  })
}

/** A bench that has its first token. */
export async function startedBench(options: { random?: number; lifetimeMs?: number } = {}): Promise<Bench> {
  const made = bench(options)
  made.source.start()
  await turn()
  assert.equal(made.token().value, 'token1')
  return made
}

export async function down(): Promise<never> {
  throw new Error('the API is down')
}
