import type { Upstream } from '../ecr/host.ts'

/** What an AWS service says no with, in our words, and what to do. */
export interface Refusal {
  text: string
  cure: string
}

const STATEMENT = '{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"}'

/** Why GetAuthorizationToken was refused; undefined for what is no answer of AWS's. The message may hold an ARN and is not repeated. */
export function awsRefusal(error: unknown, { region }: Upstream): Refusal | undefined {
  if (!(error instanceof Error)) return undefined
  const { name, message } = error
  switch (name) {
    case 'AccessDeniedException':
    case 'AccessDenied':
      return {
        text: `${name}: the credentials may not call ecr:GetAuthorizationToken`,
        cure: `add this statement to the role’s policy, and look for one that denies it: ${STATEMENT}`,
      }
    case 'ExpiredTokenException':
    case 'ExpiredToken':
      return {
        text: `${name}: the credentials have expired`,
        cure: 'get new ones where they come from (`aws sso login`, a new session), and unset AWS_SESSION_TOKEN where a role should serve',
      }
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
      return {
        text: `${name}: AWS does not know the access key id, or its session token`,
        cure: `the key was deleted or is inactive, is of another partition, or the region ${region} is not enabled in its account; use another one`,
      }
    case 'InvalidSignatureException':
    case 'SignatureDoesNotMatch':
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return signatureRefusal(name, message, region)
    case 'ThrottlingException':
    case 'TooManyRequestsException':
    case 'RequestLimitExceeded':
      return {
        text: `${name}: the account asks for tokens too often`,
        cure: 'wait a minute and try again; find what else in the account calls GetAuthorizationToken all the time',
      }
    case 'UnusableTokenError':
      return { text: message, cure: 'see what AWS_ENDPOINT_URL_ECR leads to; ECR itself does not answer so' }
    default:
      return name.endsWith('Exception')
        ? { text: `${name}: ECR refuses to give one`, cure: `look up ${name} in the reference of ECR’s API` }
        : undefined
  }
}

/** One name for three things that are set right in three places. */
function signatureRefusal(name: string, message: string, region: string): Refusal {
  if (/valid region|correct region/i.test(message)) {
    return {
      text: `${name}: the endpoint is of another region than ECR_REGISTRY’s ${region}`,
      cure: `set AWS_ENDPOINT_URL_ECR to an endpoint of ${region}, or unset it`,
    }
  }
  if (name.startsWith('Request') || /expired|not yet current/i.test(message)) {
    return { text: `${name}: the signature’s time is not AWS’s`, cure: 'synchronise the clock of this host' }
  }
  return {
    text: `${name}: the secret access key does not belong to the access key id`,
    cure: 'set both from the same key; a secret with a line break at its end, or shortened, gives this, too',
  }
}
