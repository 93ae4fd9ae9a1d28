import { setTimeout as sleep } from 'node:timers/promises'
import { soon } from '../soak/soon.ts'
import type { Load } from './load.ts'
import type { Stage, StageOptions } from './stage.ts'

export const PLACES = [
  'between proxy and upstream',
  'between client and proxy',
  'at the token API',
  'at the host',
] as const

export interface Scenario {
  /** For ONLY. */
  name: string
  place: (typeof PLACES)[number]
  /** What is done, as the table tells it. */
  fault: string
  /** Part of the short run. */
  sample: boolean
  /** How long a client waits for an answer; 30 s without. */
  patienceMs?: number
  /** How long it may take until service is normal again; a minute without. */
  normalWithinMs?: number
  stage?: StageOptions
  /** Runs before the proxy starts, so that no stage is needed to find that something is missing. Throws what is. */
  needs?: () => void
  /**
   * Does it, and undoes it. Throws when it has not struck: a fault that hits nothing proves nothing. May return something
   * that was measured meanwhile.
   */
  strike: (stage: Stage, load: Load) => Promise<string | void>
}

/** How long most faults last. */
export const FAULT_MS = 4000

/** Waits until something has shown. Throws after `timeoutMs`. */
export async function shown(what: string, find: () => boolean, timeoutMs = 60_000): Promise<void> {
  const found = await soon(() => find() || undefined, timeoutMs)
  if (found === undefined) throw new Error(`the fault did not strike: ${what}, not within ${timeoutMs} ms`)
}

/** Lets a fault last, and makes sure that a link had something to do with it. */
export async function lasting(link: { readonly hits: number }, ms = FAULT_MS): Promise<void> {
  const before = link.hits
  await sleep(ms)
  await shown('a hit of the link', () => link.hits > before)
}
