import { setTimeout as sleep } from 'node:timers/promises'
import { awsError } from './aws-error.ts'
import type { Answer, Cut, Exchange, Handler, Outcome } from './exchange.ts'
import { drain } from './exchange.ts'
import type { FaultAction } from './faults.ts'

/** Runs `handler` with the fault in its way. */
export async function withFault(
  action: FaultAction | undefined,
  exchange: Exchange,
  handler: Handler,
): Promise<Outcome> {
  if (action === undefined) return handler(exchange)
  switch (action.kind) {
    case 'status':
      if (action.drain === true) await drain(exchange.body)
      return statusAnswer(action)
    case 'delay':
      await sleep(action.ms, undefined, { ref: false })
      return handler(exchange)
    case 'delay-answer': {
      const outcome = await handler(exchange)
      await sleep(action.ms, undefined, { ref: false })
      return outcome
    }
    case 'stall':
      await drain(exchange.body)
      return { silence: true }
    case 'stall-reading':
      return { silence: true }
    case 'reset-before':
      return { hangUp: action.rst === true ? 'rst' : 'fin' }
    case 'reset-after-bytes':
      await drain(exchange.body, action.requestBytes)
      return { hangUp: action.rst === true ? 'rst' : 'fin' }
    case 'reset-body':
      return cutShort(await handler(exchange), { afterBytes: action.bytes, by: 'fin' })
    case 'stall-body':
      return cutShort(await handler(exchange), { afterBytes: action.bytes, by: 'stall' })
    case 'headers':
      return withHeaders(await handler(exchange), action.set)
    case 'aws-error':
      return awsError(action.type, action.message, action.status)
    default:
      return action satisfies never
  }
}

function statusAnswer(action: Extract<FaultAction, { kind: 'status' }>): Answer {
  const body = action.body ?? ''
  const contentType = String(body).startsWith('{') ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8'
  return {
    status: action.status,
    headers: withoutDoubles({ 'Content-Type': contentType }, action.headers ?? {}),
    body,
    thenClose: action.thenClose === true,
  }
}

function cutShort(outcome: Outcome, cut: Cut): Outcome {
  return 'status' in outcome ? { ...outcome, cut } : outcome
}

function withHeaders(outcome: Outcome, set: Record<string, string>): Outcome {
  return 'status' in outcome ? { ...outcome, headers: withoutDoubles(outcome.headers ?? {}, set) } : outcome
}

// Header names are written as given, so one that differs in case only would be sent twice.
function withoutDoubles(
  headers: Readonly<Record<string, string>>,
  set: Record<string, string>,
): Record<string, string> {
  const names = new Set(Object.keys(set).map((name) => name.toLowerCase()))
  const kept = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...set }
}
