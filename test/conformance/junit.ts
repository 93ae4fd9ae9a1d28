export type Outcome = 'passed' | 'failed' | 'skipped'

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['passed', 'passed'],
  ['skipped', 'skipped'],
  ['failure', 'failed'],
  ['error', 'failed'],
])

/** One test of the suite, once. */
export interface Result {
  /** Its path in the suite; several may have the same, such as the pulls of an image's blobs. */
  test: string
  outcome: Outcome
  /** The suite's own words; empty for what passed. */
  reason: string
}

/** The results in a JUnit report of the suite. Throws when there are none. */
export function resultsIn(report: string): Result[] {
  const results = [...report.matchAll(CASE)].map(([, attributes = '', content = '']) => ({
    test: unescaped(/ name="([^"]*)"/.exec(attributes)?.[1] ?? '').replace(/^OCI Conformance Test\//, ''),
    outcome: outcomeOf(/ status="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    reason: unescaped(/<system-out>([^<]*)<\/system-out>/.exec(content)?.[1] ?? ''),
  }))
  if (results.length === 0) throw new Error('the report has no test')
  return results
}

const CASE = /<testcase( [^>]*)>(.*?)<\/testcase>/gs

function outcomeOf(status: string): Outcome {
  const outcome = OUTCOMES.get(status)
  if (outcome === undefined) throw new Error(`a test of the report has the status '${status}'`)
  return outcome
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return ENTITIES[name] ?? whole
  })
}
