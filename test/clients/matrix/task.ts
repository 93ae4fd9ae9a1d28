import type { Client, Hands } from './client.ts'
import type { Lane } from './lanes.ts'
import type { World } from './world.ts'

/** The columns of the table, in this order. */
export const TASK_NAMES = [
  'image',
  'index',
  'artifact with a subject',
  '0-byte layer',
  'config-only artifact',
  '200 MiB layer',
  '2 GiB layer',
  'resume',
  'mount',
  'delete',
  '2,600 tags',
] as const

export type TaskName = (typeof TASK_NAMES)[number]

/** What a task gets to work with. */
export interface Work {
  readonly world: World
  readonly client: Client
  readonly hands: Hands
  readonly lane: Lane
  /** A repository of its own, not made yet. */
  readonly repository: string
}

export interface Task {
  readonly name: TaskName
  /** Throws unless the client does it. */
  readonly run: (work: Work) => Promise<void>
  /** By how many of the lanes a run does it. */
  readonly lanes: { readonly short: 0 | 1 | 2 | 4; readonly long: 1 | 4 }
}

/** What takes a second or two goes by all of them, always. */
export const SMALL = { short: 4, long: 4 } as const
