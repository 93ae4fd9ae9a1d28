import assert from 'node:assert/strict'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Background } from '../clients/background.ts'
import { freePort } from '../process/proxy-process.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { makeCertificates } from '../support/certificates.ts'
import { tlsStart } from '../support/tls-start.ts'
import { httpsStatus } from './https-status.ts'

const SUBJECT = fileURLToPath(new URL('subject.js', import.meta.url))

/** The name that the suite uses. */
export const PROXY_NAME = 'registry.example.com'

export interface RunningProxy {
  port: number
  ca: string
  close(): Promise<void>
}

/** The proxy as a process of its own with TLS on both sides; tokens come from the simulator, everything else from `upstream`. */
export async function startProxy(
  simulator: Simulator,
  upstream: { registryPort: number; ca: string },
  directory: string,
): Promise<RunningProxy> {
  const port = await freePort()
  const { ca, cert, key } = await makeCertificates([PROXY_NAME])
  const { flags, environment } = tlsStart(simulator, { registry: PROXY_NAME, port, cert, key })
  const args = [...flags, SUBJECT, String(upstream.registryPort), upstream.ca]
  const proxy = new Background(process.execPath, args, { env: environment, log: join(directory, 'proxy.log') })
  await proxy.waitUntil(async () => {
    assert.equal(await httpsStatus({ port, servername: PROXY_NAME, ca, path: '/readyz' }), 200)
  })
  return { port, ca, close: () => proxy.stop() }
}
