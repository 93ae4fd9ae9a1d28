import { errorCode } from '../error-code.ts'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { askHealth } from './ask-health.ts'
import type { Listener } from './listener.ts'
import type { PortState } from '../doctor/port.ts'
import { HEALTHCHECK_MS } from '../limits.ts'
import { isWithoutIpv6, listenProblem } from '../listen-problem.ts'

/** Listens for a moment, as the proxy would; what is in the way is asked whether it is one. */
export async function portState(variable: 'PORT' | 'STATUS_PORT', listener: Listener): Promise<PortState> {
  const { host, port } = listener
  const code = await listenCode(host, port)
  if (code === undefined) return 'free'
  if (isWithoutIpv6(host, code)) return portState(variable, { ...listener, host: '0.0.0.0' })
  if (code === 'EADDRINUSE' && (await isOurs(listener))) return 'ours'
  return { problem: listenProblem(code, { port: variable, host: 'HOST' }, host, port) }
}

async function listenCode(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    return errorCode(error) ?? 'unknown error'
  }
  server.close()
  await once(server, 'close')
  return undefined
}

async function isOurs(listener: Listener): Promise<boolean> {
  try {
    const { status, body } = await askHealth(listener, HEALTHCHECK_MS)
    return status === 200 && body === '{"status":"ok"}'
  } catch {
    // Whatever it speaks, it is not ours.
    return false
  }
}
