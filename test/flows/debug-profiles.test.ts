// docs/debugging.md
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { test } from 'node:test'
import { decoded } from '../debug/decoded.ts'
import { type Debugged, startDebugged } from '../support/debugged.ts'
import { send } from '../support/http-client.ts'
import { untilAnswered } from '../support/until.ts'

/** The body of an answer as it is, while the proxy has work to do. */
async function profileUnderLoad({ proxy, port }: Debugged, path: string): Promise<Buffer> {
  const load = { on: true }
  const lane = async (): Promise<void> => {
    while (load.on) await send(proxy, 'GET', '/v2/team/app/tags/list')
  }
  const lanes = Promise.all([lane(), lane(), lane()])
  try {
    const answer = await fetch(`http://localhost:${port}${path}`)
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="/)
    return Buffer.from(await answer.arrayBuffer())
  } finally {
    load.on = false
    await lanes
  }
}

for (const [path, type] of [
  ['/debug/pprof/profile?seconds=2', 'cpu nanoseconds'],
  ['/debug/pprof/heap?seconds=2', 'inuse_space bytes'],
  ['/debug/pprof/allocs?seconds=2', 'alloc_space bytes'],
] as const) {
  test(`${path} is a profile that pprof can read, with functions of ours in their files`, async (t) => {
    const debugged = await startDebugged(t)
    await debugged.simulator.store.addBlob('team/app', '{}')
    const { types, samples, durationMs } = decoded(await profileUnderLoad(debugged, path))
    assert.equal(types.at(-1), type)
    assert.ok(durationMs >= 1900)
    const ours = new Set(samples.flatMap(({ files }) => files.filter((file) => /^src\/.*\.ts$/.test(file))))
    assert.ok(ours.size > 0, [...new Set(samples.flatMap(({ files }) => files))].join('\n'))
    assert.ok(samples.some(({ names }) => names.some((name) => /^\S+ src\/.*\.ts$/.test(name))))
    assert.ok(samples.every(({ values }) => values.every((value) => Number.isInteger(value) && value >= 0)))
  })
}

test('the CPU profile for DevTools has functions of ours, and what it is made of', async (t) => {
  const debugged = await startDebugged(t)
  await debugged.simulator.store.addBlob('team/app', '{}')
  const profile = JSON.parse(String(await profileUnderLoad(debugged, '/debug/pprof/profile.cpuprofile?seconds=1')))
  const nodes: { callFrame: { url: string; functionName: string } }[] = profile.nodes
  assert.ok(nodes.some(({ callFrame }) => /^src\/.*\.ts$/.test(callFrame.url)))
  assert.ok(profile.endTime > profile.startTime)
  assert.equal(profile.samples.length, profile.timeDeltas.length)
})

test('a second profile is 409, and one with a wrong window 400, each with a sentence', async (t) => {
  const { ask } = await startDebugged(t)
  const both = await Promise.all([ask('/debug/pprof/heap?seconds=1'), ask('/debug/pprof/profile.cpuprofile?seconds=1')])
  assert.deepEqual(new Set(both.map(({ status }) => status)), new Set([200, 409]))
  const refused = both.find(({ status }) => status === 409)
  assert.equal(refused?.body, 'another profile is being taken; there is one at a time\n')
  for (const seconds of ['0', '301', 'x', '1&seconds=2']) {
    const wrong = await ask(`/debug/pprof/profile?seconds=${seconds}`)
    assert.equal(wrong.status, 400, seconds)
    assert.equal(wrong.body, 'seconds has to be a whole number from 1 to 300\n')
  }
})

/** Waits until a profile can be taken, or cannot. */
async function untilProfileIs(status: 200 | 409, { ask }: Debugged): Promise<void> {
  const isSo = async (): Promise<boolean> => (await ask('/debug/pprof/profile?seconds=1')).status === status
  await untilAnswered(isSo, `a profile that is answered ${status}`)
}

test('a client that leaves ends its profile, which fails nothing', async (t) => {
  const debugged = await startDebugged(t)
  const leaving = get({ host: '127.0.0.1', port: debugged.port, path: '/debug/pprof/profile?seconds=300' })
  leaving.on('error', () => {})
  await untilProfileIs(409, debugged)
  leaving.destroy()
  await untilProfileIs(200, debugged)
  assert.deepEqual(
    debugged.proxy.log.filter(({ level }) => Number(level) >= 40),
    [],
  )
})

test('closing the proxy ends a profile that is being taken', async (t) => {
  const debugged = await startDebugged(t)
  const profile = assert.rejects(debugged.ask('/debug/pprof/heap?seconds=300'), { code: 'ECONNRESET' })
  await untilProfileIs(409, debugged)
  await debugged.proxy.close()
  await profile
})
