import type { TestContext } from 'node:test'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Credentials } from '../simulator/api-signature.ts'
import { cloudWatchHandler, type PutCall } from '../simulator/cloudwatch.ts'
import { Faults } from '../simulator/faults.ts'
import { Listener } from '../simulator/listener.ts'
import type { Datum } from '../simulator/metric-data.ts'
import { defaultBehaviour } from '../simulator/options.ts'
import { Recorder } from '../simulator/recorder.ts'

export const CLOUDWATCH_REGION = 'eu-central-1'

const CREDENTIALS: Credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'the secret of a test' }

/** A CloudWatch on loopback that can be taken down, and remembers what it has taken. */
export class FakeCloudWatch {
  readonly calls: PutCall[] = []
  readonly faults = new Faults()
  readonly requests = new Recorder()
  readonly #credentials: Credentials
  #listener: Listener | undefined
  #port = 0

  constructor(credentials: Credentials) {
    this.#credentials = credentials
  }

  /** Up again is on the same port. */
  async up(): Promise<void> {
    const { faults, requests: recorder } = this
    const handler = cloudWatchHandler(CLOUDWATCH_REGION, this.#credentials, (call) => this.calls.push(call))
    this.#listener = new Listener({ name: 'cloudwatch', handler, faults, recorder, behaviour: defaultBehaviour })
    await this.#listener.listen('127.0.0.1', this.#port)
    this.#port = this.#listener.port
  }

  async down(): Promise<void> {
    await this.#listener?.close()
    this.#listener = undefined
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** What makes a process of the proxy talk to it. */
  get environment(): NodeJS.ProcessEnv {
    return { REGION: CLOUDWATCH_REGION, AWS_ENDPOINT_URL_CLOUDWATCH: this.endpoint }
  }

  client(): CloudWatchClient {
    const credentials = this.#credentials
    return new CloudWatchClient({ endpoint: this.endpoint, credentials, region: CLOUDWATCH_REGION, maxAttempts: 1 })
  }

  /** All that was taken of a metric with these dimensions. */
  data(name: string, dimensions: Record<string, string> = {}): Datum[] {
    const wanted = JSON.stringify(dimensions)
    return this.calls
      .flatMap(({ data }) => data)
      .filter((datum) => datum.name === name && JSON.stringify(datum.dimensions) === wanted)
  }

  /** What CloudWatch shows as Sum. */
  sum(name: string, dimensions: Record<string, string> = {}): number {
    return this.data(name, dimensions).reduce((all, { values }) => all + sumOf(values), 0)
  }

  /** What CloudWatch shows as SampleCount. */
  count(name: string, dimensions: Record<string, string> = {}): number {
    return this.data(name, dimensions).reduce(
      (all, { values }) => all + sumOf(values.map(([, count]) => [1, count])),
      0,
    )
  }
}

/** One that is up, and is taken down with its test. */
export async function cloudWatchFor(t: TestContext, credentials = CREDENTIALS): Promise<FakeCloudWatch> {
  const cloudWatch = new FakeCloudWatch(credentials)
  await cloudWatch.up()
  t.after(() => cloudWatch.down())
  return cloudWatch
}

function sumOf(values: Datum['values']): number {
  return values.reduce((all, [value, count]) => all + value * count, 0)
}
