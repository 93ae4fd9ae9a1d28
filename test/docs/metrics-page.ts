import { OWN_METRICS } from '../../src/debug/prometheus.ts'
import { type Metric, OPERATION_METRICS, PROCESS_METRICS, REPOSITORY_METRICS } from '../../src/metrics/definitions.ts'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import { prometheusName } from '../../src/metrics/prometheus.ts'

/** Default of METRICS_REPOSITORIES. */
const REPOSITORIES = 200
/** List price of a custom metric and month in us-east-1, of the first 10,000; in US dollars. */
const PRICE = 0.3

const BEGIN = /^<!-- begin: (.+) -->$/
const END = '<!-- end -->'

/** The page with its generated parts made anew. Throws where it has another part than these. */
export function metricsPage(page: string): string {
  const lines: string[] = []
  let inside = false
  for (const line of page.split('\n')) {
    if (line === END) inside = false
    if (!inside) lines.push(line)
    const [, name] = BEGIN.exec(line) ?? []
    if (name === undefined) continue
    inside = true
    lines.push(...part(name))
  }
  if (inside) throw new Error(`a part has no ${END}`)
  return lines.join('\n')
}

function part(name: string): string[] {
  switch (name) {
    case 'metrics':
      return [
        '| metric | unit | dimension | meaning | in Prometheus |',
        '|---|---|---|---|---|',
        ...PROCESS_METRICS.map((metric) => row(metric, '')),
        ...OPERATION_METRICS.map((metric) => row(metric, 'Operation')),
        ...REPOSITORY_METRICS.map((metric) => row(metric, 'Repository')),
      ]
    case 'own':
      return [
        '| in Prometheus | meaning |',
        '|---|---|',
        ...OWN_METRICS.map((metric) => `| \`${prometheusName(metric)}\` | ${metric.meaning} |`),
      ]
    case 'bill':
      return bill()
    default:
      throw new Error(`there is no part ${name}`)
  }
}

function row(metric: Metric<never>, dimension: string): string {
  const { name, unit, meaning } = metric
  return `| \`${name}\` | ${unit} | ${dimension} | ${meaning} | \`${prometheusName(metric)}\` |`
}

function bill(): string[] {
  const [process, operation, repository] = [PROCESS_METRICS.length, OPERATION_METRICS.length, REPOSITORY_METRICS.length]
  const [ofOperations, ofRepositories] = [OPERATIONS.length * operation, REPOSITORIES * repository]
  const all = process + ofOperations + ofRepositories + repository
  return [
    '| what | custom metrics, at most |',
    '|---|---|',
    `| metrics without a dimension | ${process} |`,
    `| ${OPERATIONS.length} operations x ${operation} metrics | ${ofOperations} |`,
    `| ${REPOSITORIES} repositories x ${repository} metrics | ${ofRepositories} |`,
    `| all other repositories x ${repository} metrics | ${repository} |`,
    `| together | ${all} |`,
    '',
    `At ${PRICE.toFixed(2)} USD for a metric and month (us-east-1, the first 10,000), ${all} are ${(all * PRICE).toFixed(0)} USD.`,
  ]
}
