import type { Outcome } from '../doctor/finding.ts'

/** The work took longer than it may. */
class TooLateError extends Error {
  override readonly name = 'TooLateError'
  readonly code = 'ETIMEDOUT'
}

/** Does `work`, for at most `ms`; the signal tells it when that is over, and one that does not listen is left behind. */
export async function outcomeWithin<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
  const signal = AbortSignal.timeout(ms)
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new TooLateError(`took longer than ${ms} ms`)), { once: true })
  })
  try {
    return { value: await Promise.race([late, work(signal)]) }
  } catch (error) {
    return { error }
  }
}
