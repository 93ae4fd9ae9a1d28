import { type Finding, fail, ok, warn } from './finding.ts'

/** What an attempt to listen found: nothing in the way, a proxy of ours, or a problem in words. */
export type PortState = 'free' | 'ours' | { problem: string }

/** Whether a port can be listened on. */
export function portFinding(name: string, port: number, state: PortState): Finding {
  if (state === 'free') return ok(name, `${port} is free`)
  if (state === 'ours') {
    return warn(
      name,
      `${port} is in use by a proxy like this one, which answers /healthz`,
      'nothing, when that is the one being checked; a second one needs a port of its own',
    )
  }
  return fail(
    name,
    state.problem,
    'set the variable to another port or address, or end what has it (`ss -ltnp` lists it)',
  )
}
