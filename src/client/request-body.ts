import type { IncomingMessage } from 'node:http'
import { RegistryError } from '../registry/errors.ts'
import { MANIFEST_BODY_MS, MANIFEST_BYTES } from '../limits.ts'
import type { Gate } from '../gate.ts'
import { GrowingBuffer } from '../growing-buffer.ts'
import type { Call } from './call.ts'
import { ClientGoneError } from './presence.ts'
import { unavailable } from './unavailable.ts'

/**
 * Whether a request has a body: not with Content-Length 0, nor with neither Content-Length nor Transfer-Encoding
 * (RFC 9112 section 6.3), whatever its Content-Type says; crane labels its empty POST as JSON.
 */
export function hasBody(incoming: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  return encoding !== undefined || (length !== undefined && Number(length) !== 0)
}

/** The announced length of a body in bytes; undefined for a chunked one. */
export function announcedLength(incoming: IncomingMessage): number | undefined {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers
  return encoding === undefined && length !== undefined ? Number(length) : undefined
}

/**
 * Reads a manifest whole, so that it can be sent again; its bytes stay inside `room` until the call has ended. Throws a
 * RegistryError: 413 over 4 MiB, 408 when it has not come within two minutes, 503 when there is no room.
 */
export async function readManifest(call: Call, room: Gate): Promise<Buffer> {
  const { incoming, record } = call
  if ((announcedLength(incoming) ?? 0) > MANIFEST_BYTES) throw tooLarge()
  return new Promise((resolve, reject) => {
    const held = new GrowingBuffer(MANIFEST_BYTES)
    const timer = setTimeout(() => finish(() => reject(stalled())), MANIFEST_BODY_MS).unref()
    const onData = (chunk: Buffer): void => {
      record.bytesIn += chunk.length
      if (held.length + chunk.length > MANIFEST_BYTES) return finish(() => reject(tooLarge()))
      if (!room.enter(chunk.length)) {
        record.shed = 'heldManifests'
        return finish(() => reject(unavailable('too many manifests are on their way')))
      }
      held.append(chunk)
    }
    const onEnd = (): void => finish(() => resolve(held.bytes()))
    const onClose = (): void => finish(() => reject(new ClientGoneError('the client left during its upload')))
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      incoming.off('data', onData).off('end', onEnd).off('close', onClose)
      settle()
    }
    incoming.on('data', onData).on('end', onEnd).on('close', onClose)
    call.onEnd(() => {
      // Nothing may come in any more that nobody would take out.
      onClose()
      room.leave(held.length)
    })
  })
}

function stalled(): RegistryError {
  return new RegistryError(408, 'MANIFEST_INVALID', 'the request body did not come in time')
}

function tooLarge(): RegistryError {
  return new RegistryError(413, 'SIZE_INVALID', `a manifest may have at most ${MANIFEST_BYTES} bytes`)
}
