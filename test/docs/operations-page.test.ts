import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'

const ROOT = new URL('../../../', import.meta.url)
const PAGE = readFileSync(new URL('docs/operations.md', ROOT), 'utf8')

/** What makes an answer of the proxy's own, with the number of texts that it gives out. */
const CALL = /\b(?:new RegistryError|unavailable|errorBody)\(/g
/** Where a text is passed on that was made elsewhere. */
const PASSED_ON = [/^status, code, message/, /^503, 'UNAVAILABLE', message/, /^error\.code, error\.message/]

interface Answer {
  path: string
  text: string
}

/** The texts that the calls of a source make; what is put into one is `…`. */
function answersIn(path: string, source: string): Answer[] {
  return [...source.matchAll(CALL)].flatMap((call) => {
    const given = within(source.slice(call.index + call[0].length))
    const declared = source.slice(0, call.index).endsWith('function ')
    if (declared || PASSED_ON.some((each) => each.test(given))) return []
    const text = literalsOf(given).find((each) => each.includes(' '))
    assert.ok(text !== undefined, `${path}: no text in ${call[0]}${given})`)
    return [{ path, text }]
  })
}

/** Up to the bracket that ends the call. */
function within(source: string): string {
  let depth = 1
  for (let end = 0; end < source.length; end += 1) {
    if (source[end] === '(') depth += 1
    if (source[end] === ')') depth -= 1
    if (depth === 0) return source.slice(0, end).trim()
  }
  return assert.fail('a call does not end')
}

function literalsOf(source: string): string[] {
  return [...source.matchAll(/'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map(([, plain, template]) =>
    (plain ?? template ?? '').replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '…'),
  )
}

const SOURCES = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('debug/'))
  .map((path) => ({ path, source: readFileSync(new URL(`src/${path}`, ROOT), 'utf8') }))
const ANSWERS = SOURCES.flatMap(({ path, source }) => answersIn(path, source))

/** The rows of the table of the proxy's own answers. */
function rows(): string[][] {
  const [, section = ''] = PAGE.split('## When a client sees an error\n')
  const [table = ''] = section.split('\nAnswers of ECR that come through')
  return table
    .split('\n')
    .filter((line) => /^\| (?!status|---)/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))
}

test('every answer of the proxy has its row in the operations page, and no row tells of another', () => {
  assert.ok(ANSWERS.length > 25)
  const told = new Set(rows().map(([, text]) => String(text)))
  assert.deepEqual([...new Set(ANSWERS.map(({ text }) => `\`${text}\``))].toSorted(), [...told].toSorted())
  for (const row of rows()) assert.equal(row.length, 4, row.join(' | '))
})

test('every code that the proxy answers is in that table', () => {
  const errors = SOURCES.find(({ path }) => path === 'registry/errors.ts')?.source ?? ''
  const codes = [...errors.matchAll(/^ {2}\| '([A-Z_]+)'$/gm)].map(([, code = '']) => code)
  assert.ok(codes.length > 10)
  const told = rows()
    .map(([status]) => status)
    .join(' ')
  assert.deepEqual(
    codes.filter((code) => !told.includes(`\`${code}\``)),
    [],
  )
})

test('a text is found in whatever form it is written', () => {
  const found = answersIn(
    'x',
    `
    throw new RegistryError(400, 'UNSUPPORTED', \`\${f(a, 'b')} takes no (body) here\`)
    throw unavailable('it is late', reason(tried))
    new RegistryError(
      404,
      'NAME_UNKNOWN',
      'no such thing',
    )
    export function unavailable(message: string): RegistryError {
      return new RegistryError(503, 'UNAVAILABLE', message, {})
    }`,
  )
  const texts = found.map(({ text }) => text)
  assert.ok(isDeepStrictEqual(texts, ['… takes no (body) here', 'it is late', 'no such thing']), texts.join('\n'))
})
