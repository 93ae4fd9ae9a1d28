import * as format from './format.js'

/** What an operation is called on the page. */
export const OPERATION_NAMES = /** @type {const} */ ([
  ['manifest-pull', 'manifest pull'],
  ['manifest-push', 'manifest push'],
  ['layer-pull', 'layer pull'],
  ['layer-push', 'layer push'],
  ['tags', 'tags'],
  ['other', 'other'],
])

/**
 * @param {'requests' | 'clientErrors' | 'serverErrors' | 'p99Ms'} number
 * @returns {import('./chart.js').Line[]}
 */
function byOperation(number) {
  return OPERATION_NAMES.map(([operation, name]) => ({ name, column: `${number} ${operation}` }))
}

/** @type {Record<'traffic' | 'upstream' | 'process', import('./chart.js').ChartOptions[]>} */
export const CHARTS = {
  traffic: [
    { title: 'Requests', steps: 'decimal', unit: 'per second', format: format.count, lines: byOperation('requests') },
    {
      title: 'Server errors (5xx)',
      steps: 'decimal',
      unit: 'per second',
      format: format.count,
      lines: byOperation('serverErrors'),
    },
    {
      title: 'Client errors (4xx)',
      steps: 'decimal',
      unit: 'per second; 404 is part of every push',
      format: format.count,
      lines: byOperation('clientErrors'),
    },
    {
      title: 'Latency',
      steps: 'decimal',
      unit: 'of all requests, from head to end of answer',
      format: format.milliseconds,
      lines: [
        { name: 'p50', column: 'p50Ms' },
        { name: 'p90', column: 'p90Ms' },
        { name: 'p99', column: 'p99Ms' },
      ],
    },
    {
      title: 'Latency, p99',
      steps: 'decimal',
      unit: 'by operation',
      format: format.milliseconds,
      lines: byOperation('p99Ms'),
    },
    {
      title: 'Bytes',
      steps: 'binary',
      unit: 'of bodies',
      format: format.bytesPerSecond,
      lines: [
        { name: 'from clients', column: 'bytesIn' },
        { name: 'to clients', column: 'bytesOut' },
      ],
    },
  ],
  upstream: [
    {
      title: 'In flight',
      steps: 'whole',
      unit: 'requests',
      format: format.count,
      lines: [{ name: 'requests', column: 'inFlight' }],
    },
    {
      title: 'Upstream pool',
      steps: 'whole',
      unit: 'shared connections to ECR',
      format: format.count,
      lines: [
        { name: 'open', column: 'poolConnected' },
        { name: 'in use', column: 'poolRunning' },
        { name: 'requests waiting', column: 'poolWaiting' },
      ],
    },
    {
      title: 'Token',
      steps: 'time',
      format: format.seconds,
      lines: [
        { name: 'age', column: 'tokenAgeSeconds' },
        { name: 'refresh in', column: 'tokenRefreshInSeconds' },
      ],
    },
  ],
  process: [
    {
      title: 'CPU',
      steps: 'decimal',
      unit: 'of one core',
      format: format.percent,
      lines: [
        { name: 'process', column: 'cpuPercent' },
        { name: 'event loop busy', column: 'loopPercent' },
      ],
    },
    {
      title: 'Memory',
      steps: 'binary',
      format: format.bytes,
      lines: [
        { name: 'resident', column: 'rss' },
        { name: 'heap in use', column: 'heapUsed' },
        { name: 'buffers', column: 'arrayBuffers' },
      ],
    },
    {
      title: 'Event loop delay',
      steps: 'decimal',
      format: format.milliseconds,
      lines: [
        { name: 'median', column: 'loopDelayMs' },
        { name: 'longest', column: 'loopDelayMaxMs' },
      ],
    },
    {
      title: 'Active handles',
      steps: 'whole',
      unit: 'sockets, timers …',
      format: format.count,
      lines: [{ name: 'handles', column: 'activeHandles' }],
    },
  ],
}
