import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { send } from '../support/http-client.ts'
import { freePort, isolated, plainHttp } from './proxy-process.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

for (const name of ['SIGTERM', 'SIGINT'] as const) {
  // npm runs scripts by `sh -c`, and a shell that waits for its child keeps the signal to itself.
  test(`npm start passes ${name} on to the proxy`, async (t) => {
    const port = await freePort()
    const env = { ...isolated(), ...plainHttp(port) }
    // A group of its own, so that a proxy that did not get the signal ends with its test.
    const npm = spawn('npm', ['start'], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    const closed = once(npm, 'close')
    let open = true
    npm.once('close', () => {
      open = false
    })
    t.after(() => {
      if (open && npm.pid !== undefined) process.kill(-npm.pid, 'SIGKILL')
    })
    const messages: string[] = []
    const lines = createInterface(npm.stdout).on('line', (line) => {
      if (line.startsWith('{')) messages.push(JSON.parse(line).msg)
    })
    const signal = AbortSignal.timeout(20_000)
    while (!messages.includes(`listening on 127.0.0.1 port ${port}`)) await once(lines, 'line', { signal })
    assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
    npm.kill(name)
    await closed
    assert.ok(messages.includes('shut down'), messages.join('\n'))
    await assert.rejects(send({ port }, 'GET', '/healthz'), { code: 'ECONNREFUSED' })
  })
}
