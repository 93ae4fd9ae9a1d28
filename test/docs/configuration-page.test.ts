import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConfigSchema } from '../../src/config/schema.ts'

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

/** The variables that the rows of a page's tables are about. */
function documented(page: string): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name))
}

test('each setting has its place in docs/configuration.md, and no other variable has', () => {
  assert.deepEqual(
    documented(textOf('docs/configuration.md')).toSorted(),
    Object.keys(ConfigSchema.properties).toSorted(),
  )
})

test('the README has rows of the same table', () => {
  const rows = textOf('docs/configuration.md').split('\n')
  const shown = textOf('README.md')
    .split('\n')
    .filter((line) => /^\| `[A-Z_]+`/.test(line))
  assert.ok(shown.length > 0)
  assert.deepEqual(
    shown.filter((row) => !rows.includes(row)),
    [],
  )
})
