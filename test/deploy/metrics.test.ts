import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OPERATION_METRICS, PROCESS_METRICS, REPOSITORY_METRICS } from '../../src/metrics/definitions.ts'
import { OPERATIONS } from '../../src/metrics/operation.ts'
import { TEMPLATES } from './given.ts'
import { at, listOf } from './json.ts'
import { metricsIn, type Named, widgetsIn } from './metrics.ts'
import { resourcesOf, templateText } from './template.ts'

const KNOWN = new Map(
  [
    { dimension: '', metrics: PROCESS_METRICS },
    { dimension: 'Operation', metrics: OPERATION_METRICS },
    { dimension: 'Repository', metrics: REPOSITORY_METRICS },
  ].flatMap(({ dimension, metrics }) => metrics.map(({ name, kind }) => [name, { dimension, kind }])),
)
const STATISTICS = { count: /^Sum$/, gauge: /^(?:Average|Maximum|Minimum)$/, distribution: /^p\d+$/ }

/** What is wrong with how a template reads a metric. */
function problemOf({ where, name, dimensions, statistic }: Named): string[] {
  const known = KNOWN.get(name)
  if (known === undefined) return [`${where}: ${name} is no metric`]
  const problems: string[] = []
  if (Object.keys(dimensions).join() !== known.dimension) problems.push(`${where}: ${name} has other dimensions`)
  const operation = dimensions['Operation']
  if (operation !== undefined && !OPERATIONS.some((each) => each === operation)) {
    problems.push(`${where}: ${operation} is no operation`)
  }
  if (!STATISTICS[known.kind].test(statistic)) problems.push(`${where}: ${statistic} says nothing of ${name}`)
  return problems
}

for (const template of TEMPLATES) {
  const text = templateText(template)

  test(`${template}: every metric exists, with these dimensions, and its statistic says something`, () => {
    assert.ok(metricsIn(text).length > 30)
    assert.deepEqual(metricsIn(text).flatMap(problemOf), [])
  })

  test(`${template}: every metric is on the dashboard`, () => {
    const shown = metricsIn(text).filter(({ where }) => where.startsWith('Dashboard'))
    assert.deepEqual(
      [...KNOWN.keys()].filter((name) => !shown.some((each) => each.name === name)),
      [],
    )
    assert.equal(widgetsIn(text).length, new Set(shown.map(({ where }) => where)).size)
  })

  test(`${template}: the same stack in another region has a dashboard of its own`, () => {
    assert.match(text, /^ {6}DashboardName: !Sub '\$\{AWS::StackName\}-\$\{AWS::Region\}'$/m)
  })

  test(`${template}: the alarms of 5xx are about all operations, and each within what an alarm may have`, () => {
    const alarms = ['ReadErrorsAlarm', 'PushErrorsAlarm']
    for (const metric of ['ServerErrors', 'Requests']) {
      const about = metricsIn(text).filter(({ where, name }) => alarms.includes(where) && name === metric)
      assert.deepEqual(about.map(({ dimensions }) => String(dimensions['Operation'])).toSorted(), OPERATIONS.toSorted())
    }
    for (const alarm of alarms) {
      const queries = listOf(at(resourcesOf(text), alarm, 'properties', 'Metrics'))
      const read = queries
        .filter((query) => at(query, 'MetricStat') !== undefined)
        .map((query) => String(at(query, 'Id')))
      assert.ok(read.length <= 10, alarm)
      const sums = queries.map((query) => String(at(query, 'Expression'))).join(' ')
      for (const id of read) assert.ok(sums.includes(`FILL(${id}, 0)`), `${alarm} leaves ${id} out`)
      assert.equal(queries.filter((query) => at(query, 'ReturnData') !== false).length, 1)
    }
  })

  test(`${template}: it scales on the average of what is in flight`, () => {
    const scaling = metricsIn(text).filter(({ where }) => where === 'ScaleOnInFlight')
    assert.deepEqual(scaling, [{ where: 'ScaleOnInFlight', name: 'InFlight', dimensions: {}, statistic: 'Average' }])
  })
}

test('a metric, a dimension, an operation and a statistic that are wrong are found', () => {
  const text = templateText('nlb.yaml')
  for (const [from, to, problem] of [
    ['MetricName: TokenAge', 'MetricName: TokensAge', 'TokenAgeAlarm: TokensAge is no metric'],
    ['MetricName: TokenAge', 'MetricName: Duration', 'TokenAgeAlarm: Duration has other dimensions'],
    ['Value: layer-push', 'Value: push', 'PushErrorsAlarm: push is no operation'],
    ['Statistic: Maximum', 'Statistic: Sum', 'TokenAgeAlarm: Sum says nothing of TokenAge'],
    ['MetricName=\\"BytesIn', 'MetricName=\\"BytesDown', 'Dashboard: Bytes: BytesDown is no metric'],
    ['"Throttles"', '"Throttled"', 'Dashboard: ECR: Throttled is no metric'],
  ] as const) {
    assert.ok(text.includes(from), from)
    assert.ok(metricsIn(text.replace(from, to)).flatMap(problemOf).includes(problem), problem)
  }
})
