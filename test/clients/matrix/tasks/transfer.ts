import assert from 'node:assert/strict'
import { assertNoTokenAtLayerHost, blobsServed, layersFetched } from '../../traffic.ts'
import { type Target, imageName } from '../client.ts'
import type { Content } from '../content.ts'
import type { Work } from '../task.ts'
import { layersOf } from '../layers.ts'
import { seed } from '../seed.ts'

/** Pushes the content into a new repository, or puts it there for a client that only pulls; returns where it is. */
export async function pushed({ world, client, hands, lane, repository }: Work, content: Content): Promise<Target> {
  const { simulator } = world
  const target = { registry: lane.registry, repository, tag: content.tag }
  const { tags } = simulator.store.createRepository(repository)
  if (hands.push === undefined || client.pullsOnly?.includes(content.kind) === true) {
    await seed(simulator.store, repository, content)
  } else {
    const digest = await hands.push(content, target)
    assert.equal(tags.get(content.tag), digest, `${imageName(target)} as pushed`)
  }
  return target
}

/** Pushes it and pulls it: the digest has to be the same, and every layer that the client says it pulls has to come from the layer host. */
export async function transfer(work: Work, content: Content): Promise<Target> {
  const { simulator } = work.world
  const target = await pushed(work, content)
  const repository = simulator.store.createRepository(target.repository)
  const digest = repository.tags.get(target.tag)
  assert.equal(await work.hands.pull(target, content.kind), digest, `${imageName(target)} as pulled`)
  const all = layersOf(repository, digest ?? '', work.client.limits.index === undefined)
  const came = layersFetched(simulator, target.repository)
  assert.deepEqual(
    all.filter((layer) => !came.has(layer)),
    [],
    'layers that did not come from the layer host',
  )
  assertNoTokenAtLayerHost(simulator)
  assert.equal(blobsServed(simulator, target.repository), 0, 'a blob came through the proxy')
  return target
}
