import { SIGNAL_ECHO_MS } from './limits.ts'

/** Those that end the proxy in order. */
export const END_SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Calls `end` at the first SIGTERM or SIGINT; a later one ends the process at once, with 1. */
export function onEndSignal(end: () => void): void {
  let firstAt: number | undefined
  const receive = (): void => {
    const now = performance.now()
    if (firstAt === undefined) {
      firstAt = now
      end()
    } else if (now - firstAt > SIGNAL_ECHO_MS) {
      process.exit(1)
    }
  }
  for (const signal of END_SIGNALS) process.on(signal, receive)
}
