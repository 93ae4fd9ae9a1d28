import type { Distribution, MetricsSnapshot, OperationNumbers, RepositoryNumbers } from './snapshot.ts'

export type Unit = 'Count' | 'Bytes' | 'Milliseconds' | 'Seconds'

/** A metric, and where its value stands in the numbers that it is read from. */
export interface Metric<Numbers> {
  /** As CloudWatch shows it. */
  name: string
  unit: Unit
  /** A count grows; a gauge is as it is when it is read; a distribution has many values. */
  kind: 'count' | 'gauge' | 'distribution'
  meaning: string
  /** Undefined where there is no value now. */
  read: (numbers: Numbers) => number | Distribution | undefined
}

/** The metrics of a process, which have no dimension. */
export const PROCESS_METRICS: readonly Metric<MetricsSnapshot>[] = [
  {
    name: 'UpstreamErrors',
    unit: 'Count',
    kind: 'count',
    meaning: 'tries that ECR answered with 5xx, or not at all, or not to the end',
    read: ({ totals }) => totals.upstreamErrors,
  },
  {
    name: 'Throttles',
    unit: 'Count',
    kind: 'count',
    meaning: 'answers of ECR with 429 or 503, those after which the request was sent again included',
    read: ({ totals }) => totals.throttles,
  },
  {
    name: 'Retries',
    unit: 'Count',
    kind: 'count',
    meaning: 'tries above the first of each request',
    read: ({ totals }) => totals.retries,
  },
  {
    name: 'InFlight',
    unit: 'Count',
    kind: 'gauge',
    meaning: 'requests whose answer has not ended',
    read: ({ inFlight }) => inFlight,
  },
  {
    name: 'TokenAge',
    unit: 'Seconds',
    kind: 'gauge',
    meaning: "age of ECR's token; missing where none is valid",
    read: ({ tokenAgeSeconds }) => tokenAgeSeconds,
  },
  {
    name: 'TokenRefreshes',
    unit: 'Count',
    kind: 'count',
    meaning: 'tokens obtained from ECR',
    read: ({ totals }) => totals.tokenRefreshes,
  },
  {
    name: 'TokenRefreshFailures',
    unit: 'Count',
    kind: 'count',
    meaning: 'failed attempts to obtain one; alarm on this',
    read: ({ totals }) => totals.tokenRefreshFailures,
  },
  {
    name: 'CertificateDaysLeft',
    unit: 'Count',
    kind: 'gauge',
    meaning:
      'whole days until the TLS certificate expires, less than 0 after that; missing with TLS=off; alarm below 14',
    read: ({ certificateDaysLeft }) => certificateDaysLeft,
  },
  {
    name: 'EventLoopDelay',
    unit: 'Milliseconds',
    kind: 'distribution',
    meaning: 'how late timers run: what everything that is served waits for when the process has too much to do',
    read: ({ eventLoopDelayMs }) => eventLoopDelayMs,
  },
  {
    name: 'ShedRequests',
    unit: 'Count',
    kind: 'count',
    meaning: 'requests that were turned away because there was too much to do',
    read: ({ totals }) => totals.shedRequests,
  },
]

/** The metrics with the dimension `Operation`. */
export const OPERATION_METRICS: readonly Metric<OperationNumbers>[] = [
  {
    name: 'Requests',
    unit: 'Count',
    kind: 'count',
    meaning: 'requests whose answer has ended, or has broken off',
    read: ({ requests }) => requests,
  },
  {
    name: 'ClientErrors',
    unit: 'Count',
    kind: 'count',
    meaning: 'answers with 4xx',
    read: ({ clientErrors }) => clientErrors,
  },
  {
    name: 'ServerErrors',
    unit: 'Count',
    kind: 'count',
    meaning: 'answers with 5xx',
    read: ({ serverErrors }) => serverErrors,
  },
  {
    name: 'Duration',
    unit: 'Milliseconds',
    kind: 'distribution',
    meaning: "from the request's head to the end of its answer",
    read: ({ durationMs }) => durationMs,
  },
  {
    name: 'UpstreamDuration',
    unit: 'Milliseconds',
    kind: 'distribution',
    meaning: "of that, from the first try at ECR to the end of ECR's last answer, or to when the client left",
    read: ({ upstreamMs }) => upstreamMs,
  },
  {
    name: 'BytesIn',
    unit: 'Bytes',
    kind: 'count',
    meaning: 'of request bodies',
    read: ({ bytesIn }) => bytesIn,
  },
  {
    name: 'BytesOut',
    unit: 'Bytes',
    kind: 'count',
    meaning: 'of answer bodies',
    read: ({ bytesOut }) => bytesOut,
  },
]

/** The metrics with the dimension `Repository`. */
export const REPOSITORY_METRICS: readonly Metric<RepositoryNumbers>[] = [
  {
    name: 'ECRImagePulls',
    unit: 'Count',
    kind: 'count',
    meaning: 'manifests got (GET, 2xx)',
    read: ({ pulls }) => pulls,
  },
  {
    name: 'ECRImagePushes',
    unit: 'Count',
    kind: 'count',
    meaning: 'manifests put (PUT, 2xx)',
    read: ({ pushes }) => pushes,
  },
]
