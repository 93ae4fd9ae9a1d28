import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEcrHost } from '../../src/ecr/host.ts'
import { endpointPrefix, layerHostName, partitionOf } from '../../src/ecr/partition.ts'
import { parseRegistryHost } from '../simulator/hosts.ts'

for (const [host, partition] of [
  ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'aws'],
  ['123456789012.dkr.ecr-fips.us-west-2.amazonaws.com', 'aws'],
  ['123456789012.dkr-ecr.us-west-2.on.aws', 'aws'],
  ['123456789012.dkr.ecr.us-gov-west-1.amazonaws.com', 'aws-us-gov'],
  ['123456789012.dkr-ecr-fips.us-gov-west-1.on.aws', 'aws-us-gov'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'aws-cn'],
  ['123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'aws-cn'],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'aws-eusc'],
  ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'aws-iso'],
  ['123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'aws-iso-b'],
  ['123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'aws-iso-e'],
  ['123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'aws-iso-f'],
] as const) {
  test(`${host} is of ${partition}, and its layer host of the same domain`, () => {
    const upstream = parseEcrHost(host) ?? assert.fail('no ECR host')
    assert.equal(partitionOf(upstream).name, partition)
    assert.equal(layerHostName(upstream), parseRegistryHost(host).layerHost)
  })
}

for (const [host, prefix] of [
  ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2'],
  ['123456789012.dkr.ecr.us-gov-west-1.amazonaws.com', 'com.amazonaws.us-gov-west-1'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn.com.amazonaws.cn-north-1'],
  ['123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'cn.com.amazonaws.cn-north-1'],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eu.amazonaws.eusc-de-east-1'],
  ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'gov.ic.c2s.us-iso-east-1'],
] as const) {
  test(`names of VPC endpoints for ${host} begin with ${prefix}`, () => {
    assert.equal(endpointPrefix(parseEcrHost(host) ?? assert.fail('no ECR host')), prefix)
  })
}
