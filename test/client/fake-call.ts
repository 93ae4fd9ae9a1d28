import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Call, type CallOwner } from '../../src/client/call.ts'

export const NOBODY: CallOwner = { ownHeaders: () => [], ended: () => {} }

/** A call without a connection: a test pushes its request body, and takes what is written by `assignSocket`. */
export function callWith(headers: Record<string, string>): Call {
  const incoming = new IncomingMessage(new Socket())
  Object.assign(incoming.headers, headers)
  return new Call(incoming, new ServerResponse(incoming), NOBODY)
}
