import { errorCode } from '../error-code.ts'
import { HEALTHCHECK_MS } from '../limits.ts'
import { askHealth, healthUrl } from '../probes/ask-health.ts'
import { listenerOf } from '../probes/listener.ts'

/** Whether the proxy that this environment configures serves, in one line. */
export async function healthcheck(environment: NodeJS.ProcessEnv): Promise<{ healthy: boolean; text: string }> {
  const listener = listenerOf(environment)
  if ('problem' in listener) return { healthy: false, text: `unhealthy: ${listener.problem}` }
  const url = healthUrl(listener)
  try {
    const { status } = await askHealth(listener, HEALTHCHECK_MS)
    return status === 200
      ? { healthy: true, text: `healthy: ${url} answers 200` }
      : { healthy: false, text: `unhealthy: ${url} answers ${status}; expected 200` }
  } catch (error) {
    return { healthy: false, text: `unhealthy: ${url} does not answer (${reasonOf(error)})` }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError') return `nothing within ${HEALTHCHECK_MS} ms`
  return errorCode(error) ?? error.message
}
