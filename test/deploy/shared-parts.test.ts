import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entriesOf, templateText } from './template.ts'

// Each template is whole, so that it can be deployed as it is; a change of one is to reach the other.
const NLB = entriesOf(templateText('nlb.yaml'))
const ALB = entriesOf(templateText('alb.yaml'))

test('the templates differ only where their load balancers do', () => {
  assert.ok(NLB.size > 60)
  const names = new Set([...NLB.keys(), ...ALB.keys()])
  assert.deepEqual(
    [...names].filter((name) => NLB.get(name) !== ALB.get(name)).toSorted(),
    [
      'Conditions/DecryptsSecret',
      'Conditions/Passthrough',
      'Parameters/CertificateArn',
      'Parameters/DrainSeconds',
      'Parameters/LoadBalancerCidrs',
      'Parameters/Tls',
      'Parameters/TlsSecretArn',
      'Parameters/TlsSecretKeyArn',
      'Resources/CertificateAlarm',
      'Resources/ExecutionRole',
      'Resources/Listener',
      'Resources/LoadBalancer',
      'Resources/TargetGroup',
      'Resources/TaskDefinition',
      'Rules/EndedNeedsCertificate',
      'Rules/PassthroughNeedsSecret',
    ].toSorted(),
  )
})

test('their task definitions differ only in TLS and what the load balancer needs', () => {
  const own = (mine: Map<string, string>, other: Map<string, string>): string[] => {
    const others = new Set(other.get('Resources/TaskDefinition')?.split('\n'))
    return (mine.get('Resources/TaskDefinition') ?? '').split('\n').filter((line) => !others.has(line))
  }
  assert.deepEqual(
    own(ALB, NLB).flatMap((line) => /Name: (\w+)/.exec(line)?.[1] ?? []),
    ['TLS', 'KEEP_ALIVE_TIMEOUT', 'TRUST_PROXY'],
  )
  assert.deepEqual(
    own(NLB, ALB).flatMap((line) => /Name: (\w+)/.exec(line)?.[1] ?? []),
    ['TLS', 'TLS_CERTIFICATE', 'TLS_PRIVATE_KEY'],
  )
})
