import { setImmediate as turn } from 'node:timers/promises'
// Not the package's index, which asks the instance metadata where it runs as soon as it is imported, and has a sink whose
// lost connection ends the process.
import { MetricsContext } from 'aws-embedded-metrics/lib/logger/MetricsContext.js'
import { LogSerializer } from 'aws-embedded-metrics/lib/serializers/LogSerializer.js'
import { EMF_LINES, EMF_VALUES } from '../limits.ts'
import { middleOf } from './distribution.ts'
import { type ReadingGroup, readingGroups } from './readings.ts'
import type { Sink } from './sink.ts'
import type { Distribution } from './snapshot.ts'

/** Most values of a metric in one flush. */
const MOST_VALUES = EMF_LINES * EMF_VALUES

/** Writes the numbers as lines of CloudWatch's embedded metric format: some for each set of dimensions. */
export class EmfSink implements Sink {
  readonly #namespace: string
  readonly #write: (line: string) => void
  readonly #serializer = new LogSerializer()

  /** `write` takes one line with its end. */
  constructor(namespace: string, write: (line: string) => void) {
    this.#namespace = namespace
    this.#write = write
  }

  deliveries(window: Parameters<Sink['deliveries']>[0]): ReturnType<Sink['deliveries']> {
    return readingGroups(window).map((group) => async () => {
      // Requests come first: a busy flush has thousands of values.
      await turn()
      for (const line of this.#lines(group)) this.#write(`${line}\n`)
    })
  }

  close(): void {
    // The stream is not its own.
  }

  #lines({ dimensions, readings }: ReadingGroup): string[] {
    const context = MetricsContext.empty()
    context.setNamespace(this.#namespace)
    context.setDimensions([dimensions])
    for (const { name, unit, value } of readings) {
      for (const each of typeof value === 'number' ? [value] : valuesOf(value)) context.putMetric(name, each, unit)
    }
    return this.#serializer.serialize(context)
  }
}

/** As many values as were counted; where they are too many, evenly spread ones of all of them in their order. */
function valuesOf({ count, buckets }: Distribution): number[] {
  const wanted = Math.min(count, MOST_VALUES)
  const values: number[] = []
  let seen = 0
  for (const [upper, inBucket] of buckets) {
    seen += inBucket
    const value = middleOf(upper)
    // Value i stands for those around the place (i + 1/2) / wanted of them all.
    while (values.length < wanted && ((values.length + 0.5) / wanted) * count <= seen) values.push(value)
  }
  return values
}
