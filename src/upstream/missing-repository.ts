import { randomUUID } from 'node:crypto'
import { ClientGoneError } from '../client/presence.ts'
import { RegistryError } from '../registry/errors.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { registryErrors } from '../registry/upstream-error.ts'

/**
 * Why the upstream closed two POSTs without an answer. ECR does that instead of answering 404 when the repository does
 * not exist (containers-roadmap#1970), but a closed connection alone proves nothing: a manifest by a tag that nobody
 * uses is asked for, and only NAME_UNKNOWN means that the repository is missing. Returns the error to answer.
 */
export async function explainClosed(
  request: RegistryRequest,
  ask: (probe: RegistryRequest) => Promise<{ status: number; body: string }>,
): Promise<unknown> {
  const closed = new RegistryError(502, 'UNAVAILABLE', 'the upstream registry closed the connection without an answer')
  if (!('repository' in request)) return closed
  const { repository } = request
  const probe: RegistryRequest = {
    kind: 'manifest',
    method: 'GET',
    query: '',
    repository,
    reference: `ecr-reverse-proxy-probe-${randomUUID()}`,
  }
  try {
    const { status, body } = await ask(probe)
    const errors = status === 404 ? registryErrors(body) : undefined
    return errors?.some(({ code }) => code === 'NAME_UNKNOWN') === true ? missing(repository) : closed
  } catch (error) {
    if (error instanceof ClientGoneError) return error
    return closed
  }
}

function missing(repository: string): RegistryError {
  return new RegistryError(
    404,
    'NAME_UNKNOWN',
    `the repository '${repository}' does not exist in ECR: create it (aws ecr create-repository --repository-name ${repository}), or add a repository creation template that applies to pushes`,
  )
}
