import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Background } from '../clients/background.ts'
import { freePort } from '../process/proxy-process.ts'
import { makeCertificates } from '../support/certificates.ts'
import { httpsStatus } from './https-status.ts'

/** A registry that knows nothing of ECR, under the name of one. */
export interface PlainRegistry {
  registryPort: number
  ca: string
  close(): Promise<void>
}

/** Debian's docker-registry over TLS as `host`, empty, with its files in `directory`. */
export async function startPlainRegistry(host: string, directory: string): Promise<PlainRegistry> {
  const registryPort = await freePort()
  const { ca, cert, key } = await makeCertificates([host])
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(directory, name)
    await writeFile(path, content, { mode: 0o600 })
    return path
  }
  const configuration = {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'store') }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${registryPort}`,
      tls: { certificate: await file('registry.crt', cert), key: await file('registry.key', key) },
    },
  }
  // JSON is YAML, too.
  const configured = await file('registry.yml', JSON.stringify(configuration))
  const log = join(directory, 'registry.log')
  const registry = new Background('docker-registry', ['serve', configured], { env: { PATH: process.env.PATH }, log })
  await registry.waitUntil(() => httpsStatus({ port: registryPort, servername: host, ca, path: '/v2/' }))
  return { registryPort, ca, close: () => registry.stop() }
}
