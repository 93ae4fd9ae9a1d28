import type { Outcome, Result } from './junit.ts'

/** Each test with the outcomes it had, sorted: several of the suite's have the same name, and come in no certain order. */
export type Outcomes = ReadonlyMap<string, readonly Outcome[]>

export function outcomesOf(results: readonly Result[]): Outcomes {
  const byTest = new Map<string, Outcome[]>()
  for (const { test, outcome } of results) byTest.set(test, [...(byTest.get(test) ?? []), outcome].toSorted())
  return byTest
}

/** The tests whose outcomes differ. */
export function differing(one: Outcomes, other: Outcomes): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((test) => shown(one, test) !== shown(other, test))
}

/** What a test came to, in words. */
export function shown(outcomes: Outcomes, test: string): string {
  return outcomes.get(test)?.join(', ') ?? 'not run'
}
