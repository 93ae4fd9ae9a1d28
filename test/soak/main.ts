import { randomInt } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { soak } from './driver.ts'
import { warmUpMs } from './schedule.ts'
import { parseSettings } from './settings.ts'
import { problemsOf, slopeAfterWarmUp } from './verdict.ts'

// `make soak`: pulls, pushes, departures and faults for minutes, then a verdict. Exit code 0 says that the proxy held.
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1))

try {
  const settings = parseSettings(process.argv.slice(2), () => randomInt(2 ** 32))
  const { minutes, rate, seed } = settings
  say(
    `soak: ${minutes} min, ${rate} operations a second, SEED=${seed}; memory is judged after a warm-up of ${warmUpMs(minutes) / 60_000} min, which is busier`,
  )
  const report = await soak(settings, say)
  const problems = problemsOf(report, minutes)
  const { operations, tokens, explained, unexplained, exercised } = report
  say([...exercised].map(([name, times]) => `${name} ${times}`).join(', '))
  say(`${operations} operations, ${tokens} tokens; failures: ${explained.length} explained, ${unexplained.length} not`)
  say(`resident memory: ${slopeAfterWarmUp(report.samples, minutes).toFixed(2)} MiB a minute after the warm-up`)
  say(`${report.restarted.length} proxies of the rolling pair have ended, in order or as told below`)
  say(`descriptors: ${report.descriptorsBefore} before, ${report.descriptorsAfter.length} after`)
  for (const problem of problems) say(`soak: ${problem}`)
  if (problems.length === 0) {
    await rm(report.directory, { recursive: true })
    say('soak: passed')
  } else {
    say(
      `soak: failed; repeat it with: make soak MINUTES=${minutes} RATE=${rate} SEED=${seed}. The proxies' logs are in ${report.directory}; an operation's requests have the id soak-NUMBER-…`,
    )
    process.exitCode = 1
  }
} catch (error) {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
// Left to end by itself after all this was said, Node once was busy for nine more minutes, without a system call.
process.exit()
