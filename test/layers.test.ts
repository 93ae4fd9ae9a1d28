import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'

// Read as text: what is erased on the way to JavaScript, as a type's import, still ties one file to another.
const ROOT = new URL('../../', import.meta.url)
const SOURCES = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path}`)
  .filter((path) => path.endsWith('.ts'))

interface Import {
  from: string
  /** As written, or for one of our own files its path from the root. */
  of: string
  typeOnly: boolean
  dynamic: boolean
}

const STATEMENT = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm
const CALL = /\bimport\(\s*([^)]*?)\s*\)/g

function importsOf(path: string): Import[] {
  const text = textOf(path)
  const found = [
    ...[...text.matchAll(STATEMENT)].map(([, type, of = '']) => ({ of, typeOnly: type !== undefined, dynamic: false })),
    ...[...text.matchAll(CALL)].map(([, of = '']) => ({ of: of.slice(1, -1), typeOnly: false, dynamic: true })),
  ]
  return found.map(({ of, typeOnly, dynamic }) => ({ from: path, of: resolved(of, path), typeOnly, dynamic }))
}

function resolved(specifier: string, path: string): string {
  if (!specifier.startsWith('.')) return specifier
  return new URL(specifier, new URL(path, ROOT)).href.slice(ROOT.href.length)
}

function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

const IMPORTS = SOURCES.flatMap((path) => importsOf(path))

function shown(imports: Import[]): string[] {
  return imports.map(({ from, of }) => `${from} imports ${of}`)
}

function has(wanted: Import): boolean {
  return IMPORTS.some((each) => isDeepStrictEqual(each, wanted))
}

test('every import is seen, whatever its form', () => {
  assert.ok(has({ of: 'src/serve.ts', typeOnly: false, dynamic: true, from: 'src/main.ts' }))
  assert.ok(has({ of: 'fastify', typeOnly: true, dynamic: false, from: 'src/log.ts' }))
  assert.ok(has({ of: 'src/config/load.ts', typeOnly: false, dynamic: false, from: 'src/serve.ts' }))
  assert.ok(
    has({ of: 'src/ecr/token-client.ts', typeOnly: false, dynamic: true, from: 'src/ecr/create-token-source.ts' }),
  )
  for (const path of SOURCES) {
    const words = textOf(path).match(/^import\b|^export .*\bfrom '|\bimport\(/gm)?.length ?? 0
    assert.equal(importsOf(path).length, words, path)
  }
})

test('every import of our own names a file of src/', () => {
  const own = IMPORTS.filter(({ of }) => of.endsWith('.ts') || of.startsWith('.') || of.startsWith('/'))
  assert.ok(own.length > SOURCES.length)
  assert.deepEqual(shown(own.filter(({ of }) => !SOURCES.includes(of))), [])
})

test('Fastify is known to the edge alone', () => {
  const edge = /^src\/(?:(?:main|serve|listen|ending|shutdown|app|debug-app|debug-server)\.ts|plugins\/|routes\/)/
  const ofFastify = IMPORTS.filter(({ of }) => /^@?fastify\b/.test(of))
  assert.ok(ofFastify.some(({ from }) => from === 'src/app.ts'))
  const beyond = ofFastify.filter(({ from }) => !edge.test(from))
  // log.ts names the type of the options that it makes.
  assert.deepEqual(beyond, [{ of: 'fastify', typeOnly: true, dynamic: false, from: 'src/log.ts' }])
})

test('the pure folders know nothing of servers, clients and connections', () => {
  const pure = /^src\/(?:aws|config|registry|ecr|metrics|shedding|doctor)\//
  const beyond = IMPORTS.filter(
    ({ from, of }) =>
      pure.test(from) &&
      of.startsWith('src/') &&
      !pure.test(of) &&
      !/^src\/(?:limits|clock|error-code|log|unless-aborted|tls\/(?:credentials|certificates|pem))\.ts$/.test(of),
  )
  assert.deepEqual(shown(beyond), [])
  const io = /^(?:node:)?(?:http|https|tls|stream|child_process)(?:\/|$)|^undici$/
  assert.deepEqual(shown(IMPORTS.filter(({ from, of }) => pure.test(from) && io.test(of))), [])
})

test('the client’s leg knows nothing of the upstream’s', () => {
  const beyond = IMPORTS.filter(({ from, of }) => from.startsWith('src/client/') && of.startsWith('src/upstream/'))
  assert.deepEqual(shown(beyond), [])
})

test('the protocol knows nothing but itself, and of ECR only its host names', () => {
  const own = IMPORTS.filter(({ from, of }) => from.startsWith('src/registry/') && of.startsWith('src/'))
  assert.deepEqual(shown(own.filter(({ of }) => !/^src\/(?:registry\/|ecr\/host\.ts$)/.test(of))), [])
})

/** The files that are loaded with these, and those that they load in turn, besides what is loaded later by need. */
function loadedWith(...paths: string[]): string[] {
  const loaded = new Set(paths)
  for (const each of loaded) {
    const loads = IMPORTS.filter(({ from, typeOnly, dynamic }) => from === each && !typeOnly && !dynamic)
    for (const { of } of loads) loaded.add(of)
  }
  return [...loaded]
}

// It is a process of its own every few seconds, beside a proxy that needs the processor.
test('a health check loads no package, and little of the proxy', () => {
  const loaded = loadedWith('src/main.ts', 'src/cli/run.ts', 'src/cli/healthcheck.ts')
  const others = loaded.filter((path) => !path.startsWith('node:'))
  assert.ok(others.includes('src/config/schema.ts'))
  assert.deepEqual(
    others.filter((path) => !path.startsWith('src/')),
    [],
  )
  assert.ok(others.length <= 12, others.join('\n'))
})

test('a package that only development has is imported nowhere', () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(textOf('package.json'))
  const foreign = IMPORTS.filter(({ of }) => !of.startsWith('src/') && !of.startsWith('node:'))
  const packages = new Set(Object.keys(dependencies))
  assert.ok(foreign.length > 0)
  assert.deepEqual(shown(foreign.filter(({ of }) => !packages.has(/^(?:@[^/]+\/)?[^/]+/.exec(of)?.[0] ?? ''))), [])
})

test('the environment is read in main.ts alone', () => {
  const reads = /\bprocess(?:\??\.|\[['"])env\b|\{[^}]*\benv\b[^}]*\}\s*(?:from\s+'(?:node:)?process'|=\s*process\b)/
  assert.deepEqual(
    SOURCES.filter((path) => reads.test(textOf(path))),
    ['src/main.ts'],
  )
  for (const text of [
    'process.env.X',
    `process['env']`,
    `import { env } from 'node:process'`,
    `import { env as e } from 'process'`,
    'const { env } = process',
  ]) {
    assert.match(text, reads)
  }
})

// An older Node has to get as far as the line that tells its user so.
test('main.ts imports only what every Node has before it has looked at the version', () => {
  const early = importsOf('src/main.ts').filter(({ dynamic }) => !dynamic)
  assert.deepEqual(shown(early), ['src/main.ts imports node:process'])
})
