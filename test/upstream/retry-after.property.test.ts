import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { THROTTLE_RETRIES, THROTTLE_WINDOW_MS } from '../../src/limits.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { Exchange } from '../../src/upstream/exchange.ts'
import { RetryBudget } from '../../src/upstream/retry-budget.ts'
import { RetryPolicy } from '../../src/upstream/retry-policy.ts'
import { outcome } from '../../src/upstream/tried.ts'
import { property } from '../fuzz/property.ts'

const request = parseRegistryRequest('GET', '/v2/team/app/manifests/v1')

const retryAfter = fc.oneof(
  fc.nat(20).map(String),
  fc.bigInt({ min: 0n }).map(String),
  fc.double().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.constantFrom('-1', '+1', '0x5', '1e3', ' 1', '1 ', '', '٣', 'Infinity', '1,2'),
  fc.string({ unit: 'binary' }),
)
const headers = fc.array(fc.tuple(fc.constantFrom('Retry-After', 'RETRY-AFTER', 'Date'), retryAfter), { maxLength: 3 })

/** Nothing of it is looked at. */
const exchange = new Exchange(() => ({ resume: () => {}, pause: () => {}, abort: () => {} }))

property(
  'whatever Retry-After says: seconds in digits, of the first one, or nothing; and never a wait beyond the window',
  fc.property(
    fc.constantFrom(429, 503),
    headers,
    fc.double({ min: 0, max: 1, noNaN: true }),
    (status, list, random) => {
      const head = { status, headers: list.flat() }
      const result = outcome(request, { exchange, head, errorBody: '' })
      const first = list.find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? ''
      const digits = first !== '' && first.length <= 6 && [...first].every((each) => '0123456789'.includes(each))
      const seconds = digits ? Number(first) : undefined
      assert.deepEqual(result, { kind: 'answer', status, verdict: 'accepted', retryAfterSeconds: seconds })

      let waited = 0
      const clock = { now: () => waited, after: () => assert.fail('a policy does not wait itself') }
      const policy = new RetryPolicy('safe', clock, () => random, new RetryBudget())
      for (let tries = 0; tries <= THROTTLE_RETRIES; tries += 1) {
        const step = policy.next(result)
        if (step.do !== 'again') {
          assert.deepEqual(step, { do: 'deliver' })
          return
        }
        assert.ok(step.afterMs >= (seconds ?? 0) * 1000)
        waited += step.afterMs
        assert.ok(waited <= THROTTLE_WINDOW_MS + 1e-6)
      }
      assert.fail('more tries than there may be')
    },
  ),
)
