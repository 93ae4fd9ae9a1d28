// The package's index asks the instance metadata where it runs as soon as it is imported.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The connections that a fresh process asks for when it imports a module, and what then keeps it busy. */
async function afterImport(url: string): Promise<{ connects: unknown[]; resources: string[] }> {
  const script = `
    import net from 'node:net'
    const connects = []
    net.Socket.prototype.connect = function (...options) {
      connects.push(options)
      return this
    }
    const before = new Set(process.getActiveResourcesInfo())
    await import(${JSON.stringify(url)})
    await new Promise((resolve) => setImmediate(resolve))
    const resources = process.getActiveResourcesInfo().filter((each) => !before.has(each))
    process.stdout.write(JSON.stringify({ connects: connects.map(() => 'connect'), resources }))
    process.exit(0)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script])
  return JSON.parse(stdout)
}

test('the EMF sink asks nobody where it runs, and leaves no timer', async () => {
  const { connects, resources } = await afterImport(new URL('../../src/metrics/emf-sink.js', import.meta.url).href)
  assert.deepEqual(connects, [])
  assert.deepEqual(
    resources.filter((each) => /Timeout|TCP|Request/.test(each)),
    [],
  )
})

test('this test sees what the index of the package does', async () => {
  const { connects } = await afterImport(import.meta.resolve('aws-embedded-metrics'))
  assert.ok(connects.length > 0)
})
