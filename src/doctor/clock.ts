import { CLOCK_SKEW_DOUBT_MS, CLOCK_SKEW_REFUSED_MS } from '../limits.ts'
import { fail, type Finding, ok, warn } from './finding.ts'

/** An answer's Date, and what the clock here said when it came, in milliseconds since the epoch. */
export interface ClockSample {
  there: number
  here: number
}

const NAME = 'clock'
const CURE = 'synchronise the clock of this host (chrony with 169.254.169.123 on EC2)'

/** Whether the clock here agrees with AWS's; the answer that disagrees least counts, since a slow one looks like a clock ahead. */
export function clockFinding(samples: readonly ClockSample[]): Finding {
  const skews = samples.map(({ there, here }) => here - there)
  const [skew] = skews.toSorted((one, other) => Math.abs(one) - Math.abs(other))
  if (skew === undefined) {
    return warn(NAME, 'could not be compared, because nothing of AWS’s answered', 'first see to what cannot be reached')
  }
  const seconds = Math.round(Math.abs(skew) / 1000)
  const text = `${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} AWS’s`
  if (Math.abs(skew) >= CLOCK_SKEW_REFUSED_MS) return fail(NAME, `${text}; signatures are refused`, CURE)
  if (Math.abs(skew) >= CLOCK_SKEW_DOUBT_MS) return warn(NAME, text, CURE)
  return ok(NAME, 'agrees with AWS’s')
}
