import { setTimeout as sleep } from 'node:timers/promises'
import { TOKEN_CALL_MS } from '../../../src/limits.ts'
import { accessDenied, throttlingException } from '../../simulator/fault-presets.ts'
import type { FaultAction } from '../../simulator/faults.ts'
import { FAULT_MS, type Scenario, shown } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const PLACE = 'at the token API'
const MINUTE_MS = 60_000
const SHORT_LIFE_MS = 1000

/** The API answers otherwise while no token counts any more. */
function apiFault(action: FaultAction, ms = FAULT_MS): Scenario['strike'] {
  return async ({ simulator }) => {
    const fault = simulator.faults.add({ listener: 'api', times: Number.POSITIVE_INFINITY, action })
    simulator.tokens.revokeAll()
    await sleep(ms)
    await shown('a token call', () => fault.hits > 0)
    fault.remove()
  }
}

/** What goes wrong with tokens, or with the API that they come from. */
export const TOKENS: readonly Scenario[] = [
  {
    name: 'token-throttled',
    place: PLACE,
    fault: 'all tokens revoked, the API throttles for 4 s',
    sample: true,
    strike: apiFault(throttlingException()),
  },
  {
    name: 'token-hanging',
    place: PLACE,
    fault: 'all tokens revoked, the API does not answer for 15 s',
    sample: true,
    strike: apiFault({ kind: 'stall' }, TOKEN_CALL_MS + 5000),
  },
  {
    name: 'token-role-removed',
    place: PLACE,
    fault: 'all tokens revoked, the role may not have one for 4 s',
    sample: false,
    strike: apiFault(accessDenied()),
  },
  {
    name: 'token-refresh-denied',
    place: PLACE,
    fault: 'the role may not refresh the token for 4 s of its 12',
    sample: false,
    stage: { tokenLifetimeMs: 12_000 },
    strike: async ({ simulator }) => {
      const fault = simulator.faults.add({ listener: 'api', times: Number.POSITIVE_INFINITY, action: accessDenied() })
      await shown('a refresh that was denied', () => fault.hits > 0)
      await sleep(FAULT_MS)
      fault.remove()
    },
  },
  {
    name: 'token-api-fails',
    place: PLACE,
    fault: 'all tokens revoked, the API answers 500 in HTML for 4 s',
    sample: false,
    strike: apiFault({
      kind: 'status',
      status: 500,
      body: '<html>no</html>',
      headers: { 'Content-Type': 'text/html' },
    }),
  },
  {
    name: 'token-api-reset',
    place: PLACE,
    fault: 'all tokens revoked, every connection to the API is reset for 4 s',
    sample: false,
    strike: async ({ simulator, api }) => {
      api.resetAll()
      const before = api.hits
      simulator.tokens.revokeAll()
      await sleep(FAULT_MS)
      await shown('a token call', () => api.hits > before)
      api.calm()
    },
  },
  {
    name: 'token-expired-at-birth',
    place: PLACE,
    fault: 'all tokens revoked, new ones have expired when they come, for 4 s',
    sample: false,
    strike: livingFor(-MINUTE_MS),
  },
  {
    name: 'token-short-lived',
    place: PLACE,
    fault: 'all tokens revoked, new ones live for 1 s, for 4 s',
    sample: false,
    strike: livingFor(SHORT_LIFE_MS),
  },
]

function livingFor(lifetimeMs: number): Scenario['strike'] {
  return async ({ simulator: { tokens } }: Stage) => {
    const [before, calls] = [tokens.lifetimeMs, tokens.calls]
    tokens.lifetimeMs = lifetimeMs
    tokens.revokeAll()
    await sleep(FAULT_MS)
    await shown('a token call', () => tokens.calls > calls)
    tokens.lifetimeMs = before
  }
}
