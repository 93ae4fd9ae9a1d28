// Each of these was loaded once, and used by nobody: 3 MiB of an idle proxy's memory (docs/performance.md).
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const UNUSED =
  /\/node_modules\/(?:ws|@fastify\/(?:ajv|fast-json-stringify)-compiler)\/|^NativeModule internal\/deps\/undici\//

test('an app that is ready has loaded neither compilers of schemas, nor WebSockets, nor the fetch of Node', async () => {
  const urlOf = (path: string): string => JSON.stringify(new URL(`../src/${path}`, import.meta.url).href)
  const script = `
    import { createRequire } from 'node:module'
    const { loadConfig } = await import(${urlOf('config/load.js')})
    const { buildApp } = await import(${urlOf('app.js')})
    const environment = { ECR_REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com', REGISTRY: 'localhost', TLS: 'off', LOG_LEVEL: 'silent' }
    const app = await buildApp(loadConfig(environment))
    await app.ready()
    const modules = Object.keys(createRequire(${urlOf('app.js')}).cache)
    process.stdout.write([...modules, ...process.moduleLoadList].join('\\n'))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  const loaded = stdout.split('\n')
  assert.ok(loaded.some((each) => each.includes('/node_modules/fastify/')))
  assert.deepEqual(
    loaded.filter((each) => UNUSED.test(each)),
    [],
  )
})
