import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

// This file runs as dist/test/request-handling.test.js.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The numbers of the list itself, `13` and `13.2` alike. */
function listed(): Set<string> {
  const numbers = new Set<string>()
  let outer = ''
  for (const line of readFileSync(join(ROOT, 'docs/request-handling.md'), 'utf8').split('\n')) {
    const [, indent, number = ''] = /^( *)(\d+)\. /.exec(line) ?? []
    if (indent === '') outer = number
    if (indent !== undefined) numbers.add(indent === '' ? number : `${outer}.${number}`)
  }
  return numbers
}

/** The numbers that the files of a folder point at. */
function pointedAt(folder: string): Set<string> {
  const texts = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'request-handling.test.ts')
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))
  const numbers = texts.flatMap((text) =>
    [...text.matchAll(/request-handling\.md(?::|,) ((?:\d+(?:\.\d+)?(?:, | and )?)+)/g)].flatMap(([, list = '']) =>
      list.split(/, | and /).filter((number) => number !== ''),
    ),
  )
  return new Set(numbers)
}

for (const folder of ['src', 'test']) {
  test(`${folder}/ points at every number of docs/request-handling.md, and at no other`, () => {
    const numbers = listed()
    const pointed = pointedAt(folder)
    assert.ok(numbers.size >= 23)
    assert.deepEqual(
      [...pointed].filter((number) => !numbers.has(number)),
      [],
    )
    const covered = new Set([...pointed].map((number) => number.split('.')[0]))
    assert.deepEqual(
      [...numbers].filter((number) => !number.includes('.') && !covered.has(number)),
      [],
    )
  })
}
