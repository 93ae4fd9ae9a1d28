import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomesOf } from './outcomes.ts'
import { linesOf, tableIn, tableOf, worseThan } from './table.ts'

const RUN = outcomesOf([
  { test: 'ping', outcome: 'passed', reason: '' },
  { test: 'image/pull', outcome: 'passed', reason: '' },
  { test: 'image/pull', outcome: 'failed', reason: 'no' },
  { test: 'image/delete', outcome: 'skipped', reason: '' },
])
const TABLE = tableOf({ plain: { direct: RUN, proxied: RUN }, simulator: { direct: RUN, proxied: RUN } })
const LINES = linesOf(TABLE)

test('each part of the suite is a row, and all together one more', () => {
  assert.deepEqual(LINES.slice(2), [
    '| ping | 1 / 0 / 0 | 1 / 0 / 0 | 1 / 0 / 0 | 1 / 0 / 0 |',
    '| image | 1 / 1 / 1 | 1 / 1 / 1 | 1 / 1 / 1 | 1 / 1 / 1 |',
    '| together | 2 / 1 / 1 | 2 / 1 / 1 | 2 / 1 / 1 | 2 / 1 / 1 |',
  ])
})

test('a table is read again as it was written, whatever is around it', () => {
  assert.deepEqual(tableIn(['# A page', '', ...LINES, '', '| tests | why | 1 / 2 |']), TABLE)
})

test('the same and better is not worse; fewer that pass, more that fail and a part that is gone are', () => {
  assert.deepEqual(worseThan(TABLE, TABLE), [])
  const changed = (from: string, to: string): string[] =>
    worseThan(TABLE, tableIn(LINES.map((line) => line.replace(from, to))))
  assert.deepEqual(changed('| image | 1 / 1 / 1', '| image | 2 / 0 / 1'), [])
  assert.deepEqual(changed('| image | 1 / 1 / 1', '| image | 0 / 1 / 2'), [
    'plain, direct: image: 0 / 1 / 2 passed / failed / skipped, before it was 1 / 1 / 1',
  ])
  assert.deepEqual(changed('| image | 1 / 1 / 1', '| image | 1 / 2 / 0'), [
    'plain, direct: image: 1 / 2 / 0 passed / failed / skipped, before it was 1 / 1 / 1',
  ])
  assert.equal(changed('| ping |', '| pong |').length, 4)
})
