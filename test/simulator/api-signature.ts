import { awsError } from './aws-error.ts'
import type { Answer, Exchange } from './exchange.ts'
import type { Scope } from './sigv4.ts'
import { amzDateOf, parseAmzDate, scopeText, sha256, signatureOf } from './sigv4.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const MAX_SKEW_MS = 5 * 60_000

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/

/** What a service knows of its callers. */
export interface Callers {
  readonly credentials: Credentials
  /** Key ids of sessions that a policy denies everything to. */
  readonly revoked?: ReadonlySet<string>
}

/** AWS's refusal of a request, or undefined when it was signed with the callers' credentials for `region` and `service`. */
export function refusalOf(
  exchange: Exchange,
  body: Buffer,
  { credentials, revoked }: Callers,
  region: string,
  service: string,
): Answer | undefined {
  const { authorization } = exchange.headers
  if (authorization === undefined)
    return awsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const [, keyId, date, signedRegion, signedService, signedHeaders, signature] = AUTHORIZATION.exec(authorization) ?? []
  if (keyId === undefined || date === undefined || signedRegion === undefined) return incomplete()
  if (signedService === undefined || signedHeaders === undefined || signature === undefined) return incomplete()
  if (revoked?.has(keyId) === true) return awsError('AccessDeniedException', REVOKED)
  if (keyId !== credentials.accessKeyId) {
    return awsError('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  if (signedRegion !== region) return invalid('Credential should be scoped to a valid region. ')
  if (signedService !== service) return invalid(`Credential should be scoped to correct service: '${service}'. `)

  const headers = new Map(signedHeaders.split(';').map((name) => [name, headerOf(exchange, name)]))
  const amzDate = headers.get('x-amz-date') ?? ''
  const scope: Scope = { date, region, service }
  const stale = stalenessOf(amzDate, scope)
  if (stale !== undefined) return invalid(stale)
  if (!headers.has('host')) return invalid(MISMATCH)
  const { method, path, query } = exchange
  const expected = signatureOf(
    { method, path, query, headers, payloadHash: sha256(body), amzDate, scope },
    credentials.secretAccessKey,
  )
  return expected === signature ? undefined : invalid(MISMATCH)
}

const REVOKED =
  'User: arn:aws:sts::123456789012:assumed-role/registry-proxy-task/0f1e2d3c is not authorized to perform: ' +
  'ecr:GetAuthorizationToken on resource: * with an explicit deny in an identity-based policy'

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

function stalenessOf(amzDate: string, scope: Scope): string | undefined {
  const signedAt = parseAmzDate(amzDate)
  if (Number.isNaN(signedAt) || !amzDate.startsWith(scope.date)) {
    return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${scopeText(scope)}`
  }
  const now = Date.now()
  const [earliest, latest] = [now - MAX_SKEW_MS, now + MAX_SKEW_MS]
  if (signedAt < earliest) {
    return `Signature expired: ${amzDate} is now earlier than ${amzDateOf(earliest)} (${amzDateOf(now)} - 5 min.)`
  }
  if (signedAt > latest) {
    return `Signature not yet current: ${amzDate} is still later than ${amzDateOf(latest)} (${amzDateOf(now)} + 5 min.)`
  }
  return undefined
}

function headerOf(exchange: Exchange, name: string): string {
  const value = exchange.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

function incomplete(): Answer {
  return awsError(
    'IncompleteSignatureException',
    "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of AWS4-HMAC-SHA256.",
  )
}

function invalid(message: string): Answer {
  return awsError('InvalidSignatureException', message)
}
