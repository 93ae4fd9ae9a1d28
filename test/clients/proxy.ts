import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../process/proxy-process.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { makeCertificates } from '../support/certificates.ts'
import { Background } from './background.ts'
import type { Undo } from './undo.ts'

export const PROXY_NAME = 'registry.example.test'

// Docker takes every registry in 127.0.0.0/8 as insecure and does not verify it, whatever its name; 20.10 verifies ::1.
export const PROXY_ADDRESS = '::1'

export interface ProxyOptions {
  simulator: Simulator
  /** Its own: its files and its log are in it. */
  directory: string
  undo: Undo
  /** What its certificate names; the first one is its REGISTRY. */
  names?: readonly [string, ...string[]]
  address?: string
  /** Of Node. */
  flags?: readonly string[]
}

/** The built proxy as a process of its own, configured by its documented variables only. */
export async function startProxy(
  options: ProxyOptions,
): Promise<{ proxy: Background; registry: string; port: number }> {
  const { simulator, directory, undo, names = [PROXY_NAME], address = PROXY_ADDRESS, flags = [] } = options
  const port = await freePort()
  const registry = `${names[0]}:${port}`
  const { ca, cert, key } = await makeCertificates([...names])
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(directory, name)
    await writeFile(path, content, { mode: 0o600 })
    return path
  }
  const env = {
    PATH: process.env.PATH,
    ECR_REGISTRY: simulator.registryHost,
    REGISTRY: registry,
    HOST: address,
    PORT: String(port),
    DEBUG_PORT: 'off',
    TLS_CERTIFICATE: await file('proxy.crt', cert),
    TLS_PRIVATE_KEY: await file('proxy.key', key),
    NODE_EXTRA_CA_CERTS: await file('upstream-ca.crt', simulator.ca),
    AWS_ACCESS_KEY_ID: simulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulator.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_ECR: simulator.apiEndpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const proxy = new Background(process.execPath, [...flags, 'dist/src/main.js'], {
    env,
    log: join(directory, 'proxy.log'),
  })
  undo.add(() => proxy.stop())
  await proxy.waitUntil(async () => assert.equal(await status(`https://${registry}/readyz`, ca), 200))
  return { proxy, registry, port }
}

/** Resident bytes of a process: now, and the most since resetPeak(). */
export async function residentMemory(pid: number): Promise<{ now: number; peak: number }> {
  const lines = await readFile(`/proc/${pid}/status`, 'utf8')
  const bytes = (field: string): number => {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(lines)?.[1]
    assert.ok(kib !== undefined, `no ${field} in /proc/${pid}/status`)
    return Number(kib) * 1024
  }
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') }
}

/** Lets the kernel's peak start again from now (proc(5), clear_refs). */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5')
}

async function status(url: string, ca: string): Promise<number | undefined> {
  const sent = request(url, { ca, agent: false }).end()
  const [response] = await once(sent, 'response')
  await text(response)
  return response.statusCode
}
