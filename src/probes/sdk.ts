import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { ECRClient } from '@aws-sdk/client-ecr'
import type { ClockSample } from '../doctor/clock.ts'
import type { ShownCredentials } from '../doctor/credentials.ts'
import { clockSampleOf } from './reach.ts'

/** Resolves what the default chain finds for this client; of a secret nothing is kept. */
export async function credentialsOf(client: ECRClient): Promise<ShownCredentials> {
  const credentials = await client.config.credentials()
  const { accessKeyId, expiration } = credentials
  const source: unknown = '$source' in credentials ? credentials.$source : undefined
  const marks = isObject(source) ? Object.keys(source) : []
  return { accessKeyId, marks, expiration }
}

/** What is learnt from the calls of a client besides their results. */
export interface Learnt {
  /** Where the last call went. */
  host: string | undefined
  /** One for each answer, refusals included. */
  clock: ClockSample[]
}

/** Watches the calls that the client makes from now on. */
export function watch(client: ECRClient): Learnt {
  const learnt: Learnt = { host: undefined, clock: [] }
  client.middlewareStack.add(
    (next) => async (args) => {
      learnt.host = urlOf(args.request)?.host
      return next(args)
    },
    { step: 'build' },
  )
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const sample = isObject(result.response) ? clockSampleOf(result.response['headers']) : undefined
      if (sample !== undefined) learnt.clock.push(sample)
      return result
    },
    // Next to the wire: an error is made of the answer further out.
    { step: 'deserialize', priority: 'low' },
  )
  return learnt
}

/** The SDK wants some before it looks for an endpoint; nothing is signed with them. */
const NO_CREDENTIALS = { accessKeyId: 'none', secretAccessKey: 'none' }

/** Where PutMetricData for this region goes: the SDK's variables and profiles say so. */
export async function cloudWatchUrl(region: string): Promise<URL> {
  const client = new CloudWatchClient({ region, credentials: NO_CREDENTIALS })
  let url: URL | undefined
  client.middlewareStack.add(
    () => async (args) => {
      url = urlOf(args.request)
      return { response: undefined, output: { $metadata: {} } }
    },
    // The address is known by now, and nothing is sent.
    { step: 'build', priority: 'high' },
  )
  await client.send(new PutMetricDataCommand({ Namespace: 'none', MetricData: [] }))
  client.destroy()
  if (url === undefined) throw new Error('the SDK has no endpoint for CloudWatch')
  return url
}

function urlOf(request: unknown): URL | undefined {
  if (!isObject(request)) return undefined
  const { protocol, hostname, port } = request
  if (typeof protocol !== 'string' || typeof hostname !== 'string') return undefined
  return new URL(`${protocol}//${hostname}${typeof port === 'number' ? `:${port}` : ''}`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
