import type { Ended } from './proxy.ts'
import { warmUpMs } from './schedule.ts'
import { residentSlope, type Sample } from './slope.ts'

/** Growth of resident memory that is still none. */
const MAX_SLOPE_MIB = 1
const SHOWN = 10

/** What a run has found. */
export interface Findings {
  /** One a second while the load lasted. */
  samples: readonly Sample[]
  /** How often each kind succeeded, each mishap hit and each weather came and went; 0 for what never did. */
  exercised: ReadonlyMap<string, number>
  /** What the proxy did not recover from. */
  weathers: readonly string[]
  /** Failures that nothing done to the upstream explains. */
  unexplained: readonly string[]
  /** Operations that were due and could not start, because too many before them had not ended. */
  notStarted: number
  /** Open descriptors of the proxy when the load began. */
  descriptorsBefore: number
  /** What the descriptors led to after the load, once as many were left as before or the wait for that was over. */
  descriptorsAfter: readonly string[]
  ended: Ended
  /** How the proxies ended that were restarted while they served. */
  restarted: readonly Ended[]
  /** What was wrong with certificates that were replaced. */
  certificates: readonly string[]
}

/** The slope that counts, in MiB a minute. */
export function slopeAfterWarmUp(samples: readonly Sample[], minutes: number): number {
  const from = (samples[0]?.atMs ?? 0) + warmUpMs(minutes)
  return residentSlope(samples.filter(({ atMs }) => atMs >= from))
}

/** Why a run failed, a line for each reason; empty when it passed. */
export function problemsOf(findings: Findings, minutes: number): string[] {
  const { samples, exercised, unexplained, notStarted, descriptorsBefore, descriptorsAfter, ended, restarted } =
    findings
  const problems = [
    ...problemsOfEnd(ended),
    ...problemsOfIdleEnd(ended),
    ...findings.certificates,
    ...findings.weathers,
  ]
  for (const each of restarted) problems.push(...problemsOfEnd(each).map((problem) => `restarted: ${problem}`))
  const slope = slopeAfterWarmUp(samples, minutes)
  if (!(slope <= MAX_SLOPE_MIB)) {
    problems.push(`resident memory grows by ${slope.toFixed(2)} MiB a minute, ${MAX_SLOPE_MIB} at most expected`)
  }
  if (descriptorsAfter.length !== descriptorsBefore) {
    const kinds = descriptorsAfter.map((target) => target.replace(/:\[\d+\]$/, '')).join(' ')
    problems.push(`${descriptorsBefore} descriptors before the load, ${descriptorsAfter.length} after it: ${kinds}`)
  }
  for (const failure of unexplained.slice(0, SHOWN)) problems.push(`unexplained failure: ${failure}`)
  if (unexplained.length > SHOWN) problems.push(`${unexplained.length - SHOWN} more unexplained failures`)
  if (notStarted > 0) problems.push(`${notStarted} operations had to be left out because those before did not end`)
  const never = [...exercised].filter(([, times]) => times === 0).map(([name]) => name)
  if (never.length > 0)
    problems.push(`never ran, or never succeeded: ${never.join(', ')}; give it more MINUTES or a higher RATE`)
  return problems
}

function problemsOfEnd({ code, signal, log, stderr }: Ended): string[] {
  const problems: string[] = []
  if (code !== 0) problems.push(`the proxy ended with ${signal ?? `code ${code}`}, code 0 expected`)
  if (stderr !== '') problems.push(`the proxy wrote to stderr: ${stderr.trim()}`)
  const parsed = linesOf(log)
  for (const { msg, reqId } of parsed.filter(({ level = 0 }) => level >= ERROR_LEVEL).slice(0, SHOWN)) {
    problems.push(`the proxy's log has an error, "${msg}", of request ${reqId}`)
  }
  const cut = parsed.find(({ msg }) => msg === 'shut down')?.cut
  if (cut !== 0) problems.push(`${cut ?? 'nobody knows what'} was cut at the end, 0 expected`)
  return problems
}

/** Of an end after the load, when nothing is to be in flight. */
function problemsOfIdleEnd({ log }: Ended): string[] {
  const inFlight = linesOf(log).find(({ msg }) => msg === 'shutting down')?.inFlight
  return inFlight === 0 ? [] : [`${inFlight ?? 'nobody knows what'} was in flight at the end, 0 expected`]
}

function linesOf(log: string): LogLine[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** pino's: what the proxy logs from here on is a fault of its own; what the upstream did wrong is a warning. */
const ERROR_LEVEL = 50

interface LogLine {
  msg?: string
  level?: number
  reqId?: string
  inFlight?: number
  cut?: number
}
