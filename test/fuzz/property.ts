import { test } from 'node:test'
import * as fc from 'fast-check'
import { commandFor } from './command.ts'
import { readPlan } from './plan.ts'

/** How much of a property is tried. */
export interface Effort {
  /** Runs in `make test`, where nobody asks for a number. */
  runs?: number
  /** `make fuzz` divides its number of runs by this: 1 for a property that takes microseconds, 100 for one that takes milliseconds. */
  cost?: number
}

/** A test of a property. Its failure tells the smallest counterexample, and the one command that tries that again. */
export function property<T>(name: string, claim: fc.IRawProperty<T>, { runs = 100, cost = 1 }: Effort = {}): void {
  test(name, async () => {
    const plan = readPlan(process.env)
    const details = await fc.check(claim, {
      numRuns: plan.runs === undefined ? runs : Math.ceil(plan.runs / cost),
      ...(plan.seed === undefined ? {} : { seed: plan.seed }),
      ...(plan.at === undefined ? {} : { path: plan.at }),
    })
    if (!details.failed) return
    const { seed, counterexamplePath } = details
    const command = commandFor({ only: name, seed, at: counterexamplePath ?? undefined })
    throw new Error(`${fc.defaultReportMessage(details)}\n\nrepeat it with: ${command}`, {
      cause: details.errorInstance,
    })
  })
}
