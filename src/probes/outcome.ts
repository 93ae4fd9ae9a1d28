import type { Outcome } from '../doctor/finding.ts'

/** The work took longer than it may. */
class TooLateError extends Error {
  override readonly name = 'TooLateError'
  readonly code = 'ETIMEDOUT'
}

/** Does `work`, for at most `ms`; the signal aborts when that is over, and work that does not listen to it is left behind. */
export async function outcomeWithin<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    // Keeps the process alive, unlike AbortSignal.timeout: one that waits for nothing else would end without a word.
    timer = setTimeout(() => {
      reject(new TooLateError(`took longer than ${ms} ms`))
      over.abort()
    }, ms)
  })
  try {
    return { value: await Promise.race([late, work(over.signal)]) }
  } catch (error) {
    return { error }
  } finally {
    clearTimeout(timer)
  }
}
