import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awsRefusal } from '../../src/doctor/aws-refusal.ts'
import { clockFinding } from '../../src/doctor/clock.ts'
import { configurationFinding } from '../../src/doctor/configuration.ts'
import { announcedSources, credentialsFinding } from '../../src/doctor/credentials.ts'
import { reachabilityFinding, registryOf } from '../../src/doctor/reachability.ts'
import { registryHostName, registryNameFinding } from '../../src/doctor/registry-name.ts'
import { reportText, verdictOf } from '../../src/doctor/report.ts'
import { repositoryFinding } from '../../src/doctor/repository.ts'
import { tokenFinding } from '../../src/doctor/token.ts'
import { troubleOf } from '../../src/doctor/trouble.ts'
import { parseEcrHost } from '../../src/ecr/host.ts'

const UPSTREAM = parseEcrHost('123456789012.dkr.ecr.us-east-1.amazonaws.com') ?? assert.fail('no ECR host')
const NOW = Date.parse('2026-11-24T12:00:00Z')

function withCode(code: string): Error {
  return Object.assign(new Error('of a test'), { code })
}

function named(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name })
}

for (const [error, kind, code] of [
  [withCode('ENOTFOUND'), 'name', 'ENOTFOUND'],
  [withCode('EAI_AGAIN'), 'name', 'EAI_AGAIN'],
  [withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'tls', 'SELF_SIGNED_CERT_IN_CHAIN'],
  [withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [withCode('CERT_HAS_EXPIRED'), 'tls', 'CERT_HAS_EXPIRED'],
  [withCode('UND_ERR_CONNECT_TIMEOUT'), 'connection', 'UND_ERR_CONNECT_TIMEOUT'],
  [new Error('wrapped', { cause: withCode('ECONNRESET') }), 'connection', 'ECONNRESET'],
  [named('TimeoutError'), 'connection', 'TimeoutError'],
  ['text', 'connection', 'text'],
] as const) {
  test(`${code} is trouble with the ${kind}`, () => {
    assert.deepEqual(troubleOf(error), { kind, code })
  })
}

for (const [marks, source] of [
  [['CREDENTIALS_ENV_VARS'], /^from the environment \(AWS_ACCESS_KEY_ID\), access key id ending in MPLE$/],
  [['CREDENTIALS_HTTP'], /^from the container \(an ECS task role, or EKS Pod Identity\)/],
  [['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'CREDENTIALS_STS_ASSUME_ROLE_WEB_ID'], /^from a web identity/],
  [['CREDENTIALS_PROFILE_SOURCE_PROFILE', 'CREDENTIALS_PROFILE', 'CREDENTIALS_STS_ASSUME_ROLE'], /assumes a role/],
  [['CREDENTIALS_PROFILE_SSO', 'CREDENTIALS_SSO'], /^from a profile with SSO/],
  [[], /^from the instance metadata \(IMDSv2\)/],
] as const) {
  test(`credentials marked ${marks.join()}`, () => {
    const { status, text } = credentialsFinding({ value: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', marks } }, NOW, [])
    assert.equal(status, 'ok')
    assert.match(text, source)
    assert.ok(!text.includes('AKIA'))
  })
}

test('credentials that expire later are told with their end, and those that have expired fail', () => {
  const value = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', marks: ['CREDENTIALS_HTTP'] }
  const later = credentialsFinding({ value: { ...value, expiration: new Date(NOW + 1) } }, NOW, [])
  assert.equal(later.status, 'ok')
  assert.match(later.text, /, valid until 2026-11-24T12:00:00\.001Z$/)
  assert.equal(credentialsFinding({ value: { ...value, expiration: new Date(NOW) } }, NOW, []).status, 'fail')
})

for (const [error, text] of [
  [named('CredentialsProviderError'), /none in any source of the AWS SDK’s default chain, though AWS_PROFILE is set$/],
  [named('CredentialsProviderError', 'The SSO session is invalid'), /the SSO session of the profile is not valid/],
  [named('TokenProviderError'), /the source of the credentials fails \(TokenProviderError\)/],
  [withCode('ECONNREFUSED'), /the source of the credentials fails \(ECONNREFUSED\)/],
  ['text', /fails \(unknown error\)/],
] as const) {
  test(`credentials: ${text.source}`, () => {
    const finding = credentialsFinding({ error }, NOW, ['AWS_PROFILE'])
    assert.equal(finding.status, 'fail')
    assert.match(finding.text, text)
  })
}

test('sources that are announced are told, when none has any', () => {
  const error = named('CredentialsProviderError')
  const announced = announcedSources({ AWS_PROFILE: '', AWS_ACCESS_KEY_ID: 'a', AWS_WEB_IDENTITY_TOKEN_FILE: '/b' })
  assert.match(
    credentialsFinding({ error }, NOW, announced).text,
    /AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE are set$/,
  )
  assert.match(credentialsFinding({ error }, NOW, []).cure ?? '', /^give the task/)
})

for (const [seconds, status, text] of [
  [0, 'ok', /^agrees/],
  [29, 'ok', /^agrees/],
  [30, 'warn', /^30 s ahead of AWS’s$/],
  [-299, 'warn', /^299 s behind AWS’s$/],
  [-300, 'fail', /^300 s behind AWS’s; signatures are refused$/],
] as const) {
  test(`a clock that is ${seconds} s ahead is ${status}`, () => {
    const finding = clockFinding([{ there: NOW, here: NOW + seconds * 1000 }])
    assert.equal(finding.status, status)
    assert.match(finding.text, text)
  })
}

test('of several answers the one that disagrees least counts; without any the clock is not known', () => {
  const late = { there: NOW, here: NOW + 60_000 }
  assert.equal(clockFinding([late, { there: NOW, here: NOW }]).status, 'ok')
  assert.match(clockFinding([]).text, /^could not be compared/)
})

test('a name is read out of REGISTRY, whatever its form', () => {
  for (const [registry, name] of [
    ['registry.example.com', 'registry.example.com'],
    ['registry.example.com:5000', 'registry.example.com'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['10.0.0.1:5000', '10.0.0.1'],
  ] as const) {
    assert.equal(registryHostName(registry), name)
  }
  assert.match(registryNameFinding('10.0.0.1:5000', { value: ['10.0.0.1'] }).text, /^10\.0\.0\.1 is an address$/)
})

for (const [name, text] of [
  ['ExpiredToken', /have expired/],
  ['AccessDenied', /may not call/],
  ['InvalidClientTokenId', /does not know/],
  ['RequestTimeTooSkewed', /signature’s time/],
  ['RequestExpired', /signature’s time/],
  ['SignatureDoesNotMatch', /secret access key/],
  ['TooManyRequestsException', /too often/],
  ['RequestLimitExceeded', /too often/],
  ['UnusableTokenError', /^of a test$/],
  ['ServerException', /^ServerException: ECR refuses/],
] as const) {
  test(`${name} has a text and a cure`, () => {
    const refusal = awsRefusal(named(name, 'of a test'), UPSTREAM)
    assert.match(refusal?.text ?? '', text)
    assert.ok((refusal?.cure ?? '').length > 10)
  })
}

test('what AWS did not say is no refusal of its', () => {
  assert.equal(awsRefusal(withCode('ECONNREFUSED'), UPSTREAM), undefined)
  assert.equal(awsRefusal('text', UPSTREAM), undefined)
})

test('a token: what cannot be reached, and an answer that names no registry', () => {
  for (const [error, text] of [
    [withCode('ENOTFOUND'), /^api does not resolve \(ENOTFOUND\)$/],
    [withCode('SELF_SIGNED_CERT_IN_CHAIN'), /^api has no certificate that can be verified/],
    [withCode('ETIMEDOUT'), /^api gives none \(ETIMEDOUT\)$/],
  ] as const) {
    assert.match(tokenFinding({ error }, UPSTREAM, 'api').text, text)
  }
  for (const proxyEndpoint of [undefined, 'https://example.com']) {
    const finding = tokenFinding({ value: { lifetimeMs: 1, proxyEndpoint } }, UPSTREAM, 'api')
    assert.equal(finding.status, 'warn')
  }
})

for (const [outcome, status, text] of [
  [{ value: { status: 401 } }, 'fail', /refuses the token/],
  [{ value: { status: 429 } }, 'warn', /throttled/],
  [{ value: { status: 503 } }, 'fail', /answers 503/],
  [{ error: withCode('ECONNRESET') }, 'fail', /no answer \(ECONNRESET\)/],
] as const) {
  test(`a repository: ${text.source}`, () => {
    const finding = repositoryFinding({ name: 'team/app', tag: 'v1' }, outcome, UPSTREAM)
    assert.equal(finding.status, status)
    assert.match(finding.text, text)
  })
}

test('a registry that takes connections without a token is one, too', () => {
  assert.equal(reachabilityFinding(registryOf(UPSTREAM), { value: { status: 200 } }).status, 'ok')
})

test('a text of several lines is indented, and the worst status is the verdict', () => {
  const finding = configurationFinding(undefined, ['PORT: one', 'HOST: two'])
  assert.match(reportText([finding]), /^fail {2}configuration {2}PORT: one\n {21}HOST: two\n {21}-> set the variables/)
  assert.equal(verdictOf([finding]), 'fail')
  assert.equal(verdictOf([]), 'ok')
  assert.equal(verdictOf([clockFinding([])]), 'warn')
})
