import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { boundedClient, SdkCalls } from '../aws/sdk-calls.ts'
import { CLOUDWATCH_BYTES, CLOUDWATCH_DATA, CLOUDWATCH_VALUES, METRICS_CALL_MS } from '../limits.ts'
import { middleOf } from './distribution.ts'
import { type ReadingGroup, readingGroups } from './readings.ts'
import { type Delivery, RefusedNumbersError, type Sink } from './sink.ts'
import type { Distribution, MetricsSnapshot } from './snapshot.ts'

/** Errors that say what is wrong with the numbers themselves; all others may pass. */
const REFUSALS = new Set([
  'InvalidParameterCombinationException',
  'InvalidParameterValueException',
  'MissingRequiredParameterException',
])

/** The client for a region; credentials and endpoint overrides come from the SDK's default chain and variables. */
export function createCloudWatchClient(region: string): CloudWatchClient {
  return new CloudWatchClient({ ...boundedClient(METRICS_CALL_MS), region })
}

/** Sends the numbers by PutMetricData, in as few calls as CloudWatch's limits allow. */
export class CloudWatchSink implements Sink {
  readonly #namespace: string
  readonly #calls: SdkCalls<CloudWatchClient>

  constructor(namespace: string, makeClient: () => CloudWatchClient) {
    this.#namespace = namespace
    this.#calls = new SdkCalls(makeClient)
  }

  deliveries(window: MetricsSnapshot): Delivery[] {
    const timestamp = new Date(window.at)
    const data = readingGroups(window).flatMap((group) => dataOf(group, timestamp))
    return batchesOf(data).map((batch) => (signal) => this.#put(batch, signal))
  }

  close(): void {
    this.#calls.close()
  }

  async #put(batch: MetricDatum[], signal: AbortSignal): Promise<void> {
    const command = new PutMetricDataCommand({ Namespace: this.#namespace, MetricData: batch })
    try {
      await this.#calls.run(signal, (client) => client.send(command, { abortSignal: signal }))
    } catch (error) {
      if (!(error instanceof Error && REFUSALS.has(error.name))) throw error
      throw new RefusedNumbersError('CloudWatch finds the metrics invalid', { cause: error })
    }
  }
}

function dataOf({ dimensions, readings }: ReadingGroup, timestamp: Date): MetricDatum[] {
  const pairs = Object.entries(dimensions).map(([name, value]) => ({ Name: name, Value: value }))
  return readings.flatMap(({ name, unit, value }): MetricDatum[] => {
    const common: MetricDatum = { MetricName: name, Unit: unit, Dimensions: pairs, Timestamp: timestamp }
    return typeof value === 'number'
      ? [{ ...common, Value: value }]
      : chunksOf(value.buckets).map((chunk) => Object.assign(chunk, common))
  })
}

/** A distribution with more values than a datum may have is several of them, which CloudWatch adds up. */
function chunksOf(buckets: Distribution['buckets']): { Values: number[]; Counts: number[] }[] {
  const chunks: { Values: number[]; Counts: number[] }[] = []
  for (let from = 0; from < buckets.length; from += CLOUDWATCH_VALUES) {
    const some = buckets.slice(from, from + CLOUDWATCH_VALUES)
    chunks.push({ Values: some.map(([upper]) => middleOf(upper)), Counts: some.map(([, count]) => count) })
  }
  return chunks
}

/** Counted before they are compressed, which CloudWatch's limit does not say. */
function batchesOf(data: MetricDatum[]): MetricDatum[][] {
  const batches: MetricDatum[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const datum of data) {
    // A byte for the comma; the request's frame with the namespace has less than the 512 that are set aside.
    const more = JSON.stringify(datum).length + 1
    const batch = batches.at(-1)
    if (batch !== undefined && batch.length < CLOUDWATCH_DATA && bytes + more <= CLOUDWATCH_BYTES - 512) {
      batch.push(datum)
      bytes += more
    } else {
      batches.push([datum])
      bytes = more
    }
  }
  return batches
}
