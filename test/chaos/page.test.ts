import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { RELIABILITY_PAGE, reliabilityPage, RESULTS } from './page.ts'
import type { Results } from './record.ts'
import { SCENARIOS } from './scenarios.ts'

const PAGE = readFileSync(RELIABILITY_PAGE, 'utf8')
const COMMITTED: Results = JSON.parse(readFileSync(RESULTS, 'utf8'))

test('docs/reliability.md says what test/chaos/results.json says; if not, run all of `make chaos`', () => {
  assert.equal(reliabilityPage(PAGE, COMMITTED), PAGE)
})

test('every scenario has a name of its own and a committed result, and there is no result without a scenario', () => {
  const names = SCENARIOS.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  assert.deepEqual(Object.keys(COMMITTED).toSorted(), names.toSorted())
})

test('a row has the fault, what was not right, the time, and what was lost', () => {
  const result = {
    pulls: { right: 9, '502 UNAVAILABLE': 2, 'broken transfer': 1 },
    pushes: { right: 3 },
    normalMs: 1234,
    acknowledged: 4,
    lost: 0,
  }
  const page = reliabilityPage('before\n<!-- begin: chaos -->\nold\n<!-- end -->\nafter\n', {
    'upstream-reset': result,
  })
  const row =
    'every connection is reset for 4 s, new ones too | 502 UNAVAILABLE (2), broken transfer (1) | nothing wrong | 1.2 s | 0 of 4 |'
  assert.ok(page.includes(`| ${row} \`upstream-reset\` |`), page)
  assert.ok(page.startsWith('before\n') && page.endsWith('<!-- end -->\nafter\n') && !page.includes('old'))
  assert.throws(() => reliabilityPage('nothing\n', {}), /no <!-- begin: chaos -->/)
})
