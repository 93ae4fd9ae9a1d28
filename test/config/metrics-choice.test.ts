import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './environment.ts'

const ECS = { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/0' }
const REGION = { REGION: 'eu-central-1' }

for (const [environment, choice] of [
  [{}, { to: 'off', reason: 'neither METRICS nor REGION is set, and this is not ECS' }],
  [REGION, { to: 'cloudwatch', region: 'eu-central-1', reason: 'REGION is set' }],
  [
    { ...REGION, ...ECS },
    { to: 'cloudwatch', region: 'eu-central-1', reason: 'REGION is set' },
  ],
  [ECS, { to: 'emf', reason: 'this is ECS, and REGION is not set' }],
  [
    { ...REGION, METRICS: 'cloudwatch' },
    { to: 'cloudwatch', region: 'eu-central-1', reason: 'METRICS=cloudwatch' },
  ],
  [{ METRICS: 'emf' }, { to: 'emf', reason: 'METRICS=emf' }],
  [
    { ...REGION, METRICS: 'emf' },
    { to: 'emf', reason: 'METRICS=emf' },
  ],
  [
    { ...REGION, ...ECS, METRICS: 'off' },
    { to: 'off', reason: 'METRICS=off' },
  ],
] as const) {
  test(`metrics with ${JSON.stringify(environment)} go to ${choice.to}`, () => {
    assert.deepEqual(load(environment).metrics, choice)
  })
}
