import type { Drain } from './drain.ts'
import type { TokenSource } from './ecr/token-source.ts'

/** Why the service is not ready, or undefined when it is. An error is named by its type and code alone: its text may hold an ARN. */
export function notReadyReason(drain: Drain, tokens: TokenSource): string | undefined {
  if (drain.draining) return 'shutting down'
  if (tokens.current !== undefined) return undefined
  const { lastError } = tokens
  if (!(lastError instanceof Error)) return 'no valid ECR token yet'
  const code = 'code' in lastError && typeof lastError.code === 'string' ? ` ${lastError.code}` : ''
  return `no valid ECR token: ${lastError.name}${code}`
}
