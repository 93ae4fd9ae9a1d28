import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

// This file runs as dist/test/layers.test.js.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, 'src', name), 'utf8') }))

const IMPORT = /^(?:import |(?:import|export)\b[^'\n]* from |\} from |.*\bimport\()'([^']+)'/gm

function imported(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, specifier = '']) => specifier)
}

/** Files, and folders with their slash, that know the web framework. */
const KNOW_FASTIFY = ['main.ts', 'serve.ts', 'listen.ts', 'shutdown.ts', 'app.ts', 'plugins/', 'routes/']

test('the sources are found, and what they import', () => {
  assert.ok(sources.length > 40)
  assert.deepEqual(imported(sources.find(({ name }) => name === 'main.ts')?.text ?? ''), ['node:process', './serve.ts'])
})

test('only the outer layer knows Fastify; the log names one of its types', () => {
  for (const { name, text } of sources) {
    if (KNOW_FASTIFY.some((outer) => name === outer || (outer.endsWith('/') && name.startsWith(outer)))) continue
    const found = imported(text).filter((specifier) => /^(?:@?fastify(?:$|\/|-)|@fastify\/)/.test(specifier))
    const expected = name === 'log.ts' ? ['fastify'] : []
    assert.deepEqual(found, expected, name)
    if (name === 'log.ts') assert.match(text, /^import type \{[^}]*\} from 'fastify'$/m)
  }
})

test('the environment is read in main.ts alone, where the process starts', () => {
  const readers = sources.filter(({ text }) =>
    /\bprocess\s*\.\s*env\b|\benv\s*[,}][^;\n]*from 'node:process'/.test(text),
  )
  assert.deepEqual(
    readers.map(({ name }) => name),
    ['main.ts'],
  )
})

test('no source imports from the tests, nor a package that only development has', () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  for (const { name, text } of sources) {
    for (const specifier of imported(text)) {
      if (specifier.startsWith('.')) {
        const target = relative(ROOT, join(ROOT, 'src', dirname(name), specifier))
        assert.ok(target.startsWith('src/'), `${name} imports ${specifier}`)
      } else if (!specifier.startsWith('node:')) {
        const [scope = '', rest = ''] = specifier.split('/')
        const packageName = scope.startsWith('@') ? `${scope}/${rest}` : scope
        assert.ok(packageName in dependencies, `${name} imports ${specifier}`)
      }
    }
  }
})

test('inner folders do not import outer ones', () => {
  const forbidden: Record<string, RegExp> = {
    registry: /^\.\.\//,
    config: /^\.\.\/(?!ecr\/host\.ts|tls\/)/,
    ecr: /^\.\.\/(?!clock\.ts|limits\.ts)/,
    tls: /^\.\.\//,
  }
  for (const { name, text } of sources) {
    const rule = forbidden[dirname(name)]
    if (rule !== undefined)
      assert.deepEqual(
        imported(text).filter((specifier) => rule.test(specifier)),
        [],
        name,
      )
  }
})
