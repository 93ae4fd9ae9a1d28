import type { Answer } from './exchange.ts'
import type { FaultAction } from './faults.ts'
import { registryError } from './registry-errors.ts'

/** The registry's throttling: no Retry-After, as far as anyone has seen. */
export function rateExceeded(): FaultAction {
  return statusFault(registryError(429, 'TOOMANYREQUESTS', 'Rate exceeded'))
}

/** The denial that names the role, the account and the repository. */
export function notPermitted(operation: string, repository: string, account = '123456789012'): FaultAction {
  const who = `arn:aws:sts::${account}:assumed-role/registry-proxy-task/0f1e2d3c4b5a69788796a5b4c3d2e1f0`
  const resource = `arn:aws:ecr:us-east-1:${account}:repository/${repository}`
  const message =
    `User: ${who} is not authorized to perform: ${operation} on resource: ${resource} ` +
    `because no identity-based policy allows the ${operation} action`
  return statusFault(registryError(403, 'DENIED', message))
}

/** The API's throttling, which the SDK retries. */
export function throttlingException(): FaultAction {
  return { kind: 'aws-error', status: 400, type: 'ThrottlingException', message: 'Rate exceeded' }
}

/** What the API says to a role that may not call GetAuthorizationToken. */
export function accessDenied(account = '123456789012'): FaultAction {
  const who = `arn:aws:sts::${account}:assumed-role/registry-proxy-task/0f1e2d3c4b5a69788796a5b4c3d2e1f0`
  const message =
    `User: ${who} is not authorized to perform: ecr:GetAuthorizationToken on resource: * ` +
    'because no identity-based policy allows the ecr:GetAuthorizationToken action'
  return { kind: 'aws-error', status: 400, type: 'AccessDeniedException', message }
}

function statusFault({ status, headers, body }: Answer): FaultAction {
  return { kind: 'status', status, headers: { ...headers }, body: typeof body === 'string' ? body : '' }
}
