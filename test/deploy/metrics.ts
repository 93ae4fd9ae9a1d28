import { at, listOf, objectsIn } from './json.ts'
import { resourcesOf } from './template.ts'

/** A metric of ours as a template names it; the value of a dimension is undefined where all of them are meant. */
export interface Named {
  where: string
  name: string
  dimensions: Record<string, string | undefined>
  statistic: string
}

/** Every metric that a template's alarms, scaling and dashboard read from our namespace. */
export function metricsIn(text: string): Named[] {
  const resources = Object.entries(resourcesOf(text)).filter(([name]) => name !== 'Dashboard')
  return [
    ...resources.flatMap(([where, { properties }]) =>
      objectsIn(properties).flatMap((part) => {
        // In metric math the statistic stands beside the metric, elsewhere in it.
        if (at(part, 'Stat') !== undefined) return [named(where, at(part, 'Metric'), at(part, 'Stat'))]
        const statistic = at(part, 'Statistic') ?? at(part, 'ExtendedStatistic')
        return at(part, 'MetricName') === undefined || statistic === undefined ? [] : [named(where, part, statistic)]
      }),
    ),
    ...widgetsIn(text).flatMap((widget) => ofWidget(widget)),
  ]
}

function named(where: string, metric: unknown, statistic: unknown): Named {
  const dimensions = listOf(at(metric, 'Dimensions')).map((each) => [at(each, 'Name'), at(each, 'Value')])
  return {
    where,
    name: String(at(metric, 'MetricName')),
    dimensions: Object.fromEntries(dimensions),
    statistic: String(statistic),
  }
}

/** The widgets of the dashboard, from the lines of its body: what is put in for `${…}` is within texts. */
export function widgetsIn(text: string): unknown[] {
  const [, lines = ''] = /DashboardBody: !Sub \|\n((?: {8}.*\n)+)/.exec(text) ?? []
  return listOf(at(JSON.parse(lines), 'widgets'))
}

const SEARCH = /^SEARCH\('\{"\$\{MetricsNamespace\}",(\w+)\} MetricName="(\w+)"', '(\w+)', \d+\)$/

function ofWidget(widget: unknown): Named[] {
  const where = `Dashboard: ${String(at(widget, 'properties', 'title'))}`
  return listOf(at(widget, 'properties', 'metrics')).flatMap((row) => {
    const cells = listOf(row)
    const options = cells.find((cell) => typeof cell === 'object')
    const [, dimension = '', found = '', searched = ''] = SEARCH.exec(String(at(options, 'expression'))) ?? []
    if (found !== '') return [{ where, name: found, dimensions: { [dimension]: undefined }, statistic: searched }]
    const [namespace, name] = cells
    if (namespace === 'AWS/ECS') return []
    const statistic = String(at(options, 'stat') ?? at(widget, 'properties', 'stat'))
    return [{ where, name: String(name), dimensions: {}, statistic }]
  })
}
