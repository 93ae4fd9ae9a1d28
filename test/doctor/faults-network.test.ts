import { notPermitted } from '../simulator/fault-presets.ts'
import { answering } from '../support/answering.ts'
import { areFound, set } from './planted.ts'
import { LAYER_HOST } from './set-up.ts'

areFound([
  {
    fault: 'a registry that does not resolve',
    plant: ({ ports, simulator }) => {
      delete ports[simulator.registryHost]
    },
    found: [['registry', 'fail', /does not resolve \(ENOTFOUND\)/, /ecr\.dkr/]],
  },
  {
    fault: 'a registry that refuses connections',
    plant: ({ ports, simulator }) => {
      ports[simulator.registryHost] = 1
    },
    found: [['registry', 'fail', /cannot be reached \(ECONNREFUSED\)/, /NAT gateway/]],
  },
  {
    fault: 'TLS that something ends on the way to the registry',
    plant: ({ ports, simulator }) => {
      // What answers there is one of the same authority, for another name.
      ports[simulator.registryHost] = simulator.layerPort
    },
    found: [['registry', 'fail', /no certificate that can be verified \(ERR_TLS_CERT_ALTNAME_INVALID\)/, /NODE_EXTRA/]],
  },
  {
    fault: 'something on the way that answers in the registry’s place',
    plant: ({ simulator }) => {
      simulator.faults.add({ path: /^\/v2\/$/, action: { kind: 'status', status: 502 } })
    },
    found: [['registry', 'fail', /answers 502/, /200 or 401/]],
  },
  {
    fault: 'a layer host that cannot be reached',
    plant: ({ ports }) => {
      ports[LAYER_HOST] = 1
    },
    found: [
      ['layer host', 'warn', /^prod-us-east-1-starport.*cannot be reached \(ECONNREFUSED\)/, /the proxy needs none/],
    ],
  },
  {
    fault: 'a CloudWatch that cannot be reached',
    plant: set({ AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:1' }),
    found: [['CloudWatch', 'fail', /^127\.0\.0\.1:1 cannot be reached/, /monitoring; or set METRICS/]],
  },
  {
    fault: 'an endpoint of CloudWatch without TLS',
    plant: async ({ environment }, t) => {
      const port = await answering(t, (_request, response) => response.writeHead(404).end())
      environment['AWS_ENDPOINT_URL_CLOUDWATCH'] = `http://127.0.0.1:${port}`
    },
    found: [['CloudWatch', 'warn', /^127\.0\.0\.1:\d+ answers, without TLS$/, /AWS_ENDPOINT_URL/]],
  },
  {
    fault: 'an endpoint of CloudWatch that is no URL',
    plant: set({ AWS_ENDPOINT_URL_CLOUDWATCH: 'monitoring' }),
    found: [['CloudWatch', 'fail', /cannot be reached \(ERR_INVALID_URL\)/, /set METRICS/]],
  },
  {
    fault: 'a repository that may not be read',
    plant: ({ simulator }) => {
      simulator.faults.add({ method: 'HEAD', action: notPermitted('ecr:BatchGetImage', 'team/app') })
    },
    options: ['--repository', 'team/app:v1'],
    found: [['repository', 'fail', /denied \(403\)/, /arn:aws:ecr:us-east-1:123456789012:repository\/team\/app/]],
  },
  {
    fault: 'a tag that does not exist',
    plant: () => {},
    options: ['--repository', 'team/app'],
    found: [
      [
        'repository',
        'fail',
        /^team\/app:latest does not exist \(404\)/,
        /aws ecr list-images --repository-name team\/app/,
      ],
    ],
  },
])
