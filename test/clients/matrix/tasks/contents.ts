import assert from 'node:assert/strict'
import { imageName } from '../client.ts'
import { artifactOf, emptyLayerOf, imageOf, indexOf } from '../content.ts'
import { SMALL, type Task } from '../task.ts'
import { pushed, transfer } from './transfer.ts'

const SMALL_BYTES = 100_000
const SIGNATURE_TYPE = 'application/vnd.dev.cosign.artifact.sig.v1+json'

export const image: Task = {
  name: 'image',
  lanes: SMALL,
  run: async (work) => {
    await transfer(work, await imageOf(await work.world.scratch('image'), [SMALL_BYTES, 2 * SMALL_BYTES]))
  },
}

export const index: Task = {
  name: 'index',
  lanes: SMALL,
  run: async (work) => {
    await transfer(work, await indexOf(await work.world.scratch('index'), SMALL_BYTES))
  },
}

export const emptyLayer: Task = {
  name: '0-byte layer',
  lanes: SMALL,
  run: async (work) => {
    await transfer(work, await emptyLayerOf(await work.world.scratch('empty')))
  },
}

export const configOnly: Task = {
  name: 'config-only artifact',
  lanes: SMALL,
  run: async (work) => {
    const artifactType = 'application/vnd.example.settings.v1+json'
    const config = { id: work.repository, answer: 42 }
    await transfer(work, await artifactOf(await work.world.scratch('config'), { artifactType, config }))
  },
}

/** What a signer pushes, found again by what it has signed; without a way to ask for it, moved as it is. */
export const signature: Task = {
  name: 'artifact with a subject',
  lanes: SMALL,
  run: async (work) => {
    const { hands, world } = work
    const directory = await world.scratch('signature')
    const signed = await imageOf(directory, [SMALL_BYTES])
    const { mediaType, digest, size } = signed.root
    const options = { artifactType: SIGNATURE_TYPE, payload: Buffer.from(`signature of ${digest}`) }
    const content = await artifactOf(directory, { ...options, subject: { mediaType, digest, size } })
    if (hands.attach === undefined || hands.referrers === undefined) {
      await transfer(work, content)
      return
    }
    const subject = await pushed(work, signed)
    await hands.attach(content, subject)
    const { manifests } = world.simulator.store.createRepository(subject.repository)
    const attached = [...manifests.values()].filter(({ json }) => json.subject?.digest === digest)
    assert.equal(attached.length, 1, `${imageName(subject)} has one referrer`)
    assert.equal(attached[0]?.json.artifactType, SIGNATURE_TYPE)
    assert.deepEqual(await hands.referrers(subject), [attached[0]?.digest])
    // Without the API clients find them by a tag that is made of the digest.
    const { requests, store } = world.simulator
    const asked = requests.filter(({ url }) => url.startsWith(`/v2/${subject.repository}/referrers/${digest}`))
    assert.ok(
      asked.some(({ method, status }) => method === 'GET' && status === 200),
      'the referrers API was not used',
    )
    assert.deepEqual([...store.createRepository(subject.repository).tags.keys()], [subject.tag])
  },
}
