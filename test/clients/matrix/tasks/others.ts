import assert from 'node:assert/strict'
import { countRequests } from '../../traffic.ts'
import { imageOf } from '../content.ts'
import { layersOf } from '../layers.ts'
import { SMALL, type Task } from '../task.ts'
import { pushed } from './transfer.ts'

const LAYER_BYTES = 100_000
const TAGS = 2_600
/** The most that ECR gives at once. */
const PAGE = 1_000

/** An image of one repository brought into another: ECR is asked to mount its layer, and no byte of that is sent. */
export const mount: Task = {
  name: 'mount',
  lanes: SMALL,
  run: async (work) => {
    const { hands, repository, world } = work
    const { requests, store } = world.simulator
    assert.ok(hands.copy !== undefined, 'no way to copy')
    const from = await pushed(work, await imageOf(await world.scratch('mount'), [LAYER_BYTES]))
    const to = { ...from, repository: `${repository}/copy` }
    const target = store.createRepository(to.repository)
    await hands.copy(from, to)
    assert.equal(target.tags.get(to.tag), store.createRepository(repository).tags.get(from.tag))
    const uploads = requests.filter(({ url }) => url.startsWith(`/v2/${to.repository}/blobs/uploads/`))
    const mounted = uploads
      .filter(({ method, status }) => method === 'POST' && status === 201)
      .map(({ url }) => new URL(url, 'https://registry').searchParams.get('mount'))
    const [layer = ''] = layersOf(target, target.tags.get(to.tag) ?? '', true)
    assert.ok(mounted.includes(layer), 'the layer was not mounted')
    const sent = uploads.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    assert.ok(sent < LAYER_BYTES, `${sent} bytes were sent`)
  },
}

export const remove: Task = {
  name: 'delete',
  lanes: SMALL,
  run: async (work) => {
    const { hands, repository, world } = work
    assert.ok(hands.remove !== undefined, 'no way to delete')
    const target = await pushed(work, await imageOf(await world.scratch('delete'), [LAYER_BYTES]))
    const { manifests } = world.simulator.store.createRepository(repository)
    assert.equal(manifests.size, 1)
    await hands.remove(target)
    assert.equal(manifests.size, 0)
  },
}

/** More tags than three pages hold; they are versions, so that a client may look for the highest. */
export const tagPages: Task = {
  name: '2,600 tags',
  lanes: SMALL,
  run: async (work) => {
    const { hands, repository, world } = work
    assert.ok(hands.tags !== undefined, 'no way to list')
    const target = await pushed(work, await imageOf(await world.scratch('tags'), [LAYER_BYTES]))
    const { tags } = world.simulator.store.createRepository(repository)
    const [digest = ''] = tags.values()
    tags.clear()
    const names = Array.from({ length: TAGS }, (_, patch) => `1.0.${patch}`)
    for (const tag of names) tags.set(tag, digest)
    const told = await hands.tags(target)
    if (told.length === 1) assert.deepEqual(told, names.slice(-1))
    else assert.deepEqual(new Set(told), new Set(names))
    const pages = countRequests(world.simulator, 'GET', new RegExp(`/${repository}/tags/list`))
    assert.ok(pages >= TAGS / PAGE, `${pages} pages`)
  },
}
