import { MIB } from '../../random-tar.ts'
import { imageOf } from '../content.ts'
import type { Task } from '../task.ts'
import { transfer } from './transfer.ts'

export const layer200MiB: Task = {
  name: '200 MiB layer',
  lanes: { short: 1, long: 4 },
  run: async (work) => {
    await transfer(work, await imageOf(await work.world.scratch('big'), [200 * MIB]))
  },
}

export const layer2GiB: Task = {
  name: '2 GiB layer',
  lanes: { short: 0, long: 1 },
  run: async (work) => {
    await transfer(work, await imageOf(await work.world.scratch('huge'), [2048 * MIB]))
  },
}
