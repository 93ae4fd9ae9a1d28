import type { Metric } from '../metrics/definitions.ts'
import { familyOf, renderPrometheus } from '../metrics/prometheus.ts'
import type { Reading } from './reading.ts'

/** What is shown of a process besides its metrics. CloudWatch gets none of it: ECS and Container Insights measure tasks. */
export const OWN_METRICS: readonly Metric<Reading>[] = [
  {
    name: 'ProcessUptime',
    unit: 'Milliseconds',
    kind: 'gauge',
    meaning: 'time since the process started',
    read: ({ process }) => process.now,
  },
  {
    name: 'ProcessCpu',
    unit: 'Milliseconds',
    kind: 'count',
    meaning: 'CPU time, user and system',
    read: ({ process }) => process.cpuMs,
  },
  {
    name: 'EventLoopBusy',
    unit: 'Milliseconds',
    kind: 'count',
    meaning: 'time in which the event loop was not idle',
    read: ({ process }) => process.loop.active,
  },
  {
    name: 'ResidentMemoryBytes',
    unit: 'Bytes',
    kind: 'gauge',
    meaning: 'memory of the process that is resident',
    read: ({ process }) => process.rss,
  },
  {
    name: 'HeapUsedBytes',
    unit: 'Bytes',
    kind: 'gauge',
    meaning: "what V8's heap holds",
    read: ({ process }) => process.heapUsed,
  },
  {
    name: 'BufferBytes',
    unit: 'Bytes',
    kind: 'gauge',
    meaning: 'memory of buffers, outside of the heap',
    read: ({ process }) => process.arrayBuffers,
  },
  {
    name: 'ActiveHandles',
    unit: 'Count',
    kind: 'gauge',
    meaning: 'sockets, listeners, timers and what else keeps the event loop alive',
    read: ({ process }) => process.activeHandles,
  },
  {
    name: 'UpstreamConnections',
    unit: 'Count',
    kind: 'gauge',
    meaning: 'connections to ECR that are kept open; missing in a primary',
    read: ({ pool }) => pool?.connected,
  },
  {
    name: 'UpstreamConnectionsInUse',
    unit: 'Count',
    kind: 'gauge',
    meaning: 'those of them that have a request; missing in a primary',
    read: ({ pool }) => pool?.running,
  },
  {
    name: 'UpstreamWaiting',
    unit: 'Count',
    kind: 'gauge',
    meaning: 'requests that wait for one of them; missing in a primary',
    read: ({ pool }) => pool?.waiting,
  },
  {
    name: 'TokenRefreshIn',
    unit: 'Milliseconds',
    kind: 'gauge',
    meaning: 'time until the token is renewed; missing in a worker',
    read: ({ tokenRefreshInMs }) => tokenRefreshInMs,
  },
]

/** All numbers of a moment in the text format of Prometheus. */
export function renderReading(reading: Reading): string {
  return renderPrometheus(reading.metrics) + OWN_METRICS.map((metric) => familyOf(metric, [['', reading]])).join('')
}
