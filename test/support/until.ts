import { setImmediate as turn } from 'node:timers/promises'

/** Waits for what `find` finds, looking again at every turn of the event loop; throws after `timeoutMs`. */
export async function until<T>(find: () => T | undefined | false, what: string, timeoutMs = 5000): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = find()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await turn()
  }
}

/** As until, for what has to be asked for. */
export async function untilAnswered<T>(
  ask: () => Promise<T | undefined | false>,
  what: string,
  timeoutMs = 10_000,
): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`)
  }
}
