import { type Finding, fail, type Outcome, ok } from './finding.ts'
import { troubleOf } from './trouble.ts'

/** What may be shown of credentials. */
export interface ShownCredentials {
  accessKeyId: string
  /** What the SDK notes of the way that they came. */
  marks: readonly string[]
  expiration?: Date | undefined
}

const NAME = 'credentials'

/** By the SDK's marks, the most telling first: a profile that assumes a role has several. */
const SOURCES: readonly (readonly [mark: string, source: string])[] = [
  ['CREDENTIALS_PROFILE_SSO', 'a profile with SSO'],
  ['CREDENTIALS_PROFILE_SSO_LEGACY', 'a profile with SSO'],
  ['CREDENTIALS_PROFILE_LOGIN', 'a profile with a login session'],
  ['CREDENTIALS_PROFILE_PROCESS', 'a profile with credential_process'],
  ['CREDENTIALS_PROFILE_STS_WEB_ID_TOKEN', 'a profile with a web identity'],
  ['CREDENTIALS_PROFILE_NAMED_PROVIDER', 'a profile with credential_source'],
  ['CREDENTIALS_PROFILE_SOURCE_PROFILE', 'a profile that assumes a role'],
  ['CREDENTIALS_PROFILE', 'keys of a profile'],
  ['CREDENTIALS_PROCESS', 'a profile with credential_process'],
  ['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'a web identity (AWS_WEB_IDENTITY_TOKEN_FILE, as IRSA sets it)'],
  ['CREDENTIALS_ENV_VARS', 'the environment (AWS_ACCESS_KEY_ID)'],
  ['CREDENTIALS_HTTP', 'the container (an ECS task role, or EKS Pod Identity)'],
]

/** Variables that lead the SDK to a source; it does not say which of them failed. */
const ANNOUNCEMENTS = [
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
]

/** Those of these variables that are set. */
export function announcedSources(environment: Readonly<Record<string, string | undefined>>): string[] {
  return ANNOUNCEMENTS.filter((name) => (environment[name] ?? '') !== '')
}

/** Whether the SDK's default chain finds credentials, and which of its sources has them; `announced` are those that should. */
export function credentialsFinding(
  outcome: Outcome<ShownCredentials>,
  now: number,
  announced: readonly string[],
): Finding {
  if ('error' in outcome) return missing(outcome.error, announced)
  const { accessKeyId, marks, expiration } = outcome.value
  // The instance metadata is the only source that leaves no mark.
  const source = SOURCES.find(([mark]) => marks.includes(mark))?.[1] ?? 'the instance metadata (IMDSv2)'
  const text = `from ${source}, access key id ending in ${accessKeyId.slice(-4)}`
  if (expiration === undefined) return ok(NAME, text)
  const until = expiration.toISOString()
  if (expiration.getTime() > now) return ok(NAME, `${text}, valid until ${until}`)
  return fail(
    NAME,
    `${text}, expired at ${until}`,
    'get new ones where these come from (`aws sso login`, a new session)',
  )
}

function missing(error: unknown, announced: readonly string[]): Finding {
  const name = error instanceof Error ? error.name : 'unknown error'
  if (name !== 'CredentialsProviderError') {
    return fail(
      NAME,
      `the source of the credentials fails (${name === 'Error' ? troubleOf(error).code : name})`,
      'look at what the source says: the container’s or the instance’s metadata, STS for a web identity, or the profile’s own program',
    )
  }
  if (error instanceof Error && /\bSSO\b/.test(error.message)) {
    return fail(NAME, 'the SSO session of the profile is not valid', 'run `aws sso login` for it')
  }
  const where =
    announced.length === 0 ? '' : `, though ${announced.join(' and ')} ${announced.length === 1 ? 'is' : 'are'} set`
  return fail(
    NAME,
    `there are none in any source of the AWS SDK’s default chain${where}`,
    announced.length === 0
      ? 'give the task, pod or instance a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
      : `see that what ${announced.join(' and ')} leads to is there, whole, and answers`,
  )
}
