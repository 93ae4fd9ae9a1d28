import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DOCKER_PROGRAMS, type DockerEngine, identity, startDockerEngine } from './docker-engine.ts'
import { OciLayout } from './oci-layout.ts'
import { MIB, randomTar } from './random-tar.ts'
import { clientSuite, shared, sharedEnvironment } from './suite.ts'

const LOOP_SECONDS = Number(process.env.LOOP_SECONDS ?? 120)
const TOKEN_LIFETIME_MS = 10_000
// Long enough that a transfer is under way at each expiry, short enough for dozens of rounds.
const LAYER_BYTES = 20 * MIB

clientSuite('loop', [...DOCKER_PROGRAMS, 'skopeo'], () => {
  const environment = sharedEnvironment({ tokenLifetimeMs: TOKEN_LIFETIME_MS })
  const pusher = shared(() => startDockerEngine(environment()))
  const puller = shared(() => startDockerEngine(environment()))

  test(`docker and skopeo push and pull for ${LOOP_SECONDS} s with 10-second tokens without a failure`, async (t) => {
    assert.ok(LOOP_SECONDS > 0, 'LOOP_SECONDS is a number of seconds')
    const { simulator } = environment()
    const until = Date.now() + LOOP_SECONDS * 1000
    // Each goes on when another fails: nothing may still be running when the environment is closed.
    const results = await Promise.allSettled([
      repeat(until, (round) => dockerRound(pusher(), puller(), `docker-a:${round}`)),
      repeat(until, (round) => dockerRound(puller(), pusher(), `docker-b:${round}`)),
      repeat(until, (round) => skopeoRound(`skopeo:${round}`)),
    ])
    const rounds = results.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
    t.diagnostic(`rounds: ${rounds.join(', ')}; tokens issued: ${simulator.tokens.calls}`)
    const lifetimes = Math.floor((LOOP_SECONDS * 1000) / TOKEN_LIFETIME_MS)
    assert.ok(simulator.tokens.calls >= lifetimes, `${simulator.tokens.calls} tokens for ${lifetimes} lifetimes`)
  })

  async function dockerRound(from: DockerEngine, to: DockerEngine, name: string): Promise<void> {
    const image = `${environment().registry}/${created(name)}`
    await from.docker(['import', '-', image], { input: randomTar('file', LAYER_BYTES) })
    await from.docker(['push', '--quiet', image])
    const pushed = await identity(from, image)
    await from.docker(['image', 'rm', image])
    await to.docker(['pull', '--quiet', image])
    assert.deepEqual(await identity(to, image), pushed)
    await to.docker(['image', 'rm', image])
  }

  async function skopeoRound(name: string): Promise<void> {
    const { certificates, directory, registry, run } = environment()
    const layout = new OciLayout(await mkdtemp(join(directory, 'layout-')))
    await layout.tag('image', await layout.addImage('amd64', [LAYER_BYTES, MIB]))
    const remote = `docker://${registry}/${created(name)}`
    await run('skopeo', ['copy', `--dest-cert-dir=${certificates}`, `oci:${layout.directory}:image`, remote])
    const copy = await mkdtemp(join(directory, 'copy-'))
    // skopeo itself compares every blob with its digest.
    await run('skopeo', ['copy', `--src-cert-dir=${certificates}`, remote, `dir:${copy}`])
    await Promise.all([layout.directory, copy].map((path) => rm(path, { recursive: true })))
  }

  function created(name: string): string {
    environment().simulator.store.createRepository(name.replace(/:.*/, ''))
    return name
  }
})

/** Does it again and again until then, at least once; returns how often. */
async function repeat(until: number, work: (round: number) => Promise<void>): Promise<number> {
  let round = 0
  do {
    round += 1
    await work(round)
  } while (Date.now() < until)
  return round
}
