import type { Ajv, ErrorObject } from 'ajv'
import { envSchema } from 'env-schema'
import { parseEcrHost, type Upstream } from '../ecr/host.ts'
import { readTlsCredentials, type TlsCredentials } from '../tls/credentials.ts'
import { debugPortProblem } from './debug-ports.ts'
import { createAjv } from './keywords.ts'
import { type MetricsChoice, metricsChoice } from './metrics-choice.ts'
import { ConfigSchema, type Settings } from './schema.ts'

/** The settings and what is read out of them. */
export interface Config extends Settings {
  upstream: Upstream
  /** Undefined with TLS=off. */
  tls: TlsCredentials | undefined
  metrics: MetricsChoice
}

/** Everything that is wrong with the configuration, a line for each problem; no secret is in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    const [only] = problems
    super(
      problems.length === 1
        ? `${only}`
        : `the configuration has ${problems.length} problems:\n  ${problems.join('\n  ')}`,
    )
    this.problems = problems
  }
}

/** Longest part of a wrong value that an error repeats, in characters. */
const MAX_SHOWN = 80

/** What a process knows besides its environment. */
export interface Known {
  /** In place of reading the certificate. */
  tls: TlsCredentials | undefined
  /** Whether it is one of several workers, whose DEBUG_PORT is for it alone. */
  isWorker: boolean
}

/** What a process knows that has its environment alone. */
export const NOTHING: Known = { tls: undefined, isWorker: false }

/**
 * Reads the configuration from an environment. Throws a ConfigError that names every problem at once. Whoever reads many
 * gives an `ajv` of its own: it compiles the schema once, which takes longer than all the rest.
 */
export function loadConfig(environment: NodeJS.ProcessEnv, known = NOTHING, ajv = createAjv()): Config {
  // An empty variable is an unset one: `make -e NAME= target` and templates produce them.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const [settings, problems] = validate(ajv, set)
  const tls = known.tls ?? loadTls(set, problems)
  const upstream = parseEcrHost(set['ECR_REGISTRY'] ?? '')
  if (settings?.STATUS_PORT !== undefined && settings.STATUS_PORT === settings.PORT) {
    problems.push(`STATUS_PORT: ${settings.STATUS_PORT} is PORT as well; expected a port of its own`)
  }
  // How many workers `auto` is, the start finds out.
  if (settings !== undefined && settings.WORKERS !== 'auto' && !known.isWorker) {
    const problem = debugPortProblem(settings.DEBUG_PORT, settings.WORKERS)
    if (problem !== undefined) problems.push(problem)
  }
  const metrics = metricsChoice(set)
  if (metrics === undefined)
    problems.push(`REGION: is not set; expected ${expectedOf('REGION')}, for METRICS=cloudwatch`)
  const incomplete = settings === undefined || upstream === undefined || metrics === undefined
  if (incomplete || problems.length > 0) throw new ConfigError(problems)
  return { ...settings, upstream, tls, metrics }
}

function validate(
  ajv: Ajv,
  set: Record<string, string | undefined>,
): [settings: Settings | undefined, problems: string[]] {
  try {
    return [envSchema<Settings>({ schema: ConfigSchema, data: set, env: false, ajv }), []]
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error && Array.isArray(error.errors))) throw error
    return [undefined, describe(error.errors)]
  }
}

/** One line for each variable, though ajv has one for each member of a union. */
function describe(errors: readonly ErrorObject[]): string[] {
  const lines = new Map<string, string>()
  for (const error of errors) {
    const missing: unknown = error.params['missingProperty']
    const name = typeof missing === 'string' ? missing : error.instancePath.split('/')[1]
    if (name !== undefined && !lines.has(name)) lines.set(name, `${name}: ${problem(name, error)}`)
  }
  return [...lines.values()]
}

function problem(name: string, error: ErrorObject): string {
  const expected = `expected ${expectedOf(name)}`
  if (error.keyword === 'required') return `is not set; ${expected}`
  const own = error.keyword === 'check' || error.keyword === 'unit' ? error.message : undefined
  // No secret is shown: the two settings that may hold one are texts without a rule, which cannot be wrong here.
  return `${JSON.stringify(String(error.data).slice(0, MAX_SHOWN))} ${own ?? 'is not allowed'}; ${expected}`
}

function expectedOf(name: string): string {
  return Object.entries(ConfigSchema.properties).find(([key]) => key === name)?.[1].expected ?? 'another value'
}

function loadTls(set: Record<string, string | undefined>, problems: string[]): TlsCredentials | undefined {
  if (set['TLS'] === 'off') return undefined
  const { TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: privateKey } = set
  if (certificate === undefined || privateKey === undefined) {
    const missing = 'is not set; expected a path or PEM text, or TLS=off where a load balancer ends TLS'
    if (certificate === undefined) problems.push(`TLS_CERTIFICATE: ${missing}`)
    if (privateKey === undefined) problems.push(`TLS_PRIVATE_KEY: ${missing}`)
    return undefined
  }
  const result = readTlsCredentials(certificate, privateKey)
  if ('problems' in result) problems.push(...result.problems)
  return 'problems' in result ? undefined : result
}
