import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { LOG_LAST_WRITE_MS } from './limits.ts'
import type { LogStream } from './log.ts'
import { TurnBatch } from './log-stream.ts'

/** Readable lines where a person looks; else JSON. `largestWrite` bounds what is written at once, in bytes. */
export function logOutput(largestWrite?: number): { prettyLog?: boolean; logStream?: LogStream } {
  if (canPrettyPrint()) return { prettyLog: true }
  const logStream = new TurnBatch(process.stdout, largestWrite)
  process.once('exit', () => logStream.flush())
  return { logStream }
}

/** Settles when the pipe has taken all of the log, or when it has not within a second; for the end of the process. */
export async function logWritten(): Promise<void> {
  // What was logged in this turn is written at its end.
  await turn()
  const written = new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  await Promise.race([written, sleep(LOG_LAST_WRITE_MS, undefined, { ref: false })])
}

function canPrettyPrint(): boolean {
  if (!process.stdout.isTTY) return false
  try {
    import.meta.resolve('pino-pretty')
    return true
  } catch {
    // It is a development dependency.
    return false
  }
}
