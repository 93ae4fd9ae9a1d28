import { rateExceeded } from '../simulator/fault-presets.ts'
import type { FaultAction, FaultRule } from '../simulator/faults.ts'
import { notAuthorized, tokenExpired } from '../simulator/registry-errors.ts'
import type { Mishap } from './plan.ts'
import type { Random } from './random.ts'

/** Shorter than every limit of the proxy's and of the driver's. */
const LATE_MS = { least: 100, most: 2500 }

/** The simulator's fault for a mishap: what happens, and how many requests in a row it hits. */
export function faultOf(mishap: Mishap, random: Random): Pick<FaultRule, 'action' | 'times'> {
  switch (mishap) {
    case 'server-error':
      return { action: { kind: 'status', status: 500, body: 'Internal Server Error', drain: true }, times: 1 }
    case 'unavailable':
      return { action: { kind: 'status', status: 503, body: '', drain: random.pick([true, false]) }, times: 3 }
    case 'throttled':
      return { action: rateExceeded(), times: random.between(1, 4) }
    case 'reset':
      return { action: reset(random), times: 1 }
    case 'reset-twice':
      return { action: reset(random), times: 2 }
    case 'cut-upload':
      return {
        action: {
          kind: 'reset-after-bytes',
          requestBytes: random.between(1, 200_000),
          rst: random.pick([true, false]),
        },
        times: 1,
      }
    case 'cut-answer':
      return { action: { kind: 'reset-body', bytes: random.between(0, 400) }, times: 1 }
    case 'late':
      return { action: { kind: 'delay', ms: random.between(LATE_MS.least, LATE_MS.most) }, times: 1 }
    case 'late-answer':
      return { action: { kind: 'delay-answer', ms: random.between(LATE_MS.least, LATE_MS.most) }, times: 1 }
    case 'refused-401':
      return { action: answerFault(notAuthorized('registry')), times: 1 }
    case 'refused-403':
      return { action: answerFault(tokenExpired()), times: 1 }
    default:
      return mishap satisfies never
  }
}

function reset(random: Random): FaultAction {
  return { kind: 'reset-before', rst: random.pick([true, false]) }
}

function answerFault({ status, headers, body }: ReturnType<typeof tokenExpired>): FaultAction {
  return { kind: 'status', status, headers: { ...headers }, body: typeof body === 'string' ? body : '' }
}
