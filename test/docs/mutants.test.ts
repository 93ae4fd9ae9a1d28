import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { EXPLAINED } from '../mutation/explained.ts'
import { mutantsPart } from '../mutation/part.ts'
import { TESTING_PAGE } from './pages.ts'
import { partOf } from './parts.ts'

test('docs/testing.md says what test/mutation/explained.ts says; if not, run `make docs`', () => {
  assert.deepEqual(partOf(readFileSync(TESTING_PAGE, 'utf8'), 'mutants'), mutantsPart(EXPLAINED))
})

test('mutants of files that are there are explained, and by nothing that is none', () => {
  for (const [file, counts] of Object.entries(EXPLAINED)) {
    assert.ok(existsSync(new URL(`../../../${file}`, import.meta.url)), file)
    for (const count of Object.values(counts)) assert.ok(count > 0, file)
  }
})

test('the table adds up what the files have', () => {
  const rows = mutantsPart({ a: { text: 2, bound: 1 }, b: { text: 3 } }).slice(2)
  const of = (row: string | undefined): string[] | undefined => row?.split(' | ').slice(1)
  assert.deepEqual(
    [of(rows[0]), of(rows.at(-1)), of(rows[1])],
    [
      ['5', '2 |'],
      ['1', '1 |'],
      ['0', '0 |'],
    ],
  )
})
