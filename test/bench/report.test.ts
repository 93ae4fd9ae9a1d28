import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grossRegressions, type Measured, table } from '../../bench/report.ts'
import { BARE_HTTPS, BARE_UNDICI, GO, OURS } from '../../bench/subjects.ts'
import { USUAL } from '../../bench/targets.ts'
import { requestFigure } from '../../bench/works.ts'

const GET = requestFigure('manifest GET')

/** Subjects whose figures have their usual ratios, but for what `changed` says of ours. */
function measured(changed: Record<string, number> = {}): Measured[] {
  const all = (value: number): Record<string, number> => Object.fromEntries(USUAL.map(({ figure }) => [figure, value]))
  const ours = Object.fromEntries(USUAL.map(({ figure, ratio }) => [figure, 100 * ratio]))
  return [
    { name: OURS, version: '1', figures: { ...ours, ...changed } },
    { name: BARE_HTTPS, version: '1', figures: all(100) },
    { name: BARE_UNDICI, version: '1', figures: all(100) },
    // A machine whose caches others take: all of Node costs far more than Go.
    { name: GO, version: '1', figures: all(20) },
  ]
}

test('what costs all of Node more is no regression of ours', () => {
  assert.deepEqual(grossRegressions(measured()), [])
})

test('a figure that is off its usual ratio by more than two is told, with both', () => {
  assert.deepEqual(grossRegressions(measured({ [GET]: 269 })), [])
  assert.deepEqual(grossRegressions(measured({ [GET]: 271 })), [
    'manifest GET, CPU us per request: 2.71 x bare undici, as a rule 1.35',
  ])
})

test('a figure that was not measured, and one beside a peer that is not there, are told', () => {
  assert.equal(grossRegressions(measured({ [GET]: Number.NaN })).length, 1)
  const alone = measured().filter(({ name }) => name !== BARE_UNDICI)
  assert.equal(grossRegressions(alone).length, USUAL.filter(({ peer }) => peer === BARE_UNDICI).length)
})

test('the table judges by the ratio to Go', () => {
  const [, , line] = table(measured({ [GET]: 23 })).split('\n')
  assert.equal(line, `| ${GET} | 23.00 | 100 | 100 | 20.00 | <= 1.2 x Go | yes (1.15 x) |`)
})
