import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConfigError, loadConfig } from '../../src/config/load.ts'
import { ConfigSchema } from '../../src/config/schema.ts'
import { parseDuration } from '../../src/config/units.ts'
import { LOG_LAST_WRITE_MS, METRICS_LAST_FLUSH_MS, UPSTREAM_ASSEMBLY_MS, WORKER_END_MS } from '../../src/limits.ts'
import { STARTS, type Start } from './environments.ts'
import { alternatives, at, listOf } from './json.ts'
import { deployText, parametersOf, resourcesOf, templateText } from './template.ts'

/** What the proxy would say against what a file starts it with. */
function problemsOf({ values, secrets }: Pick<Start, 'values' | 'secrets'>): string[] {
  const known = new Set(Object.keys(ConfigSchema.properties))
  const unknown = [...Object.keys(values), ...secrets].filter((name) => !known.has(name))
  const first = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value]))
  const environments = Object.entries(values).flatMap(([name, all]) =>
    all.map((value) => ({ ...first, [name]: value })),
  )
  return [
    ...unknown.map((name) => `${name} is no setting`),
    ...new Set(environments.flatMap((environment) => problemsIn(environment))),
  ]
}

/** The certificate is that of the deployment, and not here. */
function problemsIn(environment: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(environment, { tls: { cert: '', key: '' }, isWorker: false })
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.problems
  }
}

for (const start of STARTS) {
  test(`${start.file}: every variable is a setting, and has a value that it allows`, () => {
    assert.ok(Object.keys(start.values).length > 7)
    assert.deepEqual(problemsOf(start), [])
  })

  test(`${start.file}: SIGKILL comes after the shutdown, the metrics and a worker that hangs`, () => {
    const [delay, timeout] = [start.values['SHUTDOWN_DELAY'], start.values['SHUTDOWN_TIMEOUT']].map((values) =>
      parseDuration(values?.[0] ?? ''),
    )
    const needed = Number(delay) + Number(timeout) + WORKER_END_MS + METRICS_LAST_FLUSH_MS + LOG_LAST_WRITE_MS
    assert.ok(needed <= start.graceMs, `${needed} ms of ${start.graceMs}`)
  })

  test(`${start.file}: a certificate is there where TLS is on`, () => {
    const named = new Set([...Object.keys(start.values), ...start.secrets])
    const on = (start.values['TLS'] ?? ['on']).includes('on')
    assert.equal(named.has('TLS_CERTIFICATE') && named.has('TLS_PRIVATE_KEY'), on)
  })
}

test('a variable that is no setting, and a value that is not allowed, are found', () => {
  const [start = assert.fail()] = STARTS
  const planted = (values: Record<string, string[]>): string[] =>
    problemsOf({ ...start, values: { ...start.values, ...values } })
  assert.deepEqual(planted({ SHUTDOWN_TIME: ['110s'] }), ['SHUTDOWN_TIME is no setting'])
  assert.match(planted({ TLS: ['on', 'yes'] }).join('\n'), /^TLS: "yes" /)
  assert.match(planted({ SHUTDOWN_TIMEOUT: ['110'] }).join('\n'), /^SHUTDOWN_TIMEOUT: "110" has no unit/)
  assert.deepEqual(problemsOf({ ...start, secrets: ['TLS_KEY'] }), ['TLS_KEY is no setting'])
})

/** The attribute of a load balancer's resource, in milliseconds. */
function idleMs(template: string, resource: string, attributes: string, key: string): number {
  const properties = resourcesOf(templateText(template))[resource]?.properties
  const found = listOf(alternatives(at(properties, attributes))[0]).find((entry) => at(entry, 'Key') === key)
  return Number(at(found, 'Value')) * 1000
}

test('no load balancer ends a connection while ECR assembles a layer in silence', () => {
  const annotation = /listener-attributes\.TCP-443: tcp\.idle_timeout\.seconds=(\d+)/
  for (const ms of [
    idleMs('alb.yaml', 'LoadBalancer', 'LoadBalancerAttributes', 'idle_timeout.timeout_seconds'),
    idleMs('nlb.yaml', 'Listener', 'ListenerAttributes', 'tcp.idle_timeout.seconds'),
    Number(annotation.exec(deployText('kubernetes/base/service.yaml'))?.[1]) * 1000,
  ]) {
    assert.ok(ms > UPSTREAM_ASSEMBLY_MS, String(ms))
  }
})

/** What a kubelet starts, and ends. */
const PODS = STARTS.filter(({ file }) => ['irsa', 'pod-identity'].includes(file))

/** How long a Network Load Balancer sends new connections to a target that is deregistered: two to three minutes, as its users measured. */
const SENT_TO_MS = 180_000

test('whoever a Network Load Balancer may still send new connections to takes them', () => {
  // Kubernetes sends SIGTERM while the target is deregistered, ECS when that is over.
  for (const { file, values } of PODS) {
    const [delay = ''] = values['SHUTDOWN_DELAY'] ?? []
    assert.ok(Number(parseDuration(delay)) >= SENT_TO_MS, `${file}: ${delay}`)
  }
  const { DrainSeconds } = parametersOf(templateText('nlb.yaml'))
  assert.ok(Number(DrainSeconds?.minValue) * 1000 >= SENT_TO_MS, `nlb.yaml: ${DrainSeconds?.minValue}`)
})

test('in Kubernetes the load balancer leaves a target for as long as the pod takes to end what is under way', () => {
  const [, seconds] =
    /deregistration_delay\.timeout_seconds=(\d+)/.exec(deployText('kubernetes/base/service.yaml')) ?? []
  for (const { file, values } of PODS) {
    const [delay, timeout] = ['SHUTDOWN_DELAY', 'SHUTDOWN_TIMEOUT'].map((name) =>
      parseDuration(values[name]?.[0] ?? ''),
    )
    assert.ok(Number(seconds) * 1000 >= Number(delay) + Number(timeout), `${file}: ${seconds} s`)
  }
})

test('a Network Load Balancer lets the pushes of an unhealthy target end', () => {
  const attributes = listOf(
    at(resourcesOf(templateText('nlb.yaml')), 'TargetGroup', 'properties', 'TargetGroupAttributes'),
  )
  const ofTasks = new Map(attributes.map((entry) => [at(entry, 'Key'), at(entry, 'Value')]))
  assert.equal(ofTasks.get('target_health_state.unhealthy.connection_termination.enabled'), 'false')
  const interval = ofTasks.get('target_health_state.unhealthy.draining_interval_seconds')
  assert.deepEqual(interval, ofTasks.get('deregistration_delay.timeout_seconds'))
  const [, annotation = ''] = /target-group-attributes: (.+)/.exec(deployText('kubernetes/base/service.yaml')) ?? []
  const ofPods = annotation.split(',')
  assert.ok(ofPods.includes('target_health_state.unhealthy.connection_termination.enabled=false'))
  const [, delay = ''] = /deregistration_delay\.timeout_seconds=(\d+)/.exec(annotation) ?? []
  assert.ok(ofPods.includes(`target_health_state.unhealthy.draining_interval_seconds=${delay}`))
})

test('an idle connection is kept for longer than the Application Load Balancer keeps it', () => {
  const [keepAlive = ''] = STARTS.find(({ file }) => file === 'alb.yaml')?.values['KEEP_ALIVE_TIMEOUT'] ?? []
  const idle = idleMs('alb.yaml', 'LoadBalancer', 'LoadBalancerAttributes', 'idle_timeout.timeout_seconds')
  assert.ok(Number(parseDuration(keepAlive)) > idle, keepAlive)
})

test('ports are the same wherever they are named', () => {
  for (const { file, values } of STARTS) {
    assert.deepEqual([values['PORT'], values['STATUS_PORT']], [['5000'], ['8080']], file)
  }
  for (const template of ['nlb.yaml', 'alb.yaml']) {
    const resources = resourcesOf(templateText(template))
    const container = at(resources, 'TaskDefinition', 'properties', 'ContainerDefinitions', 0)
    assert.deepEqual(
      listOf(at(container, 'PortMappings')).map((mapping) => at(mapping, 'ContainerPort')),
      [5000, 8080],
    )
    assert.equal(at(resources, 'Service', 'properties', 'LoadBalancers', 0, 'ContainerPort'), 5000)
    assert.equal(at(resources, 'TargetGroup', 'properties', 'Port'), 5000)
    assert.equal(at(resources, 'TargetGroup', 'properties', 'HealthCheckPort'), '8080')
    const ingress = listOf(at(resources, 'TaskSecurityGroup', 'properties', 'SecurityGroupIngress'))
    assert.deepEqual(
      ingress.map((rule) => at(rule, 'FromPort')),
      [5000, 8080],
    )
  }
})

test('tasks reach HTTPS and DNS servers, and nothing else', () => {
  for (const template of ['nlb.yaml', 'alb.yaml']) {
    const group = resourcesOf(templateText(template))['TaskSecurityGroup']
    const egress = listOf(at(group, 'properties', 'SecurityGroupEgress')).map((rule) => {
      const [from, to] = [at(rule, 'FromPort'), at(rule, 'ToPort')]
      assert.equal(from, to)
      return `${String(at(rule, 'IpProtocol'))} ${String(from)} ${String(at(rule, 'CidrIp') ?? at(rule, 'CidrIpv6'))}`
    })
    const everywhere = ['tcp 443', 'tcp 53', 'udp 53'].flatMap((port) => [`${port} 0.0.0.0/0`, `${port} ::/0`])
    assert.deepEqual(egress.toSorted(), everywhere.toSorted())
  }
})

test('task-definition.json is the task definition of nlb.yaml', () => {
  const [nlb, , task] = STARTS
  assert.deepEqual(Object.keys(task?.values ?? {}), Object.keys(nlb?.values ?? {}))
  for (const [name, [value = '']] of Object.entries(task?.values ?? {})) {
    assert.ok(nlb?.values[name]?.includes(value), name)
  }
  assert.deepEqual(task?.secrets, nlb?.secrets)
  const container = at(resourcesOf(templateText('nlb.yaml')), 'TaskDefinition', 'properties', 'ContainerDefinitions', 0)
  const plain = at(JSON.parse(deployText('task-definition.json')), 'containerDefinitions', 0)
  assert.deepEqual(at(plain, 'healthCheck', 'command'), at(container, 'HealthCheck', 'Command'))
  assert.equal(at(plain, 'stopTimeout'), at(container, 'StopTimeout'))
  const options = Object.entries(at(container, 'LogConfiguration', 'Options') ?? {}).map(([name]) => name)
  assert.deepEqual(Object.keys(at(plain, 'logConfiguration', 'options') ?? {}), options)
})

test('the health check of the task is that of the image, which ECS does not look at', () => {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8')
  const [, command = ''] = /^HEALTHCHECK .*\\\n +CMD (\[.*\])$/m.exec(dockerfile) ?? []
  const container = at(resourcesOf(templateText('nlb.yaml')), 'TaskDefinition', 'properties', 'ContainerDefinitions', 0)
  assert.deepEqual(at(container, 'HealthCheck', 'Command'), ['CMD', ...listOf(JSON.parse(command))])
})
