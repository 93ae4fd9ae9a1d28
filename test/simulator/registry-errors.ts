import type { Answer } from './exchange.ts'

/** An error in the registry's frame, with the newline that ECR's has. */
export function registryError(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify({ errors: [{ code, message }] })}\n`,
  }
}

export function nameUnknown(repository: string, account: string): Answer {
  const message = `The repository with name '${repository}' does not exist in the registry with id '${account}'`
  return registryError(404, 'NAME_UNKNOWN', message)
}

export function manifestUnknown(): Answer {
  return registryError(404, 'MANIFEST_UNKNOWN', 'Requested image not found')
}

export function blobUnknown(): Answer {
  return registryError(404, 'BLOB_UNKNOWN', 'Requested blob not found')
}

export function uploadUnknown(): Answer {
  return registryError(404, 'BLOB_UPLOAD_UNKNOWN', 'Requested upload not found')
}

/** On ECR a bad parameter is a 405. */
export function invalidParameter(parameter: string, constraint: string): Answer {
  return registryError(
    405,
    'UNSUPPORTED',
    `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`,
  )
}

export function unsupported(): Answer {
  return registryError(405, 'UNSUPPORTED', 'The operation is unsupported.')
}

export function tagInvalid(tag: string, repository: string): Answer {
  const message =
    `The image tag '${tag}' already exists in the '${repository}' repository ` +
    'and cannot be overwritten because the repository is immutable.'
  return registryError(400, 'TAG_INVALID', message)
}

/** What a manifest refers to and the repository does not have: layers of an image, images of an index. */
export function missingReferences(
  what: 'Layers' | 'Images',
  digests: string[],
  repository: string,
  account: string,
): Answer {
  const message =
    `${what} with digests '[${digests.join(', ')}]' required for pushing image into repository ` +
    `with name '${repository}' in the registry with id '${account}' do not exist`
  return registryError(404, 'MANIFEST_BLOB_UNKNOWN', message)
}

export function layerDigestMismatch(): Answer {
  const message = 'None of the provided layer digests match the calculated layer digest'
  return registryError(400, 'BLOB_UPLOAD_INVALID', message)
}

export function layerPartTooSmall(): Answer {
  const message = 'All layer parts except the last part should be at least 5MB'
  return registryError(400, 'BLOB_UPLOAD_INVALID', message)
}

export function wrongFirstByte(got: number, expected: number): Answer {
  const message = `First byte of the layer part is ${got} instead of ${expected}`
  return registryError(416, 'BLOB_UPLOAD_INVALID', message)
}

/** Plain text, not JSON, and the same for no credentials and for garbage. */
export function notAuthorized(registryHost: string): Answer {
  return {
    status: 401,
    headers: {
      'Www-Authenticate': `Basic realm="https://${registryHost}/",service="ecr.amazonaws.com"`,
      'Content-Type': 'text/plain; charset=utf-8',
    },
    body: 'Not Authorized\n',
  }
}

export function tokenExpired(): Answer {
  return registryError(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.')
}
