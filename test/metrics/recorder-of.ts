import type { Token } from '../../src/ecr/token-source.ts'
import { Recorder, type RecorderOptions, type RequestNumbers } from '../../src/metrics/recorder.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'

const TOKEN: Token = { value: 'token', lifetimeMs: 1000, obtainedAt: 0, expiresAt: 1000 }

/** What a recorder asks for the token's age. */
export const TOKENS = { current: TOKEN, ageMs: (): number => 90_000 }

/** A recorder with nothing in flight and a token of 90 seconds, unless told otherwise. */
export function recorderOf(options: Partial<RecorderOptions> = {}): Recorder {
  return new Recorder({
    maxRepositories: 200,
    inFlight: () => 0,
    tokens: () => TOKENS,
    certificateDaysLeft: () => 40,
    log: undefined,
    ...options,
  })
}

export const NOTHING: RequestNumbers = {
  bytesIn: 0,
  bytesOut: 0,
  upstreamMs: undefined,
  tries: 0,
  upstreamErrors: 0,
  throttles: 0,
  shed: undefined,
}

export interface Ended {
  status?: number
  whole?: boolean
  ms?: number
  numbers?: Partial<RequestNumbers>
}

/** Counts a request that was answered with 200 after a millisecond, unless told otherwise. */
export function end(recorder: Recorder, method: string, path: string, ended: Ended = {}): void {
  const { status = 200, whole = true, ms = 1, numbers } = ended
  recorder.requestEnded(parseRegistryRequest(method, path), status, whole, ms, { ...NOTHING, ...numbers })
}
