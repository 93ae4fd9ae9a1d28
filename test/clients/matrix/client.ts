import type { Content } from './content.ts'
import type { TaskName } from './task.ts'
import type { World } from './world.ts'

/** An image's name in a registry, in its parts. */
export interface Target {
  /** host:port. */
  readonly registry: string
  readonly repository: string
  readonly tag: string
}

/** How one client does what the tasks ask for; what it has no way for is left out here and told in its Limits. */
export interface Hands {
  /** Pushes the content, or a like one that it makes itself; returns the digest that the tag now has to have. */
  push?(content: Content, target: Target): Promise<string>
  /** Pulls all of it to where none of it was before; returns the digest of what it then has. */
  pull(target: Target, kind: Content['kind']): Promise<string>
  /** Pushes content that names another as its subject. */
  attach?(content: Content, subject: Target): Promise<void>
  /** The digests of what has this as its subject. */
  referrers?(subject: Target): Promise<string[]>
  /** Brings an image that it has pulled from, or pushed to, one repository into another. */
  copy?(from: Target, to: Target): Promise<void>
  remove?(target: Target): Promise<void>
  /** All tags of the target's repository; of a client that only picks one of them, that one. */
  tags?(target: Target): Promise<string[]>
}

/** What a pull that was cut in the middle of a layer goes on with. */
export type Resumption = 'by Range' | 'from the start' | 'not at all'

/** A task that the client cannot do at all, or not as the others do it. */
export interface Limit {
  readonly does: 'not' | 'partly'
  /** As it stands in the cell. */
  readonly because: string
}

/** A row of the table. */
export interface Client {
  readonly name: string
  /** Why it cannot be had on this machine, if so. */
  missing(): string | undefined
  version(world: World): Promise<string>
  start(world: World): Promise<Hands>
  readonly resumption: Resumption
  /** What it can pull and not push; the test puts it where it is pulled from. */
  readonly pullsOnly?: readonly Content['kind'][]
  readonly limits: Partial<Record<TaskName, Limit>>
}

export function imageName({ registry, repository, tag }: Target): string {
  return `${registry}/${repository}:${tag}`
}

export const not = (because: string): Limit => ({ does: 'not', because })
export const partly = (because: string): Limit => ({ does: 'partly', because })
