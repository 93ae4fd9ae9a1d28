import { randomBytes } from 'node:crypto'
import { send } from '../support/http-client.ts'
import type { Pair } from '../support/pair.ts'
import { pullImage, pushImage } from '../support/registry-client.ts'

const REPOSITORIES = ['team/app', 'team/worker/with/a/name/that/is/rather/long-for-a-phone']

/** Lets clients push, pull and whatever else they do, failures of both kinds included, while `look` looks. */
export async function underLoad(pair: Pair, look: () => Promise<void>): Promise<void> {
  const load = { on: true }
  await pushImage(pair.proxy, 'team/app', 'v1', [randomBytes(1000)])
  const lanes = Promise.all(REPOSITORIES.map((repository) => lane(pair, repository, load)))
  try {
    await Promise.race([look(), lanes])
  } finally {
    load.on = false
    await lanes
  }
}

async function lane(pair: Pair, repository: string, load: { readonly on: boolean }): Promise<void> {
  const { proxy, simulator } = pair
  while (load.on) {
    await pushImage(proxy, repository, 'v1', [randomBytes(200_000)])
    for (let i = 0; i < 5 && load.on; i++) await pullImage(pair, repository, 'v1')
    await send(proxy, 'GET', `/v2/${repository}/tags/list`)
    await send(proxy, 'GET', '/v2/')
    await send(proxy, 'GET', `/v2/${repository}/manifests/missing`)
    simulator.faults.add({ method: 'DELETE', action: { kind: 'status', status: 500 } })
    await send(proxy, 'DELETE', `/v2/${repository}/manifests/v1`)
  }
}
