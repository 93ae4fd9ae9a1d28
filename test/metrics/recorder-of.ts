import { Recorder, type RecorderOptions } from '../../src/metrics/recorder.ts'
import type { Token } from '../../src/ecr/token-source.ts'

export const TOKEN: Token = { value: 'token', lifetimeMs: 1000, obtainedAt: 0, expiresAt: 1000 }

/** A recorder with nothing in flight and a token of 90 seconds, unless told otherwise. */
export function recorderOf(options: Partial<RecorderOptions> = {}): Recorder {
  const tokens = { current: TOKEN, ageMs: () => 90_000 }
  return new Recorder({ maxRepositories: 200, inFlight: () => 0, tokens: () => tokens, log: undefined, ...options })
}
