import { isPemText } from '../tls/pem.ts'
import type { Config } from './load.ts'
import { ConfigSchema } from './schema.ts'
import { inMiB } from './units.ts'

/** A setting as it is in force. */
export interface EffectiveSetting {
  name: string
  /** As one would set it; null where there is none. Of a secret only its kind. */
  value: string | null
  from: 'environment' | 'default' | 'derived'
  /** What a derived value follows from. */
  because?: string
}

/** What only the process can tell that the settings are for. */
export interface Derived {
  workers: number
  /** In bytes; 0 is none. */
  maxHeap: number
  maxRss: number
}

/** Every setting, in the schema's order, with its value and where that comes from. */
export function effectiveSettings(
  config: Config,
  environment: NodeJS.ProcessEnv,
  derived: Derived,
): EffectiveSetting[] {
  return Object.entries(ConfigSchema.properties).map(([name, schema]): EffectiveSetting => {
    const set = environment[name] === '' ? undefined : environment[name]
    const follows = derivedValue(name, config, derived)
    if (follows !== undefined) return { name, value: follows.value, from: 'derived', because: follows.because }
    if (set === undefined)
      return { name, value: schema.default === undefined ? null : String(schema.default), from: 'default' }
    return { name, value: 'secret' in schema ? redacted(set) : set, from: 'environment' }
  })
}

function redacted(secret: string): string {
  return `redacted (${isPemText(secret) ? 'PEM text' : 'a path'})`
}

function derivedValue(
  name: string,
  { METRICS, WORKERS, MAX_HEAP, MAX_RSS, metrics }: Config,
  { workers, maxHeap, maxRss }: Derived,
): { value: string; because: string } | undefined {
  if (name === 'METRICS' && METRICS === undefined) return { value: metrics.to, because: metrics.reason }
  if (name === 'WORKERS' && WORKERS === 'auto') {
    return { value: String(workers), because: 'auto: the CPU quota and the cores' }
  }
  if (name === 'MAX_HEAP' && MAX_HEAP === 'auto') {
    return { value: inMiB(maxHeap), because: 'auto: a share of what V8 may have' }
  }
  if (name === 'MAX_RSS' && MAX_RSS === 'auto') {
    return maxRss === 0
      ? { value: 'off', because: 'auto: the container has no limit of memory' }
      : { value: inMiB(maxRss), because: 'auto: a share of what the container may have' }
  }
  return undefined
}
