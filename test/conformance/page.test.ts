import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { TESTING_PAGE } from '../docs/pages.ts'
import { partOf, withPart } from '../docs/parts.ts'
import { PART, partLines } from './page.ts'
import { suiteVersion } from './suite.ts'
import { tableIn, TOGETHER } from './table.ts'

const PAGE = readFileSync(TESTING_PAGE, 'utf8')

test('docs/testing.md has the results of this suite, with these deviations; if not, run `make conformance`', async () => {
  const table = tableIn(partOf(PAGE, PART))
  assert.deepEqual(partOf(PAGE, PART), partLines(table, await suiteVersion()))
  const together = table.get(TOGETHER) ?? []
  assert.deepEqual(
    together.map(({ passed }) => passed > 300),
    [true, true, true, true],
  )
})

test('a part of a page is made anew between its marks alone', () => {
  assert.equal(withPart(PAGE, PART, partOf(PAGE, PART)), PAGE)
  const emptied = withPart(PAGE, PART, [])
  assert.deepEqual(partOf(emptied, PART), [])
  assert.equal(withPart(emptied, PART, partOf(PAGE, PART)), PAGE)
})

test('a page without the part, or with one that has no end, is an error', () => {
  assert.throws(() => partOf(PAGE, 'weather'), /no whole part weather/)
  assert.throws(() => withPart('<!-- begin: weather -->\n', 'weather', []), /no whole part weather/)
})
