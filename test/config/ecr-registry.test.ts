import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load, problemsOf } from './environment.ts'

const PUBLIC =
  'is ECR Public, which needs no credentials to pull and has another kind of token; this proxy serves private ECR only'
const EXPECTED =
  'expected the host name of a private ECR registry, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com'

for (const [host, region, fips, dualStack] of [
  ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'us-west-2', false, false],
  ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true, false],
  ['123456789012.dkr-ecr.us-west-2.on.aws', 'us-west-2', false, true],
  ['123456789012.dkr-ecr-fips.us-west-2.on.aws', 'us-west-2', true, true],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', false, false],
  ['123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'cn-northwest-1', false, true],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', false, false],
  ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', false, false],
  ['123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', false, false],
  ['123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1', false, false],
  ['123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1', false, false],
] as const) {
  test(`ECR_REGISTRY=${host}`, () => {
    assert.deepEqual(load({ ECR_REGISTRY: host }).upstream, {
      host,
      account: '123456789012',
      region,
      fips,
      dualStack,
    })
  })
}

for (const [value, what] of [
  ['public.ecr.aws', PUBLIC],
  ['public.ecr.aws/docker/library/busybox', PUBLIC],
  ['https://public.ecr.aws', PUBLIC],
  ['Public.ECR.aws', PUBLIC],
  ['ecr-public.aws.com', PUBLIC],
  ['http://ecr-public.aws.com', PUBLIC],
  ['not-public.ecr.aws', 'is no host name of a private ECR registry'],
  ['docker.io:5000', 'has a port; write the host name alone'],
  ['docker.io:x', 'is no host name of a private ECR registry'],
  ['docker:5000.io', 'is no host name of a private ECR registry'],
  ['https://123456789012.dkr.ecr.us-east-1.amazonaws.com', 'has a scheme or a path; write the host name alone'],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com/team', 'has a scheme or a path; write the host name alone'],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com:443', 'has a port; write the host name alone'],
  ['docker.io', 'is no host name of a private ECR registry'],
  ['12345678901.dkr.ecr.us-east-1.amazonaws.com', 'is no host name of a private ECR registry'],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com.fake.example.com', 'is no host name of a private ECR registry'],
  ['x123456789012.dkr.ecr.us-east-1.amazonaws.com', 'is no host name of a private ECR registry'],
] as const) {
  test(`ECR_REGISTRY=${value} is refused`, () => {
    assert.deepEqual(problemsOf({ ECR_REGISTRY: value }), [
      `ECR_REGISTRY: ${JSON.stringify(value)} ${what}; ${EXPECTED}`,
    ])
  })
}
