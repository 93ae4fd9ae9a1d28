import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeLines } from './code-lines.ts'
import { type FileCoverage, ofLines, parseLcov } from './lcov.ts'
import { type Exception, problemsOf, rowsOf } from './verdict.ts'

const TRACEFILE = `TN:
SF:src/app.ts
FN:3,buildApp
FNDA:7,buildApp
FNF:1
FNH:1
BRDA:3,0,0,7
BRDA:4,1,0,0
BRDA:4,2,0,-
BRF:3
BRH:1
DA:1,7
DA:2,0
DA:3,7,checksum
LH:2
LF:3
end_of_record
TN:
SF:src/clock.ts
DA:1,1
LH:1
LF:1
end_of_record
`

test('lcov: hits, misses and branches that were never looked at, by file', () => {
  assert.deepEqual(parseLcov(TRACEFILE), [
    { file: 'src/app.ts', lines: [1, 2, 3], missedLines: [2], branches: 3, missedBranches: [4, 4] },
    { file: 'src/clock.ts', lines: [1], missedLines: [], branches: 0, missedBranches: [] },
  ])
  assert.deepEqual(parseLcov(''), [])
})

test('lcov: lines that are no code count neither as covered nor as missed', () => {
  const [app] = parseLcov(TRACEFILE)
  assert.ok(app !== undefined)
  assert.deepEqual(ofLines(app, new Set([1, 5])), { ...app, lines: [1], missedLines: [] })
  assert.deepEqual(ofLines(app, new Set([1, 2])), { ...app, lines: [1, 2], missedLines: [2] })
})

test('code lines: what a source map leads to, and no types', () => {
  // The compiler's, of an interface with its comment on the lines 1 to 4 and a function on 5 to 7.
  const generated = 'export function c(a) {\n    return a.b;\n}\n//# sourceMappingURL=a.js.map'
  const map =
    '{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAIA,MAAM,UAAU,CAAC,CAAC,CAAI;IACpB,OAAO,CAAC,CAAC,CAAC,CAAA;AACZ,CAAC"}'
  assert.deepEqual([...codeLines(map, generated)], [5, 6, 7])
})

for (const [what, text] of [
  ['a line ahead of its file', 'DA:1,1\n'],
  ['a line after the end of its record', 'SF:src/a.ts\nend_of_record\nBRDA:1,0,0,1\n'],
  ['hits that are no number', 'SF:src/a.ts\nDA:1,many\n'],
  ['a line that is no number', 'SF:src/a.ts\nBRDA:x,0,0,1\n'],
] as const) {
  test(`not lcov: ${what}`, () => {
    assert.throws(() => parseLcov(text), /^Error: not lcov/)
  })
}

const HUNDRED = Array.from({ length: 100 }, (_, i) => i + 1)

/** A file of 100 lines and 100 branches. */
function measured(file: string, missed: { lines?: number[]; branches?: number[] } = {}): FileCoverage {
  const { lines = [], branches = [] } = missed
  return { file, lines: HUNDRED, missedLines: lines, branches: 100, missedBranches: branches }
}

const PARSE = 'src/registry/parse.ts'
const SIX = [1, 2, 3, 4, 5, 6]

const CASES: {
  what: string
  files: FileCoverage[]
  sources?: string[]
  exceptions?: Omit<Exception, 'reason'>[]
  problems: string[]
}[] = [
  { what: 'all covered', files: [measured('src/app.ts'), measured(PARSE)], problems: [] },
  {
    what: 'just enough of src/',
    files: [measured('src/app.ts', { lines: SIX.slice(1), branches: SIX.slice(1) })],
    problems: [],
  },
  {
    what: 'too few lines of src/',
    files: [measured('src/app.ts', { lines: SIX })],
    problems: ['src/: 94.00 % of the lines are covered; expected at least 95.00 %'],
  },
  {
    what: 'too few branches of src/',
    files: [measured('src/app.ts', { branches: SIX })],
    problems: ['src/: 94.00 % of the branches are covered; expected at least 95.00 %'],
  },
  {
    what: 'a file that no test loads',
    files: [measured('src/app.ts')],
    sources: ['src/app.ts', PARSE],
    problems: [`${PARSE}: no test loads it`],
  },
  {
    what: 'a missed line of a pure folder',
    files: [measured(PARSE, { lines: [7, 9] })],
    problems: [`${PARSE}: lines not covered: 2 (line 7, 9); expected none`],
  },
  {
    what: 'a missed branch of a pure file',
    files: [measured('src/upstream/retry-policy.ts', { branches: [12] })],
    problems: ['src/upstream/retry-policy.ts: branches not covered: 1 (line 12); expected none'],
  },
  {
    what: 'a missed line of a file that is not pure',
    files: [measured('src/upstream/passage.ts', { lines: [1], branches: [1] }), measured('src/ecr.ts', { lines: [1] })],
    problems: [],
  },
  {
    what: 'misses that their exceptions know',
    files: [measured(PARSE, { lines: [7, 9], branches: [7] })],
    exceptions: [
      { file: PARSE, what: 'lines', missed: 2 },
      { file: PARSE, what: 'branches', missed: 1 },
    ],
    problems: [],
  },
  {
    what: 'an exception for lines when branches are missed',
    files: [measured(PARSE, { lines: [7], branches: [7] })],
    exceptions: [{ file: PARSE, what: 'lines', missed: 1 }],
    problems: [`${PARSE}: branches not covered: 1 (line 7); expected none`],
  },
  {
    what: 'an exception that is exceeded',
    files: [measured(PARSE, { lines: [7, 8] })],
    exceptions: [{ file: PARSE, what: 'lines', missed: 1 }],
    problems: [`${PARSE}: lines not covered: 2 (line 7, 8); its exception is for 1`],
  },
  {
    what: 'an exception that is too wide',
    files: [measured(PARSE, { lines: [7] })],
    exceptions: [{ file: PARSE, what: 'lines', missed: 2 }],
    problems: [`${PARSE}: lines not covered: 1 (line 7); its exception is for 2`],
  },
  {
    what: 'an exception that is no longer needed',
    files: [measured(PARSE)],
    exceptions: [{ file: PARSE, what: 'branches', missed: 1 }],
    problems: [`${PARSE}: all branches are covered; its exception is for 1`],
  },
  {
    what: 'exceptions for files that are gone, or that are not pure',
    files: [measured('src/app.ts', { lines: [1] })],
    exceptions: [
      { file: PARSE, what: 'lines', missed: 1 },
      { file: 'src/app.ts', what: 'lines', missed: 1 },
    ],
    problems: [
      `${PARSE}: it is not there, and needs no exception for its lines; take it out`,
      'src/app.ts: it is none of the pure files, and has an exception for its lines',
    ],
  },
]

for (const { what, files, sources, exceptions = [], problems } of CASES) {
  test(`verdict: ${what}`, () => {
    const reasoned = exceptions.map(({ file, what, missed }) => ({ file, what, missed, reason: 'a test' }))
    assert.deepEqual(problemsOf(files, sources ?? files.map(({ file }) => file), reasoned), problems)
  })
}

test('a row for each folder, in order, and one for all; a share is cut and not rounded', () => {
  const almost = {
    file: PARSE,
    lines: Array.from({ length: 99_999 }, (_, i) => i + 1),
    missedLines: [1],
    branches: 3,
    missedBranches: [1],
  }
  assert.deepEqual(rowsOf([almost, measured('src/registry/grammar.ts'), measured('src/app.ts', { lines: SIX })]), [
    'src                94.00 % lines  100.00 % branches',
    'src/registry       99.99 % lines   99.02 % branches',
    'all                99.99 % lines   99.50 % branches',
  ])
})
