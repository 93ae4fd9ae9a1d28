import assert from 'node:assert/strict'
import { layerRequests } from '../../traffic.ts'
import { MIB } from '../../random-tar.ts'
import type { Resumption } from '../client.ts'
import { imageOf } from '../content.ts'
import type { Task } from '../task.ts'
import { pushed } from './transfer.ts'

const LAYER_BYTES = 8 * MIB
const CUT_AT_BYTES = 5 * MIB

/** A layer breaks off in the middle. How the client goes on is its own; that it ends with all of it, or says so, is not. */
export const resume: Task = {
  name: 'resume',
  lanes: { short: 1, long: 4 },
  run: async (work) => {
    const { client, hands, world, repository } = work
    const { faults, store } = world.simulator
    const content = await imageOf(await world.scratch('resume'), [LAYER_BYTES])
    const target = await pushed(work, content)
    const { blobs, tags } = store.createRepository(repository)
    const layer = [...blobs].map((each) => store.blobs.get(each)).find((blob) => (blob?.size ?? 0) > CUT_AT_BYTES)
    assert.ok(layer !== undefined, 'no layer was pushed')
    const action = { kind: 'reset-body', bytes: CUT_AT_BYTES } as const
    const fault = faults.add({ listener: 'layer', method: 'GET', path: new RegExp(layer.objectPath), action })
    const wanted = tags.get(target.tag)
    const first = await hands.pull(target, 'image').catch(() => undefined)
    assert.equal(fault.hits, 1, 'the layer was not cut')
    if (first !== undefined) assert.equal(first, wanted)
    else assert.equal(await hands.pull(target, 'image'), wanted, 'after a pull that failed')
    const requests = layerRequests(world.simulator, repository)
    const ranges = requests.some(({ status }) => status === 206)
    const seen: Resumption = ranges ? 'by Range' : first === undefined ? 'not at all' : 'from the start'
    assert.equal(seen, client.resumption)
  },
}
