import { blobAnswer } from './blobs.ts'
import type { RegistryContext } from './context.ts'
import type { Answer, Exchange, Handler, Outcome } from './exchange.ts'
import { catalogAnswer, tagsAnswer } from './lists.ts'
import { manifestAnswer } from './manifests.ts'
import { referrersAnswer } from './referrers.ts'
import { invalidParameter, notAuthorized, tokenExpired, unsupported } from './registry-errors.ts'
import { isRepositoryName, parseRoute } from './route.ts'
import { uploadAnswer } from './uploads.ts'

/** Plays `A.dkr.ecr.R.amazonaws.com`. */
export function registryHandler(context: RegistryContext): Handler {
  return async (exchange) => {
    const outcome = refusalOf(exchange, context) ?? (await dispatch(exchange, context))
    return 'status' in outcome ? withCommonHeaders(outcome, context) : outcome
  }
}

// Ahead of everything else: not even the existence of a route shows without a token.
function refusalOf(exchange: Exchange, { tokens, behaviour, host }: RegistryContext): Answer | undefined {
  const verdict = tokens.judge(exchange.headers.authorization)
  if (verdict === 'live') return undefined
  if (verdict === 'expired' && behaviour.expiredToken === 403) return tokenExpired()
  return notAuthorized(host.host)
}

async function dispatch(exchange: Exchange, context: RegistryContext): Promise<Outcome> {
  const route = parseRoute(exchange.path)
  if (route === undefined) {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
    return { status: 404, headers, body: '404 page not found\n' }
  }
  if ('repository' in route && !isRepositoryName(route.repository)) {
    const pattern = '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'
    return invalidParameter('repositoryName', `must satisfy regular expression '${pattern}'`)
  }
  switch (route.kind) {
    case 'ping':
      return isRead(exchange)
        ? { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{}' }
        : unsupported()
    case 'catalog':
      return isRead(exchange) ? catalogAnswer(exchange, context) : unsupported()
    case 'tags':
      return isRead(exchange) ? tagsAnswer(exchange, route.repository, context) : unsupported()
    case 'referrers':
      return isRead(exchange) ? referrersAnswer(exchange, route.repository, route.digest, context) : unsupported()
    case 'manifest':
      return manifestAnswer(exchange, route.repository, route.reference, context)
    case 'blob':
      return blobAnswer(exchange, route.repository, route.digest, context)
    case 'uploads':
      return uploadAnswer(exchange, route.repository, undefined, context)
    case 'upload':
      return uploadAnswer(exchange, route.repository, route.id, context)
    default:
      return route satisfies never
  }
}

function isRead({ method }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD'
}

function withCommonHeaders(answer: Answer, { behaviour }: RegistryContext): Answer {
  const common = { 'Docker-Distribution-Api-Version': 'registry/2.0' }
  const sizes = behaviour.emptySizesHeader ? { Sizes: '' } : {}
  return { ...answer, headers: { ...common, ...sizes, ...answer.headers } }
}
