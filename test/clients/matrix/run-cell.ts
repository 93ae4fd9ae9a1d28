import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client, Hands } from './client.ts'
import { type Lane, laneName } from './lanes.ts'
import type { Cell } from './table.ts'
import type { Task } from './task.ts'
import type { World } from './world.ts'

export interface Turn {
  readonly world: World
  readonly client: Client
  readonly hands: Hands
  readonly task: Task
  readonly lanes: readonly Lane[]
}

/** Has one client do one task by each of these lanes; throws where it cannot and should. */
export async function runCell({ world, client, hands, task, lanes }: Turn): Promise<Cell> {
  const limit = client.limits[task.name]
  if (limit?.does === 'not') return { verdict: 'no', note: limit.because }
  for (const lane of lanes) {
    const name = [client.name, task.name, lane.tls, lane.ip]
      .join('-')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
    const repository = `matrix/${name}`
    const before = new Set(await readdir(world.directory))
    try {
      await task.run({ world, client, hands, lane, repository })
    } catch (err) {
      if (err instanceof Error) err.message = `${repeatBy(client)}, by ${laneName(lane)}: ${err.message}`
      throw err
    } finally {
      await world.simulator.store.deleteRepository(repository)
      const made = (await readdir(world.directory)).filter((entry) => !before.has(entry))
      // What all rows leave of 2 GiB layers is more than 74 GiB.
      await Promise.all(made.map((entry) => rm(join(world.directory, entry), { recursive: true, force: true })))
    }
  }
  if (limit !== undefined) return { verdict: 'partly', note: limit.because }
  if (task.name !== 'resume') return { verdict: 'yes', note: '' }
  const how = client.resumption
  return how === 'by Range'
    ? { verdict: 'yes', note: how }
    : { verdict: 'partly', note: how === 'from the start' ? how : 'gives up, and the next pull is whole' }
}

function repeatBy({ name }: Client): string {
  const form = process.env.LAYERS === 'long' ? ' LAYERS=long' : ''
  return `make clients CLIENT=${JSON.stringify(name)}${form}`
}
