import assert from 'node:assert/strict'

// The embedded metric format by its published rules:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

/** One line: its dimensions, and the values of each of its metrics. */
export interface EmfEvent {
  namespace: string
  timestamp: number
  dimensions: Record<string, string>
  metrics: Record<string, { unit: string; values: number[] }>
}

/** What the awslogs driver passes on in one piece. */
const LINE_BYTES = 262_144 - 26
const WEEK_MS = 7 * 24 * 3_600_000
const UNITS = new Set(['Count', 'Bytes', 'Milliseconds', 'Seconds'])

/** The events of a text of EMF lines; fails at the first that breaks a rule. */
export function emfEvents(text: string): EmfEvent[] {
  assert.ok(text === '' || text.endsWith('\n'), 'the last line has its end')
  return text.split('\n').slice(0, -1).map(emfEvent)
}

/** The event of one line, without its end; fails when it breaks a rule. */
export function emfEvent(line: string): EmfEvent {
  assert.ok(Buffer.byteLength(line) < LINE_BYTES, 'a line is under 256 KB')
  const root = objectOf(JSON.parse(line))
  const aws = objectOf(root['_aws'])
  const timestamp = aws['Timestamp']
  assert.ok(typeof timestamp === 'number' && Number.isInteger(timestamp), 'Timestamp is in milliseconds')
  assert.ok(timestamp > Date.now() - 2 * WEEK_MS && timestamp < Date.now() + 7_200_000, 'Timestamp is near')
  const [directive, ...others] = listOf(aws['CloudWatchMetrics']).map(objectOf)
  assert.ok(directive !== undefined && others.length === 0, 'there is one directive')
  const namespace = textOf(directive['Namespace'])
  assert.ok(namespace.length >= 1 && namespace.length <= 256)
  const sets = listOf(directive['Dimensions']).map((set) => listOf(set).map(textOf))
  const [keys, ...otherSets] = sets
  assert.ok(keys !== undefined && otherSets.length === 0, 'there is one set of dimensions')
  assert.ok(keys.length <= 30, 'a set has at most 30 dimensions')
  const names = listOf(directive['Metrics']).map((metric) => metricOf(objectOf(metric)))
  assert.ok(names.length >= 1 && names.length <= 100, 'a directive has at most 100 metrics')
  assert.equal(new Set(names.map(({ name }) => name)).size, names.length)
  const members = new Set(['_aws', ...keys, ...names.map(({ name }) => name)])
  assert.deepEqual(new Set(Object.keys(root)), members, 'every name is a member of the root, and nothing else is')
  return {
    namespace,
    timestamp,
    dimensions: Object.fromEntries(keys.map((key) => [key, dimensionValue(root[key])])),
    metrics: Object.fromEntries(names.map(({ name, unit }) => [name, { unit, values: valuesOf(root[name]) }])),
  }
}

/** Adds up all values of a metric with these dimensions. */
export function emfTotal(events: EmfEvent[], name: string, dimensions: Record<string, string>): number {
  return emfValues(events, name, dimensions).reduce((sum, value) => sum + value, 0)
}

export function emfValues(events: EmfEvent[], name: string, dimensions: Record<string, string>): number[] {
  const wanted = JSON.stringify(dimensions)
  return events
    .filter((event) => JSON.stringify(event.dimensions) === wanted)
    .flatMap(({ metrics }) => metrics[name]?.values ?? [])
}

function metricOf(metric: Record<string, unknown>): { name: string; unit: string } {
  const name = textOf(metric['Name'])
  const unit = textOf(metric['Unit'])
  assert.ok(name.length >= 1 && name.length <= 1024)
  assert.ok(UNITS.has(unit), `${unit} is a unit`)
  assert.ok(Object.keys(metric).every((key) => ['Name', 'Unit', 'StorageResolution'].includes(key)))
  return { name, unit }
}

function dimensionValue(value: unknown): string {
  const text = textOf(value)
  assert.match(text, /^[\x21-\x7e][\x20-\x7e]{0,1023}$/, 'a dimension has 1 to 1,024 characters of ASCII')
  return text
}

function valuesOf(value: unknown): number[] {
  const values = Array.isArray(value) ? listOf(value) : [value]
  assert.ok(values.length >= 1 && values.length <= 100, 'a metric has at most 100 values')
  return values.map((each) => {
    assert.ok(typeof each === 'number' && Number.isFinite(each))
    return each
  })
}

function objectOf(value: unknown): Record<string, unknown> {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), 'it is an object')
  return Object.fromEntries(Object.entries(value))
}

function listOf(value: unknown): unknown[] {
  assert.ok(Array.isArray(value), 'it is a list')
  return value
}

function textOf(value: unknown): string {
  assert.ok(typeof value === 'string', 'it is a text')
  return value
}

/** The EMF lines among those of a log, each checked; every line must be whole JSON. */
export function emfEventsIn(stdout: string) {
  const lines = stdout.split('\n').slice(0, -1)
  return lines.filter((line) => '_aws' in JSON.parse(line)).map(emfEvent)
}
