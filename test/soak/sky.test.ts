import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { until } from '../support/until.ts'
import { Random } from './random.ts'
import { Sky } from './sky.ts'

const PACE = { calmMs: 1, renewedMs: 200 }

async function start(t: TestContext): Promise<Simulator> {
  const simulator = await startSimulator()
  t.after(() => simulator.close())
  return simulator
}

// A proxy that never renewed its token made the weather last until the end of the load, and so explained all that failed.
test('a weather ends although the proxy never has a token that counts, and that is a problem', async (t) => {
  const sky = new Sky(await start(t), new Random(1), ['revoked-401'], PACE)
  const over = new AbortController()
  t.after(() => over.abort())
  const running = sky.run(over.signal)
  await until(() => sky.problems.length > 0, 'a problem', 5000)
  over.abort()
  await running
  assert.equal(sky.problems[0], 'revoked-401: no token that counts came within 200 ms')
  assert.equal(sky.counts.get('revoked-401'), undefined)
  assert.deepEqual(sky.since(performance.now()), new Set())
})

test('a token that the registry takes ends the weather in order', async (t) => {
  const simulator = await start(t)
  const sky = new Sky(simulator, new Random(1), ['revoked-403'], PACE)
  const over = new AbortController()
  t.after(() => over.abort())
  const running = sky.run(over.signal)
  await until(() => sky.since(performance.now()).has('revoked-403'), 'the weather', 5000)
  simulator.requests.push({
    listener: 'registry',
    method: 'GET',
    url: '/v2/',
    rawHeaders: ['Authorization', `Basic ${simulator.tokens.issue()}`],
    connection: 1,
    bodyBytes: 0,
    status: 200,
    finished: true,
    aborted: false,
  })
  await until(() => sky.counts.get('revoked-403') === 1, 'its end', 5000)
  over.abort()
  await running
  assert.deepEqual(sky.problems, [])
})
