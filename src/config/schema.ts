import { IN_FLIGHT_DEFAULT, METRICS_REPOSITORIES_MAX, WORKERS_MAX } from '../limits.ts'

/** The settings as the environment gives them, defaults filled in. Durations are milliseconds, sizes bytes. */
export interface Settings {
  ECR_REGISTRY: string
  REGISTRY: string
  PORT: number
  HOST: string
  TLS: 'on' | 'off'
  TLS_CERTIFICATE?: string
  TLS_PRIVATE_KEY?: string
  REGION?: string
  METRICS?: 'cloudwatch' | 'emf' | 'off'
  METRICS_NAMESPACE: string
  METRICS_INTERVAL: number
  METRICS_REPOSITORIES: number
  STATUS_PORT?: number
  DEBUG_HOST: string
  DEBUG_PORT: number | 'off'
  DEBUG_HEAPSNAPSHOT: 'on' | 'off'
  WORKERS: number | 'auto'
  SHUTDOWN_DELAY: number
  SHUTDOWN_TIMEOUT: number
  KEEP_ALIVE_TIMEOUT: number
  MAX_HEADER_SIZE: number
  MAX_EVENT_LOOP_UTILIZATION: number | 'off'
  MAX_EVENT_LOOP_DELAY: number | 'off'
  MAX_HEAP: number | 'auto' | 'off'
  MAX_RSS: number | 'auto' | 'off'
  MAX_IN_FLIGHT: number | 'off'
  TRUST_PROXY?: string
  LOG_LEVEL: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** A setting's JSON schema, with what our ajv keywords and messages add to it. */
interface SettingSchema {
  /** What the variable is for; the table in docs/configuration.md says the same. */
  description: string
  /** Completes "expected …" in the error message. */
  expected: string
  default?: string | number
  /** Never shown. */
  secret?: true
  [keyword: string]: unknown
}

function text(
  options: SettingSchema & { check?: 'ecrHost' | 'hostPort' | 'region' | 'namespace' | 'addresses' },
): SettingSchema {
  return { type: 'string', minLength: 1, ...options }
}

function port(options: Pick<SettingSchema, 'description' | 'default'>): SettingSchema {
  return { type: 'integer', minimum: 1, maximum: 65_535, expected: 'a port number from 1 to 65535', ...options }
}

function choice(options: SettingSchema & { enum: readonly string[] }): SettingSchema {
  return { type: 'string', ...options }
}

interface Range {
  from: string
  to: string
  default: string
  /** What may stand in place of a quantity, and is kept as it is. */
  words?: readonly string[]
}

/** The environment has text; the keyword `unit` puts the number (milliseconds, bytes) in its place. */
function quantity(unit: 'duration' | 'size', options: SettingSchema & Range): SettingSchema {
  return { unit: { ...options, unit }, ...options }
}

function duration(options: Pick<SettingSchema, 'description'> & Range): SettingSchema {
  const { from, to } = options
  return quantity('duration', {
    ...options,
    expected: `a duration with its unit from ${from} to ${to}, such as 500ms, 25s or 10m`,
  })
}

/** A number that `off` may stand in place of. */
function numberOrOff(
  type: 'integer' | 'number',
  options: SettingSchema & { minimum: number; maximum: number },
): SettingSchema {
  const { minimum, maximum, ...rest } = options
  return {
    anyOf: [
      { type, minimum, maximum },
      { type: 'string', const: 'off' },
    ],
    ...rest,
  }
}

/** A limit of memory: derived from what the process has, a size, or none. */
function memoryLimit(description: string): SettingSchema {
  return quantity('size', {
    description,
    words: ['auto', 'off'],
    default: 'auto',
    from: '1MiB',
    to: '1024GiB',
    expected: 'auto, off, or a size with its unit from 1MiB to 1024GiB, such as 512MiB',
  })
}

/** Every setting, by its environment variable. */
export const ConfigSchema = {
  type: 'object',
  required: ['ECR_REGISTRY', 'REGISTRY'],
  properties: {
    ECR_REGISTRY: text({
      check: 'ecrHost',
      description: 'the upstream registry',
      expected: 'the host name of a private ECR registry, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com',
    }),
    REGISTRY: text({
      check: 'hostPort',
      description: 'the name that clients use',
      expected: 'host or host:port, such as registry.example.com or localhost:5000',
    }),
    PORT: port({ description: 'listening port', default: 5000 }),
    HOST: text({
      description: 'listening address',
      default: '::',
      expected: 'an IP address or host name of this machine, such as 0.0.0.0, :: or 127.0.0.1',
    }),
    TLS: choice({
      enum: ['on', 'off'],
      description: 'off: plain HTTP, for use behind a load balancer that ends TLS',
      default: 'on',
      expected: 'on or off',
    }),
    TLS_CERTIFICATE: text({
      description: 'certificate chain: a path, or the PEM text',
      secret: true,
      expected: 'a path or PEM text',
    }),
    TLS_PRIVATE_KEY: text({
      description: 'private key: a path, or the PEM text',
      secret: true,
      expected: 'a path or PEM text',
    }),
    REGION: text({
      check: 'region',
      description: 'region of the CloudWatch metrics',
      expected: 'an AWS region, such as us-east-1',
    }),
    METRICS: choice({
      enum: ['cloudwatch', 'emf', 'off'],
      description:
        'cloudwatch: PutMetricData to REGION; emf: lines on stdout; unset: cloudwatch with REGION, else emf on ECS, else off',
      expected: 'cloudwatch, emf or off',
    }),
    METRICS_NAMESPACE: text({
      check: 'namespace',
      description: 'CloudWatch namespace of the metrics',
      default: 'Custom/ecr_reverse_proxy',
      expected: 'at most 255 letters, digits, spaces and . - _ / # :, beginning with neither AWS/ nor a colon',
    }),
    METRICS_INTERVAL: duration({
      description: 'how often the metrics are sent',
      default: '60s',
      from: '1s',
      to: '1h',
    }),
    METRICS_REPOSITORIES: {
      type: 'integer',
      minimum: 0,
      maximum: METRICS_REPOSITORIES_MAX,
      description: 'repositories that the metrics of one flush tell apart; the others count as "other"',
      default: 200,
      expected: `a number from 0 to ${METRICS_REPOSITORIES_MAX}`,
    },
    STATUS_PORT: port({ description: 'plain-HTTP listener with /healthz, /readyz and /metrics only' }),
    DEBUG_HOST: text({
      description: 'address of the debug server',
      default: '127.0.0.1',
      expected: 'an IP address or host name of this machine, such as 127.0.0.1',
    }),
    DEBUG_PORT: {
      anyOf: [
        { type: 'integer', minimum: 1, maximum: 65_535 },
        { type: 'string', const: 'off' },
      ],
      description: 'port of the debug server; off: none',
      default: 6060,
      expected: 'a port number from 1 to 65535, or off',
    },
    DEBUG_HEAPSNAPSHOT: choice({
      enum: ['on', 'off'],
      description: 'on: the debug server gives out heap snapshots, which hold secrets, while it listens on loopback',
      default: 'off',
      expected: 'on or off',
    }),
    WORKERS: {
      anyOf: [
        { type: 'integer', minimum: 1, maximum: WORKERS_MAX },
        { type: 'string', const: 'auto' },
      ],
      description: 'processes that serve; auto: as many as the container may use cores',
      default: 1,
      expected: `a number from 1 to ${WORKERS_MAX}, or auto`,
    },
    SHUTDOWN_DELAY: duration({
      description: 'how long new connections are still served after SIGTERM',
      default: '0s',
      from: '0s',
      to: '1h',
    }),
    SHUTDOWN_TIMEOUT: duration({
      description: 'how long the requests in flight may then take',
      default: '25s',
      from: '0s',
      to: '1h',
    }),
    KEEP_ALIVE_TIMEOUT: duration({
      description:
        'how long an idle client connection is kept; longer than the idle timeout of an ALB in front, shorter than that of an NLB',
      default: '75s',
      from: '1s',
      to: '2h',
    }),
    MAX_HEADER_SIZE: quantity('size', {
      description: 'largest request head taken from a client',
      default: '64KiB',
      from: '8KiB',
      to: '1MiB',
      expected: 'a size with its unit from 8KiB to 1MiB, such as 64KiB',
    }),
    MAX_EVENT_LOOP_UTILIZATION: numberOrOff('number', {
      description: 'share of its time that the event loop may be busy before load is shed',
      minimum: 0.01,
      maximum: 0.99,
      default: 0.9,
      expected: 'a number from 0.01 to 0.99, or off',
    }),
    MAX_EVENT_LOOP_DELAY: quantity('duration', {
      description: 'how late the event loop may be, on average, before load is shed',
      words: ['off'],
      default: 'off',
      from: '1ms',
      to: '1m',
      expected: 'off, or a duration with its unit from 1ms to 1m, such as 200ms',
    }),
    MAX_HEAP: memoryLimit('heap in use before load is shed; auto: a share of what V8 may have'),
    MAX_RSS: memoryLimit('resident memory before load is shed; auto: a share of what the container may have'),
    MAX_IN_FLIGHT: numberOrOff('integer', {
      description: 'requests in flight before load is shed',
      minimum: 1,
      maximum: 1_000_000,
      default: IN_FLIGHT_DEFAULT,
      expected: 'a number from 1 to 1000000, or off',
    }),
    TRUST_PROXY: text({
      check: 'addresses',
      description: 'addresses whose X-Forwarded-For is believed',
      expected: 'IP addresses or CIDR ranges, separated by commas, such as 10.0.0.0/8',
    }),
    LOG_LEVEL: choice({
      enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      description: 'least severe level that is logged',
      default: 'info',
      expected: 'one of fatal, error, warn, info, debug, trace, silent',
    }),
  } satisfies Record<keyof Settings, SettingSchema>,
}
