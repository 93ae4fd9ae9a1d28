import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import type { Credentials } from './api-signature.ts'
import { apiHandler } from './api.ts'
import type { Handler } from './exchange.ts'
import { Faults } from './faults.ts'
import { layerHandler } from './layer-host.ts'
import { Listener } from './listener.ts'
import type { Behaviour, SimulatorOptions, TlsPair } from './options.ts'
import { defaultBehaviour, registryHostOf } from './options.ts'
import { Cursors } from './paging.ts'
import { Presigner } from './presigned.ts'
import type { ListenerName, RecordedRequest } from './recorder.ts'
import { Recorder } from './recorder.ts'
import { registryHandler } from './registry.ts'
import { Store } from './store.ts'
import { TokenAuthority } from './tokens.ts'

export interface Simulator {
  readonly registryHost: string
  readonly registryPort: number
  readonly layerOrigin: string
  readonly layerPort: number
  /** For AWS_ENDPOINT_URL_ECR. */
  readonly apiEndpoint: string
  /** PEM: trusts both TLS listeners. */
  readonly ca: string
  readonly credentials: Credentials
  readonly behaviour: Behaviour
  readonly tokens: TokenAuthority
  readonly faults: Faults
  readonly requests: RecordedRequest[]
  readonly store: Store
  /** Other credentials count from now on, and the ones before no more; returns them. */
  rotateCredentials(): Credentials
  /** The same, where those before are a session's that was revoked in IAM. */
  revokeSession(): Credentials
  /** The first request that satisfies `wanted`, past or coming; rejects after `timeoutMs` (5,000). */
  waitForRequest(wanted: (request: RecordedRequest) => boolean, timeoutMs?: number): Promise<RecordedRequest>
  close(): Promise<void>
}

/** An Amazon ECR registry, its layer host and its API on loopback. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = registryHostOf(options)
  const listenHost = options.listenHost ?? '127.0.0.1'
  const behaviour: Behaviour = { ...defaultBehaviour, ...options.behaviour }
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'ecr-simulator-')))
  const store = await Store.open(directory, host.account)
  const faults = new Faults()
  const recorder = new Recorder()
  const tokens = new TokenAuthority(options.tokenLifetimeMs)
  let credentials = newCredentials()
  const revoked = new Set<string>()

  const layerHost = options.layerOrigin === undefined ? host.layerHost : new URL(options.layerOrigin).hostname
  const registryTls = await tlsFor(options.tls, [...new Set([host.host, host.canonical])])
  const layerTls = await tlsFor(options.layerTls, [layerHost])

  const listeners: Listener[] = []
  const listen = async (name: ListenerName, port: number, handler: Handler, tls?: TlsPair): Promise<number> => {
    const common = { name, handler, faults, recorder, behaviour }
    const listener = new Listener(tls === undefined ? common : { ...common, tls })
    listeners.push(listener)
    await listener.listen(listenHost, port)
    return listener.port
  }
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()))
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }

  try {
    const presigner = new Presigner(host.region)
    const layerPort = await listen('layer', options.layerPort ?? 0, layerHandler(store, presigner), layerTls.pair)
    const layerOrigin = options.layerOrigin ?? originOf(layerHost, layerPort)
    const cursors = new Cursors()
    const shared = { host, store, tokens, behaviour, presigner, layerOrigin, cursors, uploads: new Map() }
    const serve = registryHandler({ ...shared, createOnPush: options.createOnPush ?? false })
    const registryPort = await listen('registry', options.registryPort ?? 0, serve, registryTls.pair)
    const apiPort = await listen(
      'api',
      options.apiPort ?? 0,
      apiHandler(host, () => ({ credentials, revoked }), tokens),
    )
    return {
      registryHost: host.host,
      registryPort,
      layerOrigin,
      layerPort,
      apiEndpoint: `http://${urlHost(listenHost)}:${apiPort}`,
      ca: [...new Set([registryTls.ca, layerTls.ca])].join(''),
      get credentials() {
        return credentials
      },
      rotateCredentials: () => (credentials = newCredentials()),
      revokeSession: () => {
        revoked.add(credentials.accessKeyId)
        return (credentials = newCredentials())
      },
      behaviour,
      tokens,
      faults,
      requests: recorder.requests,
      store,
      waitForRequest: (wanted, timeoutMs = 5_000) => recorder.waitFor(wanted, timeoutMs),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function tlsFor(given: TlsPair | undefined, names: string[]): Promise<{ pair: TlsPair; ca: string }> {
  // A pair of one's own is taken for self-signed: what trusts it is the certificate itself.
  if (given !== undefined) return { pair: given, ca: given.cert }
  const { ca, cert, key } = await certificatesFor([...names, 'localhost', '127.0.0.1', '::1'])
  return { pair: { cert, key }, ca }
}

const certificates = new Map<string, Promise<Certificates>>()

// Making one takes longer than most tests do, and a process that starts a hundred simulators needs no hundred of them.
function certificatesFor(names: string[]): Promise<Certificates> {
  const key = names.join()
  const made = certificates.get(key) ?? makeCertificates(names)
  certificates.set(key, made)
  return made
}

function newCredentials(): Credentials {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  }
}

function originOf(host: string, port: number): string {
  return port === 443 ? `https://${host}` : `https://${host}:${port}`
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
