import { createReadStream } from 'node:fs'
import type { RegistryContext } from './context.ts'
import type { Answer, Exchange } from './exchange.ts'
import { blobUnknown, nameUnknown, unsupported } from './registry-errors.ts'

/** HEAD is answered here, GET by the layer host unless the repository is a direct one, DELETE not at all. */
export function blobAnswer(exchange: Exchange, name: string, digest: string, context: RegistryContext): Answer {
  const { method } = exchange
  if (method !== 'GET' && method !== 'HEAD') return unsupported()
  const repository = context.store.repositories.get(name)
  if (repository === undefined) return nameUnknown(name, context.host.account)
  const blob = context.store.blobIn(repository, digest)
  if (blob === undefined) return blobUnknown()
  if (method === 'GET' && !context.behaviour.directBlobs.has(name)) {
    return { status: 307, headers: { Location: context.presigner.sign(context.layerOrigin, blob.objectPath) } }
  }
  return {
    status: 200,
    headers: {
      'Content-Length': String(blob.size),
      // Said of layers, too (solo-io/wasm#129).
      'Content-Type': 'application/vnd.docker.container.image.v1+json',
      'Docker-Content-Digest': digest,
    },
    body: () => createReadStream(blob.file),
  }
}
