import { randomUUID } from 'node:crypto'
import type { Callers } from './api-signature.ts'
import { refusalOf } from './api-signature.ts'
import { awsError } from './aws-error.ts'
import type { Answer, Exchange, Handler } from './exchange.ts'
import { readBody } from './exchange.ts'
import type { HostForm } from './hosts.ts'
import type { TokenAuthority } from './tokens.ts'

const MAX_BODY_BYTES = 1024 * 1024
const TARGET_PREFIX = 'AmazonEC2ContainerRegistry_V20150921.'

/** The ECR API, as far as a registry client needs it: GetAuthorizationToken in AWS JSON 1.1. */
export function apiHandler(host: HostForm, callers: () => Callers, tokens: TokenAuthority): Handler {
  return async (exchange) => {
    const body = await readBody(exchange.body, MAX_BODY_BYTES)
    const answer =
      body === undefined
        ? awsError('RequestEntityTooLargeException', 'Request is too large.', 413)
        : (refusalOf(exchange, body, callers(), host.region, 'ecr') ?? call(exchange, body, host, tokens))
    return { ...answer, headers: { 'x-amzn-RequestId': randomUUID(), ...answer.headers } }
  }
}

function call(exchange: Exchange, body: Buffer, host: HostForm, tokens: TokenAuthority): Answer {
  const target = exchange.headers['x-amz-target']
  if (exchange.method !== 'POST' || target !== `${TARGET_PREFIX}GetAuthorizationToken`) {
    return awsError('UnknownOperationException', '')
  }
  const registryIds = registryIdsIn(body.toString())
  if (registryIds === undefined) return awsError('SerializationException', '')
  tokens.countCall()
  const token = tokens.issue()
  const accounts = registryIds.length === 0 ? [host.account] : registryIds
  const authorizationData = accounts.map((account) => ({
    authorizationToken: token,
    expiresAt: tokens.expiryOf(token) / 1000,
    proxyEndpoint: `https://${host.canonical.replace(host.account, account)}`,
  }))
  return {
    status: 200,
    headers: { 'Content-Type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ authorizationData }),
  }
}

// One token serves every registry of its region, so the ids only choose the endpoints that are told.
function registryIdsIn(body: string): string[] | undefined {
  try {
    const input: unknown = JSON.parse(body === '' ? '{}' : body)
    if (typeof input !== 'object' || input === null) return undefined
    if (!('registryIds' in input)) return []
    const ids: unknown = input.registryIds
    if (ids === null) return []
    return Array.isArray(ids) && ids.every((id) => typeof id === 'string') ? ids : undefined
  } catch {
    return undefined
  }
}
