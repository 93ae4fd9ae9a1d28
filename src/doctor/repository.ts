import type { Upstream } from '../ecr/host.ts'
import { partitionOf } from '../ecr/partition.ts'
import { type Finding, fail, type Outcome, ok, warn } from './finding.ts'
import { troubleOf } from './trouble.ts'

const NAME = 'repository'

/** Asking needs a token. */
export function noRepositoryFinding(): Finding {
  return fail(NAME, 'not asked, because there is no token', 'first see to the token')
}

/** What ECR's answer to a HEAD of a manifest says of the set-up. */
export function repositoryFinding(
  { name, tag }: { name: string; tag: string },
  outcome: Outcome<{ status: number }>,
  upstream: Upstream,
): Finding {
  const what = `${name}:${tag}`
  if ('error' in outcome) {
    return fail(NAME, `${what}: no answer (${troubleOf(outcome.error).code})`, 'first see to the registry')
  }
  const { status } = outcome.value
  switch (status) {
    case 200:
      return ok(NAME, `the manifest of ${what} can be read`)
    case 401:
      return fail(
        NAME,
        `${what}: ECR refuses the token (401)`,
        'see that AWS_ENDPOINT_URL_ECR, if it is set, leads to the ECR that ECR_REGISTRY names',
      )
    case 403:
      return fail(
        NAME,
        `${what}: denied (403)`,
        `allow the role ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:BatchCheckLayerAvailability on ${arnOf(name, upstream)}, and look at the repository’s own policy`,
      )
    case 404:
      return fail(
        NAME,
        `${what} does not exist (404)`,
        `create the repository or push the tag, or name one that exists: aws ecr list-images --repository-name ${name} --region ${upstream.region}`,
      )
    case 429:
      return warn(NAME, `${what}: throttled (429)`, 'try again; see the account’s quotas when it lasts')
    default:
      return fail(NAME, `${what}: ECR answers ${status}`, 'try again; see the AWS Health Dashboard when it lasts')
  }
}

function arnOf(name: string, upstream: Upstream): string {
  return `arn:${partitionOf(upstream).name}:ecr:${upstream.region}:${upstream.account}:repository/${name}`
}
