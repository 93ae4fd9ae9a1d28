import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { SimulatorOptions, TlsPair } from './options.ts'

/** Options from the command line; throws an Error whose message is one line that names the argument. */
export function parseArguments(args: string[]): SimulatorOptions {
  const { values } = parseArgs({
    args,
    options: {
      'registry-host': { type: 'string' },
      'listen-host': { type: 'string' },
      'registry-port': { type: 'string' },
      'layer-port': { type: 'string' },
      'api-port': { type: 'string' },
      'layer-origin': { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'layer-cert': { type: 'string' },
      'layer-key': { type: 'string' },
      'token-lifetime': { type: 'string' },
      directory: { type: 'string' },
      'create-on-push': { type: 'boolean' },
    },
  })
  return withoutUndefined({
    registryHost: values['registry-host'],
    listenHost: values['listen-host'],
    registryPort: port('--registry-port', values['registry-port']),
    layerPort: port('--layer-port', values['layer-port']),
    apiPort: port('--api-port', values['api-port']),
    layerOrigin: origin('--layer-origin', values['layer-origin']),
    tls: tlsPair('tls', values['tls-cert'], values['tls-key']),
    layerTls: tlsPair('layer', values['layer-cert'], values['layer-key']),
    tokenLifetimeMs: duration('--token-lifetime', values['token-lifetime']),
    directory: values.directory,
    createOnPush: values['create-on-push'],
  })
}

function port(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`${name} expects a port, got '${text}'`)
  return Number(text)
}

function origin(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') {
    throw new Error(`${name} expects an https:// origin, got '${text}'`)
  }
  return new URL(text).origin
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function duration(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  if (unitMs === undefined) throw new Error(`${name} expects a duration such as 10s or 5m, got '${text}'`)
  return Number(count) * unitMs
}

function tlsPair(prefix: string, cert: string | undefined, key: string | undefined): TlsPair | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new Error(`--${prefix}-cert and --${prefix}-key go together`)
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

type Given<T> = { [K in keyof T]: T[K] | undefined }

// An option that is absent and one that is undefined are different things to the type of the options.
function withoutUndefined(options: Given<SimulatorOptions>): SimulatorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
