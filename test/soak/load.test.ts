import assert from 'node:assert/strict'
import { Agent } from 'node:https'
import { test } from 'node:test'
import { freePort } from '../process/proxy-process.ts'
import { groundOf, startUpstream } from './ground.ts'
import { runLoad } from './load.ts'
import { planOf } from './plan.ts'
import { Random } from './random.ts'
import { Sky } from './sky.ts'

const SEED = 1

// An operation that failed at its first request proved that its kind had been tried out.
test('a kind of operation counts as exercised when it has succeeded only', async (t) => {
  const upstream = await startUpstream(SEED)
  t.after(() => upstream.simulator.close())
  const nobody = { host: '127.0.0.1', port: await freePort(), servername: 'localhost', ca: upstream.simulator.ca }
  const sky = new Sky(upstream.simulator, new Random(SEED))
  const ground = groundOf(upstream, { endpoint: nobody, agent: new Agent(), sky, reopens: false })
  const first = firstOf('tags')
  const { exercised, unexplained, operations } = await runLoad(SEED, ground, [0], first)
  assert.equal(operations, 1)
  assert.equal(unexplained.length, 1)
  assert.equal(exercised.get('tags'), 0)
})

function firstOf(kind: string): number {
  for (let number = 0; ; number += 1) if (planOf(SEED, number).kind === kind) return number
}
