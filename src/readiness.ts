import { errorCode } from './error-code.ts'
import type { TokenSource } from './ecr/token-source.ts'

/**
 * Why the service is not ready, or undefined when it is; `others` is why it is not as a whole, whatever this process can.
 * An error is named by its type and code alone: its text may hold an ARN.
 */
export function notReadyReason(
  { draining }: { readonly draining: boolean },
  tokens: Pick<TokenSource, 'current' | 'lastError'>,
  others?: string,
): string | undefined {
  if (draining) return 'shutting down'
  if (others !== undefined) return others
  if (tokens.current !== undefined) return undefined
  const { lastError } = tokens
  if (!(lastError instanceof Error)) return 'no valid ECR token yet'
  const code = errorCode(lastError)
  return `no valid ECR token: ${lastError.name}${code === undefined ? '' : ` ${code}`}`
}
