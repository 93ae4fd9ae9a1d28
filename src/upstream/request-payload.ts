import type { IncomingMessage } from 'node:http'
import type { Call } from '../client/call.ts'
import type { Presence } from '../client/presence.ts'
import { announcedLength, hasBody, readManifest } from '../client/request-body.ts'
import { RegistryError } from '../registry/errors.ts'
import type { RegistryRequest } from '../registry/request.ts'
import type { Gate } from '../gate.ts'
import type { Repeatable } from './retry-policy.ts'

/** A request's body as it will be sent. */
export type RequestPayload =
  | { kind: 'none' }
  /** In memory, so that it can be sent again. */
  | { kind: 'held'; bytes: Buffer }
  /** Read from the client while it is sent. */
  | { kind: 'stream' }

export const NO_BODY: RequestPayload = { kind: 'none' }
const STREAM: RequestPayload = { kind: 'stream' }

/**
 * Takes a call's body where the registry API has one; at once what there is no need to wait for, which is nearly everything.
 * Throws a RegistryError 400 elsewhere, and for a manifest as readManifest does (docs/request-handling.md: 7, 8).
 */
export function takeBody(
  request: RegistryRequest,
  call: Call,
  presence: Presence,
  heldManifests: Gate,
): RequestPayload | Promise<RequestPayload> {
  if (!hasBody(call.incoming)) return NO_BODY
  if (request.kind === 'manifest' && request.method === 'PUT') {
    return presence.during(readManifest(call, heldManifests)).then((bytes) => ({ kind: 'held', bytes }))
  }
  if (request.kind === 'upload' && request.method !== 'GET' && request.method !== 'DELETE') return STREAM
  throw new RegistryError(400, 'UNSUPPORTED', `${request.method} takes no body here`)
}

/** What of a request with this body may be sent again. */
export function repeatable({ method }: RegistryRequest, { kind }: RequestPayload): Repeatable {
  if (kind === 'stream') return 'never'
  if (kind === 'held') return 'held'
  if (method === 'GET' || method === 'HEAD') return 'safe'
  return method === 'POST' ? 'start' : 'after-refusal'
}

/** Content-Length of a request with this body; undefined where it has none to announce (RFC 9110 section 8.6). */
export function contentLength(method: string, body: RequestPayload, incoming: IncomingMessage): number | undefined {
  if (body.kind === 'held') return body.bytes.length
  if (body.kind === 'stream') return announcedLength(incoming)
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 0 : undefined
}
