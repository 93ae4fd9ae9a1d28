import { type EffectiveSetting, effectiveSettings } from '../config/effective.ts'
import { type Config, ConfigError, loadConfig } from '../config/load.ts'
import { ownMemory } from '../memory.ts'
import { pressureLimits } from '../shedding/limits.ts'
import { workerCount } from '../workers/count.ts'

/** The configuration that a proxy with this environment would have, or what is wrong with it, as a table or as JSON. */
export function config(environment: NodeJS.ProcessEnv, json: boolean): { right: boolean; text: string } {
  try {
    const settings = settingsOf(loadConfig(environment), environment)
    return { right: true, text: json ? `${JSON.stringify({ settings }, null, 2)}\n` : table(settings) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { problems, message } = error
    return {
      right: false,
      text: json ? `${JSON.stringify({ problems }, null, 2)}\n` : `ecr-reverse-proxy: ${message}\n`,
    }
  }
}

function settingsOf(config: Config, environment: NodeJS.ProcessEnv): EffectiveSetting[] {
  const workers = workerCount(config.WORKERS)
  const limits = pressureLimits({ ...config, WORKERS: workers }, ownMemory())
  return effectiveSettings(config, environment, {
    workers,
    maxHeap: limits.maxHeapUsedBytes,
    maxRss: limits.maxRssBytes,
  })
}

function table(settings: EffectiveSetting[]): string {
  const rows = settings.map(({ name, value, from, because }) => [
    name,
    value === null ? 'none' : oneLine(value),
    because === undefined ? from : `${from} (${because})`,
  ])
  const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const widths = [widthOf(0), widthOf(1)]
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('')
}

/** The text with its control characters escaped, so that it stays in its line of the table. */
function oneLine(text: string): string {
  return /\p{Cc}/u.test(text) ? JSON.stringify(text) : text
}
