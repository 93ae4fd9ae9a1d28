import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, listOf } from '../deploy/json.ts'
import { complaints, objectsOf, rendered } from './tools.ts'

/** The oldest that knows all that is used here, and the newest that the validator knows. */
const VERSIONS = ['1.31', '1.37']
const OVERLAYS = ['irsa', 'pod-identity']

for (const overlay of OVERLAYS) {
  const yaml = rendered(overlay)
  const objects = new Map(objectsOf(yaml).map((object) => [String(at(object, 'kind')), object]))
  const pod = at(objects.get('Deployment'), 'spec', 'template')
  const container = at(pod, 'spec', 'containers', 0)

  for (const version of VERSIONS) {
    test(`${overlay} is valid in Kubernetes ${version}`, () => assert.equal(complaints(yaml, version), ''))
  }

  test(`${overlay} has what a service needs`, () => {
    assert.deepEqual([...objects.keys()].toSorted(), [
      'ConfigMap',
      'Deployment',
      'Namespace',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ])
  })

  test(`${overlay}: the pods get the settings, and the certificate where these say`, () => {
    const settings = objects.get('ConfigMap')
    assert.equal(at(container, 'envFrom', 0, 'configMapRef', 'name'), at(settings, 'metadata', 'name'))
    assert.notEqual(at(settings, 'metadata', 'name'), 'settings')
    assert.match(String(at(settings, 'data', 'ECR_REGISTRY')), /^\d{12}\.dkr\.ecr\./)
    const [mount] = listOf(at(container, 'volumeMounts'))
    const directory = String(at(mount, 'mountPath'))
    assert.equal(at(settings, 'data', 'TLS_CERTIFICATE'), `${directory}/tls.crt`)
    assert.equal(at(settings, 'data', 'TLS_PRIVATE_KEY'), `${directory}/tls.key`)
    // A file that is mounted by itself does not follow the secret.
    assert.equal(at(mount, 'subPath'), undefined)
  })

  test(`${overlay}: probes ask the status port`, () => {
    const port = at(objects.get('ConfigMap'), 'data', 'STATUS_PORT')
    const status = listOf(at(container, 'ports')).find((each) => at(each, 'name') === 'status')
    assert.equal(String(at(status, 'containerPort')), port)
    const asked = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => at(container, probe, 'httpGet'))
    assert.deepEqual(asked, [
      { path: '/healthz', port: 'status' },
      { path: '/healthz', port: 'status' },
      { path: '/readyz', port: 'status' },
    ])
  })

  test(`${overlay}: a pod has no more rights than it needs`, () => {
    const context = at(pod, 'spec', 'securityContext')
    assert.deepEqual([at(context, 'runAsNonRoot'), at(context, 'runAsUser')], [true, 65532])
    assert.deepEqual(at(context, 'seccompProfile'), { type: 'RuntimeDefault' })
    assert.deepEqual(at(container, 'securityContext'), {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    })
    assert.equal(at(objects.get('ServiceAccount'), 'automountServiceAccountToken'), false)
  })

  test(`${overlay}: everything selects these pods`, () => {
    const labels = at(pod, 'metadata', 'labels')
    for (const selector of [
      at(objects.get('Deployment'), 'spec', 'selector', 'matchLabels'),
      at(objects.get('PodDisruptionBudget'), 'spec', 'selector', 'matchLabels'),
      at(objects.get('Service'), 'spec', 'selector'),
      ...listOf(at(pod, 'spec', 'topologySpreadConstraints')).map((each) => at(each, 'labelSelector', 'matchLabels')),
    ]) {
      assert.deepEqual(selector, labels)
    }
    assert.equal(at(pod, 'spec', 'serviceAccountName'), at(objects.get('ServiceAccount'), 'metadata', 'name'))
  })

  test(`${overlay}: the service account is annotated for IRSA alone`, () => {
    const role = at(objects.get('ServiceAccount'), 'metadata', 'annotations', 'eks.amazonaws.com/role-arn')
    assert.equal(role !== undefined, overlay === 'irsa')
  })
}

for (const [fault, from, to] of [
  ['a property that does not exist', 'readOnlyRootFilesystem:', 'readOnlyRootFileSystem:'],
  ['a number that is a word', 'replicas: 2', 'replicas: two'],
  ['an API that is gone', 'apiVersion: policy/v1', 'apiVersion: policy/v1beta1'],
  ['a required property that is missing', '        maxSkew: 1\n', ''],
  ['a property at the wrong place', '  replicas: 2\n', '  replicas: 2\n  terminationGracePeriodSeconds: 790\n'],
  ['a probe that asks nothing', 'httpGet:', 'http:'],
] as const) {
  test(`the validator finds ${fault}`, () => {
    const yaml = rendered('irsa')
    assert.ok(yaml.includes(from), from)
    for (const version of VERSIONS) assert.notEqual(complaints(yaml.replace(from, to), version), '', version)
  })
}
