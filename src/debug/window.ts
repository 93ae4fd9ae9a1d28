import { PROFILE_MAX_MS } from '../limits.ts'
import { DebugRefusal } from './refusal.ts'

const MAX_SECONDS = PROFILE_MAX_MS / 1000

/** The window of a profile in milliseconds, from `?seconds=`. Throws a DebugRefusal for anything but a number within bounds. */
export function profileWindowMs(seconds: unknown, defaultSeconds: number): number {
  if (seconds === undefined) return defaultSeconds * 1000
  const number = typeof seconds === 'string' && /^\d{1,4}$/.test(seconds) ? Number(seconds) : 0
  if (number >= 1 && number <= MAX_SECONDS) return number * 1000
  throw new DebugRefusal(400, `seconds has to be a whole number from 1 to ${MAX_SECONDS}`)
}
