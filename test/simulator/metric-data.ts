/** One metric of a call, as CloudWatch adds it to what it has: every value with how often it was seen. */
export interface Datum {
  name: string
  unit: string
  dimensions: Record<string, string>
  /** In milliseconds. */
  timestamp: number
  values: [value: number, count: number][]
}

/** The request breaks a limit or a rule of PutMetricData; its message says which. */
export class InvalidDataError extends Error {
  override readonly name = 'InvalidDataError'
}

const MAX_DATA = 1000
const MAX_VALUES = 150
const MAX_DIMENSIONS = 30
const PAST_MS = 14 * 24 * 3_600_000
const AHEAD_MS = 2 * 3_600_000
const UNITS = new Set(['Seconds', 'Milliseconds', 'Bytes', 'Count', 'Percent', 'None'])
const PRINTABLE = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/

/** Reads the body of a PutMetricData call. Throws an InvalidDataError (API reference, PutMetricData and MetricDatum). */
export function readPutMetricData(input: unknown): { namespace: string; data: Datum[] } {
  const { Namespace: namespace, MetricData: data } = object(input, 'the request')
  const name = text(namespace, 'Namespace', 255)
  require(!name.startsWith('AWS/') && !name.startsWith(':'), 'Namespace is reserved')
  const all = list(data, 'MetricData')
  require(all.length >= 1 && all.length <= MAX_DATA, `MetricData has 1 to ${MAX_DATA} members`)
  return { namespace: name, data: all.map((datum) => readDatum(object(datum, 'a datum'))) }
}

function readDatum(datum: Record<string, unknown>): Datum {
  const dimensions = list(datum['Dimensions'] ?? [], 'Dimensions').map((each) => {
    const { Name, Value } = object(each, 'a dimension')
    return [text(Name, 'Name', 255), text(Value, 'Value', 1024)] as const
  })
  require(dimensions.length <= MAX_DIMENSIONS, `a datum has at most ${MAX_DIMENSIONS} dimensions`)
  const unit = text(datum['Unit'], 'Unit', 255)
  require(UNITS.has(unit), `${unit} is no unit`)
  const timestamp = number(datum['Timestamp'], 'Timestamp') * 1000
  require(timestamp > Date.now() - PAST_MS && timestamp < Date.now() + AHEAD_MS, 'Timestamp is too far away')
  return {
    name: text(datum['MetricName'], 'MetricName', 255),
    unit,
    dimensions: Object.fromEntries(dimensions),
    timestamp,
    values: readValues(datum),
  }
}

function readValues(datum: Record<string, unknown>): Datum['values'] {
  const { Value, Values, Counts } = datum
  require((Value === undefined) !== (Values === undefined), 'a datum has either Value or Values')
  if (Value !== undefined) return [[number(Value, 'Value'), 1]]
  const values = list(Values, 'Values').map((each) => number(each, 'Values'))
  const counts =
    Counts === undefined ? values.map(() => 1) : list(Counts, 'Counts').map((each) => number(each, 'Counts'))
  require(values.length >= 1 && values.length <= MAX_VALUES, `Values has 1 to ${MAX_VALUES} members`)
  require(counts.length === values.length, 'Counts has as many members as Values')
  require(new Set(values).size === values.length, 'Values are unique')
  return values.map((value, i) => [value, counts[i] ?? 0])
}

function object(value: unknown, what: string): Record<string, unknown> {
  require(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} is no structure`)
  return Object.fromEntries(Object.entries(value ?? {}))
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new InvalidDataError(`${what} is no list`)
  return value
}

function text(value: unknown, what: string, mostCharacters: number): string {
  const isText = typeof value === 'string' && value.length <= mostCharacters && PRINTABLE.test(value)
  if (!isText) throw new InvalidDataError(`${what} is no text of 1 to ${mostCharacters} characters of ASCII`)
  return value
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || Math.abs(value) > 2 ** 360) throw new InvalidDataError(`${what} is no number`)
  return value
}

function require(holds: boolean, message: string): void {
  if (!holds) throw new InvalidDataError(message)
}
