import { type Deviation, DEVIATIONS, type Improvement, IMPROVEMENTS } from './expectations.ts'
import { differing, type Outcomes, shown } from './outcomes.ts'
import { REGISTRIES, type Registry, type Way, WAYS } from './stage.ts'

/** What the suite came to, for each registry directly and through the proxy. */
export type Runs = Readonly<Record<Registry, Readonly<Record<Way, Outcomes>>>>

/** Why the runs are not as they have to be, a line for each reason; empty when they are. */
export function problemsOf(
  runs: Runs,
  deviations: readonly Deviation[] = DEVIATIONS,
  improvements: readonly Improvement[] = IMPROVEMENTS,
): string[] {
  return [
    ...REGISTRIES.flatMap((registry) => differences(registry, runs[registry], improvements)),
    ...WAYS.flatMap((way) => unexplained(way, runs.simulator[way], deviations)),
    ...WAYS.flatMap((way) =>
      deviations.filter(({ ways }) => ways.includes(way)).flatMap(stale(way, runs.simulator[way])),
    ),
    ...improvements.flatMap(needless(runs)),
  ]
}

/** Through the proxy equals direct, test by test, but for what the proxy is known to make better. */
function differences(
  registry: Registry,
  { direct, proxied }: Runs[Registry],
  improvements: readonly Improvement[],
): string[] {
  const known = improvements.filter((each) => each.registry === registry)
  return differing(direct, proxied)
    .filter((test) => !(isBetter(direct, proxied, test) && known.some(({ tests }) => tests.test(test))))
    .map((test) => `${registry}: ${test}: ${shown(direct, test)} directly, ${shown(proxied, test)} through the proxy`)
}

function isBetter(direct: Outcomes, proxied: Outcomes, test: string): boolean {
  const [before, after] = [direct.get(test) ?? [], proxied.get(test) ?? []]
  return after.length > 0 && after.every((each) => each === 'passed') && before.every((each) => each === 'failed')
}

/** What does not pass at the simulator has to be something that ECR is known for. */
function unexplained(way: Way, outcomes: Outcomes, deviations: readonly Deviation[]): string[] {
  const known = deviations.filter(({ ways }) => ways.includes(way))
  return [...outcomes].flatMap(([test, all]) =>
    all
      .filter(
        (outcome) => outcome !== 'passed' && !known.some((each) => each.outcome === outcome && each.tests.test(test)),
      )
      .map((outcome) => `simulator, ${way}: ${test}: ${outcome}, and no deviation of ECR's says why`),
  )
}

/** A deviation that has gone, or covers more than it should. */
function stale(way: Way, outcomes: Outcomes): (deviation: Deviation) => string[] {
  return ({ tests, outcome, why }) => {
    const matching = [...outcomes].filter(([test]) => tests.test(test))
    if (matching.length === 0) return [`simulator, ${way}: no test matches ${tests}: ${why}`]
    return matching
      .filter(([, all]) => all.some((each) => each !== outcome))
      .map(([test, all]) => `simulator, ${way}: ${test}: ${all.join(', ')}, expected ${outcome}: ${why}`)
  }
}

function needless(runs: Runs): (improvement: Improvement) => string[] {
  return ({ registry, tests, why }) => {
    const { direct, proxied } = runs[registry]
    return differing(direct, proxied).some((test) => tests.test(test)) ? [] : [`${registry}: no longer better: ${why}`]
  }
}
