import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'

const STAGE = new URL('stage.js', import.meta.url).href

/** Says where the stage's directory is and which process its proxy, and goes on until it is ended. */
const RUN = `
  import { onStage } from '${STAGE}'
  const proxy = ({ directory, atEnd }) => {
    atEnd(() => console.log('undone'))
    return {}
  }
  await onStage({ proxy }, async ({ proxy, directory }) => {
    console.log(JSON.stringify({ pid: proxy.pid, directory }))
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  })`

// Ctrl-C left a tmpfs mounted, a cgroup and a directory behind.
test('a run that a signal ends leaves nothing behind', async (t) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', RUN], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child.stdout, 'data')
  const { pid, directory }: { pid: number; directory: string } = JSON.parse(said)
  assert.ok(existsSync(directory))
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(said, /^undone$/m)
  assert.equal(existsSync(directory), false)
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})
