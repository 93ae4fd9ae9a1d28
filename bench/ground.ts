import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../test/process/proxy-process.ts'
import { makeCertificates } from '../test/support/certificates.ts'
import { pidOf, start, stop } from './process.ts'

/** What every subject is given: certificates, the upstream, a directory of its own. */
export interface Ground {
  directory: string
  certificate: string
  key: string
  caFile: string
  ca: string
  upstreamHost: string
  upstreamPort: number
  upstreamPid: number
  apiPort: number
  /** As long as ECR's are. */
  token: string
  close(): Promise<void>
}

const UPSTREAM_HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

/** Starts the one upstream that all subjects stand in front of. */
export async function prepareGround(): Promise<Ground> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'))
  const { ca, cert, key } = await makeCertificates([UPSTREAM_HOST, 'localhost', '127.0.0.1'])
  const file = (name: string, content: string): string => {
    const path = join(directory, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  const certificate = file('chain.pem', cert)
  const keyFile = file('key.pem', key)
  const upstreamPort = await freePort()
  const apiPort = await freePort()
  const script = fileURLToPath(new URL('upstream.js', import.meta.url))
  const upstream = start(
    process.execPath,
    [script, certificate, keyFile, String(upstreamPort), String(apiPort)],
    {},
    'pipe',
  )
  if (upstream.stdout !== null) await once(upstream.stdout, 'data')
  return {
    directory,
    certificate,
    key: keyFile,
    caFile: file('ca.pem', ca),
    ca,
    upstreamHost: UPSTREAM_HOST,
    upstreamPort,
    upstreamPid: pidOf(upstream),
    apiPort,
    token: Buffer.from(`AWS:${'x'.repeat(3580)}`).toString('base64'),
    close: async () => {
      await stop(upstream)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
