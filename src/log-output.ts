import type { Dependencies } from './app.ts'
import { TurnBatch } from './log-stream.ts'

/**
 * Readable lines where a person looks; else JSON, of which nothing is lost when the process ends. `largestWrite` bounds
 * what is written at once, in bytes.
 */
export function logOutput(largestWrite?: number): Pick<Dependencies, 'prettyLog' | 'logStream'> {
  if (canPrettyPrint()) return { prettyLog: true }
  const logStream = new TurnBatch(process.stdout, largestWrite)
  process.once('exit', () => logStream.flush())
  return { logStream }
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
