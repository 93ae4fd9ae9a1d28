import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameRegistry, parseEcrHost, type Upstream } from '../../src/ecr/host.ts'

const CANONICAL = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

function upstream(host: string): Upstream {
  return parseEcrHost(host) ?? assert.fail(`${host} is no ECR host`)
}

// Every form itself is told in the tests of the configuration; here is what only looks like one.
for (const host of [
  '',
  'amazonaws.com',
  'dkr.ecr.us-east-1.amazonaws.com',
  '12345678901.dkr.ecr.us-east-1.amazonaws.com',
  '1234567890123.dkr.ecr.us-east-1.amazonaws.com',
  'x.123456789012.dkr.ecr.us-east-1.amazonaws.com',
  `${CANONICAL}.fake.example.com`,
  `${CANONICAL}.`,
  `${CANONICAL}:443`,
  `${CANONICAL}\n`,
  ` ${CANONICAL}`,
  `https://${CANONICAL}`,
  `${CANONICAL}/v2/`,
  `user@${CANONICAL}`,
  '123456789012.dkr.ecr.us-east-1.amazonawsXcom',
  '123456789012.dkr.ecr..amazonaws.com',
  '123456789012.dkr.ecr.-us-east-1.amazonaws.com',
  '123456789012.dkr.ecr.us.east.1.amazonaws.com',
  '123456789012.dkr.ecr.us_east_1.amazonaws.com',
  '123456789012.dkr-ecr.us-east-1.amazonaws.com',
  '123456789012.dkr.ecr.us-east-1.on.aws',
  '123456789012.dkr.ecr-fips.us-east-1.on.aws',
  '123456789012.dkr.ecr-fipsy.us-east-1.amazonaws.com',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com.de',
  '123456789012.dkr.ecr.us-east-1.c2s.ic.gov.example',
  '１２３４５６７８９０１２.dkr.ecr.us-east-1.amazonaws.com',
  'public.ecr.aws',
]) {
  test(`${JSON.stringify(host)} is no private ECR registry`, () => assert.equal(parseEcrHost(host), undefined))
}

test('a host name has no case', () => {
  assert.equal(upstream('123456789012.DKR.ECR.US-East-1.AmazonAWS.com').host, CANONICAL)
})

for (const other of [
  '123456789012.dkr.ecr.us-east-1.amazonaws.com',
  '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com',
  '123456789012.dkr-ecr.us-east-1.on.aws',
  '123456789012.dkr-ecr-fips.us-east-1.on.aws',
]) {
  for (const configured of [CANONICAL, '123456789012.dkr-ecr.us-east-1.on.aws']) {
    test(`${other} is one registry with ${configured}`, () => {
      assert.equal(isSameRegistry(other, upstream(configured)), true)
    })
  }
}

for (const other of [
  '210987654321.dkr.ecr.us-east-1.amazonaws.com',
  '123456789012.dkr.ecr.us-east-2.amazonaws.com',
  'prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com',
  `${CANONICAL}.evil.example`,
  'evil.example',
  '',
]) {
  test(`'${other}' is another registry, or none`, () => assert.equal(isSameRegistry(other, upstream(CANONICAL)), false))
}
