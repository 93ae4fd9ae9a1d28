import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigSchema } from '../../src/config/schema.ts'
import { npmStart } from '../support/npm-start.ts'
import { textOf } from './packages.ts'

// Continued lines are one instruction.
const INSTRUCTIONS = textOf('Dockerfile')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')

/** What follows each instruction of this kind. */
function all(instruction: string): string[] {
  const start = `${instruction} `
  return INSTRUCTIONS.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length))
}

function variables(): Map<string, string> {
  const words = all('ENV').flatMap((line) => line.split(/\s+/))
  return new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
}

test('each setting that is no secret can be given to the build, and becomes a default', () => {
  const settings = Object.entries(ConfigSchema.properties)
  const wanted = settings.filter(([name, setting]) => !('secret' in setting) && name !== 'HOST').map(([name]) => name)
  const given = all('ARG')
    .map((line) => line.replace(/=.*/, ''))
    .filter((name) => !name.endsWith('_IMAGE'))
  assert.deepEqual(given.toSorted(), wanted.toSorted())
  for (const name of wanted) assert.equal(variables().get(name), `\${${name}}`)
  // EXPOSE needs a number, which is the schema's.
  const port = ConfigSchema.properties.PORT.default
  assert.ok(all('ARG').includes(`PORT=${port}`))
  assert.deepEqual(all('EXPOSE'), [`\${PORT:-${port}}`])
})

test('no secret can become part of the image by a variable', () => {
  const names = [...all('ARG').map((line) => line.replace(/=.*/, '')), ...variables().keys()]
  assert.deepEqual(
    names.filter((name) => /AWS|CERT|KEY\b|TOKEN|SECRET|PASSWORD|CREDENTIAL/.test(name)),
    [],
  )
})

test('Node is started as npm start does it', () => {
  const { flags, environment } = npmStart()
  const [entrypoint = ''] = all('ENTRYPOINT')
  assert.deepEqual(JSON.parse(entrypoint), ['node', ...flags, '/opt/ecr-reverse-proxy/dist/src/main.js'])
  for (const [name, value] of Object.entries(environment)) assert.equal(variables().get(name), value)
})

test('its command, health check included, needs no shell', () => {
  const [health = ''] = all('HEALTHCHECK')
  assert.deepEqual(JSON.parse(health.replace(/^.*\bCMD /, '')), [
    'node',
    '/opt/ecr-reverse-proxy/dist/src/main.js',
    'healthcheck',
  ])
  const last = INSTRUCTIONS.findLastIndex((line) => line.startsWith('FROM '))
  assert.ok(!INSTRUCTIONS.slice(last).some((line) => line.startsWith('RUN ')))
})

test('the images that it stands on have exact tags, and both can be given', () => {
  const bases = all('ARG').filter((line) => /^\w+_IMAGE=/.test(line))
  assert.equal(bases.length, 2)
  assert.match(bases[0] ?? '', /^BUILD_IMAGE=node:24\.\d+\.\d+-\w+-slim$/)
  // Distroless has no tags of versions: nonroot is the one of what it is.
  assert.match(bases[1] ?? '', /^RUNTIME_IMAGE=gcr\.io\/distroless\/nodejs24-debian\d+:nonroot$/)
  assert.deepEqual(all('FROM'), ['${BUILD_IMAGE} AS build', '${RUNTIME_IMAGE}'])
})

test('it runs as a user by number, and as root never', () => {
  assert.deepEqual(all('USER'), ['65532:65532'])
  assert.match(textOf('deploy/docker-run.sh'), /^image_user=65532$/m)
  assert.match(textOf('certs/generate.sh'), /chown 65532 /)
})

test('the engine gets what the image is built from, and nothing else', () => {
  const [everything, ...taken] = textOf('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  assert.equal(everything, '*')
  const copied = INSTRUCTIONS.filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
  const sources = copied.flatMap((line) => line.split(' ').slice(1, -1))
  assert.deepEqual(taken.map((line) => line.replace(/^!/, '')).toSorted(), [...new Set(sources)].toSorted())
})
