import { type Metric, OPERATION_METRICS, PROCESS_METRICS, REPOSITORY_METRICS } from './definitions.ts'
import { DOUBLED_UPPERS } from './distribution.ts'
import { OPERATIONS } from './operation.ts'
import type { Distribution, MetricsSnapshot } from './snapshot.ts'

/** The Content-Type of the text format, https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const TYPES = { count: 'counter', gauge: 'gauge', distribution: 'histogram' } as const

/** All metrics in the text format of Prometheus, in its conventions: snake case, base units, `_total` for what only grows. */
export function renderPrometheus(snapshot: MetricsSnapshot): string {
  const { operations, repositories } = snapshot
  return [
    ...PROCESS_METRICS.map((metric) => familyOf(metric, [['', snapshot]])),
    ...OPERATION_METRICS.map((metric) =>
      familyOf(
        metric,
        OPERATIONS.map((operation) => [`operation="${operation}"`, operations[operation]] as const),
      ),
    ),
    ...REPOSITORY_METRICS.map((metric) =>
      familyOf(
        metric,
        // A repository's name needs no escaping: its grammar has neither quotes nor backslashes.
        repositories.map((numbers) => [`repository="${numbers.repository}"`, numbers] as const),
      ),
    ),
  ].join('')
}

/** `TokenAge` in Seconds is `ecr_reverse_proxy_token_age_seconds`. */
export function prometheusName({ name, unit, kind }: Pick<Metric<never>, 'name' | 'unit' | 'kind'>): string {
  const snake = name.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_').toLowerCase()
  const isTime = unit === 'Milliseconds' || unit === 'Seconds'
  return `ecr_reverse_proxy_${snake}${isTime ? '_seconds' : ''}${kind === 'count' ? '_total' : ''}`
}

/** One metric with its samples, each under its labels; without those that have no value now. */
export function familyOf<Numbers>(
  metric: Metric<Numbers>,
  each: readonly (readonly [label: string, Numbers])[],
): string {
  const name = prometheusName(metric)
  const factor = metric.unit === 'Milliseconds' ? 1000 : 1
  const head = [`# HELP ${name} ${metric.meaning}`, `# TYPE ${name} ${TYPES[metric.kind]}`]
  const samples = each.flatMap(([label, numbers]) => {
    const value = metric.read(numbers)
    if (value === undefined) return []
    return typeof value === 'object' ? histogram(name, label, value, factor) : [sample(name, label, value / factor)]
  })
  return [...head, ...samples, ''].join('\n')
}

function histogram(name: string, label: string, { count, sum, buckets }: Distribution, factor: number): string[] {
  const labels = label === '' ? '' : `${label},`
  const cumulative = DOUBLED_UPPERS.map((bound) => {
    const upTo = buckets.reduce((sum, [upper, inBucket]) => (upper <= bound ? sum + inBucket : sum), 0)
    return sample(`${name}_bucket`, `${labels}le="${bound / factor}"`, upTo)
  })
  return [
    ...cumulative,
    sample(`${name}_bucket`, `${labels}le="+Inf"`, count),
    sample(`${name}_sum`, label, sum / factor),
    sample(`${name}_count`, label, count),
  ]
}

function sample(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}`
}
