import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { isPure } from '../coverage/verdict.ts'
import { EXPLAINED } from './explained.ts'
import { type Mutant, survivorsOf, verdictOn } from './verdict.ts'

const QUERY = 'src/registry/query.ts'

function mutants(fileName: string, statuses: Record<string, number>): Mutant[] {
  return Object.entries(statuses).flatMap(([status, count]) =>
    Array.from({ length: count }, () => ({
      fileName,
      status,
      location: { start: { line: 3, column: 7 } },
      mutatorName: 'BlockStatement',
      replacement: '{\n}',
    })),
  )
}

test('what is killed and what does not end is noticed; what does not run at all counts for nothing', () => {
  const found = verdictOn(
    [
      ...mutants(resolve(QUERY), { Killed: 16, Timeout: 1, Survived: 2, NoCoverage: 1, RuntimeError: 5, Ignored: 5 }),
      ...mutants('src/ecr/host.ts', { Killed: 20 }),
    ],
    { [QUERY]: { bound: 2, text: 1 } },
  )
  assert.deepEqual(found, {
    rows: [
      'src/ecr/host.ts                      100.00 %  20 of 20',
      'src/registry/query.ts                 85.00 %  17 of 20',
      'all                                   92.50 %  37 of 40',
    ],
    problems: [],
  })
})

test('one noticed mutant too few is a problem, and so is no mutant', () => {
  const explained = { [QUERY]: { bound: 1501 } }
  const problems = (statuses: Record<string, number>): string[] =>
    verdictOn(mutants(QUERY, statuses), explained).problems
  assert.deepEqual(problems({ Killed: 17, Survived: 3 }), [])
  const tooFew = '84.99 % of the mutants are noticed; expected at least 85 %'
  assert.deepEqual(problems({ Killed: 8499, Survived: 1501 }), [tooFew])
  assert.deepEqual(problems({ RuntimeError: 1 }), ['no mutant was made'])
})

test('a file with more living mutants than are explained is a problem', () => {
  const found = [
    ...mutants(QUERY, { Killed: 97, Survived: 3 }),
    ...mutants('src/ecr/host.ts', { Killed: 9, NoCoverage: 1 }),
  ]
  assert.deepEqual(verdictOn(found, { [QUERY]: { bound: 2 } }).problems, [
    'src/ecr/host.ts: 1 mutants live, and 0 are explained',
    'src/registry/query.ts: 3 mutants live, and 2 are explained',
  ])
})

test('a mutant that nobody noticed is told by its place and what it was', () => {
  assert.deepEqual(survivorsOf(mutants(resolve(QUERY), { Killed: 1, Survived: 1, NoCoverage: 1 })), [
    'src/registry/query.ts:3:7 BlockStatement: { }',
    'src/registry/query.ts:3:7 BlockStatement: { }',
  ])
})

// A file that has left them is mutated no more, and nobody would notice.
test('every file with explained mutants is there, and one of the pure ones', () => {
  const lost = Object.keys(EXPLAINED).filter((file) => !isPure(file) || !existsSync(file))
  assert.deepEqual(lost, [])
})
