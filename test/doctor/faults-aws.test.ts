import { simulatorFor } from '../simulator/client.ts'
import { accessDenied, throttlingException } from '../simulator/fault-presets.ts'
import type { FaultAction } from '../simulator/faults.ts'
import { areFound, onToken, set } from './planted.ts'

function awsError(type: string): FaultAction {
  return { kind: 'aws-error', status: 400, type, message: `refused: ${type}` }
}

function tokenOf(proxyEndpoint: string): FaultAction {
  const expiresAt = Date.now() / 1000 + 43_200
  const data = { authorizationToken: 'QVdTOnRlc3Q=', expiresAt, proxyEndpoint }
  return { kind: 'status', status: 200, body: JSON.stringify({ authorizationData: [data] }) }
}

/** The child's clock is off by so much. */
function shifted(ms: number): string {
  return `
    const RealDate = Date
    globalThis.Date = class extends RealDate {
      constructor(...given) { given.length === 0 ? super(RealDate.now() + ${ms}) : super(...given) }
      static now() { return RealDate.now() + ${ms} }
    }`
}

areFound([
  {
    fault: 'no credentials',
    plant: set({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
    found: [
      ['credentials', 'fail', /there are none in any source of the AWS SDK’s default chain$/, /AWS_PROFILE/],
      ['token', 'fail', /no credentials/, /credentials/],
    ],
  },
  {
    fault: 'a container whose credentials cannot be had',
    plant: set({
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/credentials',
    }),
    found: [
      ['credentials', 'fail', /though AWS_CONTAINER_CREDENTIALS_FULL_URI is set$/, /leads to/],
      ['token', 'fail', /no credentials/, /credentials/],
    ],
  },
  {
    fault: 'a role that may not have a token',
    plant: onToken(accessDenied()),
    found: [['token', 'fail', /^AccessDeniedException/, /"Action":"ecr:GetAuthorizationToken"/]],
  },
  {
    fault: 'credentials that have expired',
    plant: onToken(awsError('ExpiredTokenException')),
    found: [['token', 'fail', /^ExpiredTokenException: the credentials have expired/, /aws sso login/]],
  },
  {
    fault: 'an access key that AWS does not know',
    plant: set({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }),
    found: [['token', 'fail', /^UnrecognizedClientException/, /deleted/]],
  },
  {
    fault: 'a secret access key that is another’s',
    plant: set({ AWS_SECRET_ACCESS_KEY: 'wrong' }),
    found: [['token', 'fail', /^InvalidSignatureException: the secret access key/, /same key/]],
  },
  {
    fault: 'throttling',
    plant: onToken(throttlingException()),
    found: [['token', 'fail', /^ThrottlingException/, /try again/]],
  },
  {
    fault: 'an endpoint of another region',
    plant: async ({ environment, simulator }, t) => {
      const elsewhere = await simulatorFor(t, { region: 'eu-west-1' })
      environment['AWS_ENDPOINT_URL_ECR'] = elsewhere.apiEndpoint
      // The same key is known there.
      Object.assign(elsewhere.credentials, simulator.credentials)
    },
    found: [
      ['token', 'fail', /the endpoint is of another region than ECR_REGISTRY’s us-east-1/, /AWS_ENDPOINT_URL_ECR/],
    ],
  },
  {
    fault: 'a token of another region',
    plant: onToken(tokenOf('https://123456789012.dkr.ecr.eu-west-1.amazonaws.com')),
    found: [['token', 'fail', /is one of eu-west-1, and ECR_REGISTRY is in us-east-1/, /AWS_ENDPOINT_URL_ECR/]],
  },
  {
    fault: 'credentials of another account',
    plant: onToken(tokenOf('https://210987654321.dkr.ecr.us-east-1.amazonaws.com')),
    found: [['token', 'warn', /account 210987654321, and ECR_REGISTRY is of 123456789012/, /policy/]],
  },
  {
    fault: 'an ECR API that cannot be reached',
    plant: set({ AWS_ENDPOINT_URL_ECR: 'http://127.0.0.1:1' }),
    found: [['token', 'fail', /^127\.0\.0\.1:1 gives none \(ECONNREFUSED\)/, /com\.amazonaws\.us-east-1\.ecr\.api/]],
  },
  {
    fault: 'a clock that is an hour slow',
    plant: (setUp) => {
      setUp.preload = shifted(-3_600_000)
      // Just made, the certificate would not be valid yet.
      setUp.environment['TLS'] = 'off'
    },
    found: [
      ['token', 'fail', /^InvalidSignatureException: the signature’s time/, /clock/],
      ['clock', 'fail', /^3[56]\d\d s behind AWS’s; signatures are refused/, /synchronise/],
    ],
  },
  {
    fault: 'a clock that is a minute fast',
    plant: (setUp) => {
      setUp.preload = shifted(60_000)
    },
    found: [['clock', 'warn', /^(?:59|6\d) s ahead of AWS’s$/, /synchronise/]],
  },
])
