import { SIGNAL_ECHO_MS } from './limits.ts'

/** Those that end the proxy in order. */
export const END_SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * For the time before `onEndSignal`: nothing is served yet, so that there is nothing to end in order. Without a handler PID 1
 * of a container never hears of a signal, and SIGHUP ends any other process; the certificate is read at the start in any case.
 */
export function endWhileStarting(): void {
  for (const signal of END_SIGNALS) process.on(signal, exit)
  process.on('SIGHUP', () => {})
}

function exit(): void {
  process.exit(0)
}

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
  // In this order: while a signal has no listener, Node forgets one that came before the event loop could look.
  for (const signal of END_SIGNALS) process.on(signal, receive).off(signal, exit)
}
