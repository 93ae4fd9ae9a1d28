import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { simulatorFor } from '../simulator/client.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { cloudWatchFor } from '../support/cloudwatch.ts'
import { emfEventsIn, emfTotal, emfValues } from '../support/emf.ts'
import { send } from '../support/http-client.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'
import { LONG_MS, startCrew } from './crew-process.ts'
import { awsOf, freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

const PULLS = { Repository: 'team/app' }

async function simulatorWithImage(t: TestContext): Promise<Simulator> {
  const simulator = await simulatorFor(t)
  const blob = await simulator.store.addBlob('team/app', '{}')
  simulator.store.addManifest('team/app', imageManifest(blob, [blob]), MANIFEST_TYPE, 'v1')
  return simulator
}

/** Pulls a manifest so often, on connections of their own, which several workers share. */
async function pull(port: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    assert.equal((await send({ port }, 'GET', '/v2/team/app/manifests/v1')).status, 200)
  }
}

/** A sample of the status listener's /metrics. */
async function sample(status: number, name: string): Promise<number | undefined> {
  const { body, headers } = await send({ port: status }, 'GET', '/metrics')
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  const line = body.split('\n').find((each) => each.startsWith(`ecr_reverse_proxy_${name} `))
  return line === undefined ? undefined : Number(line.split(' ')[1])
}

/** Waits until the status listener tells so. */
async function sampled(status: number, name: string, value: number): Promise<void> {
  const end = performance.now() + LONG_MS
  while ((await sample(status, name)) !== value) assert.ok(performance.now() < end, `${name} is not ${value}`)
}

test('STATUS_PORT has the numbers as Prometheus reads them, and PORT has them not', async (t) => {
  const simulator = await simulatorFor(t)
  const [port, status] = [await freePort(), await freePort()]
  const child = new ProxyProcess(t, { ...plainHttp(port), ...awsOf(simulator), STATUS_PORT: String(status) })
  await child.logged('token obtained')
  assert.equal((await send({ port }, 'GET', '/metrics')).status, 404)
  assert.equal((await send({ port }, 'GET', '/v2/')).status, 200)
  await sampled(status, 'requests_total{operation="other"}', 2)
  assert.equal(await sample(status, 'token_refreshes_total'), 1)
  const { metrics, reason } = await child.logged('where metrics go')
  assert.deepEqual([metrics, reason], ['off', 'neither METRICS nor REGION is set, and this is not ECS'])
})

test('on ECS the numbers are lines of stdout, and SIGTERM loses none of them', async (t) => {
  const port = await freePort()
  const onEcs = { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/0' }
  const child = new ProxyProcess(t, { ...plainHttp(port), ...onEcs })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
  for (let i = 0; i < 5; i++) assert.equal((await send({ port }, 'GET', '/v2/')).status, 200)
  child.signal('SIGTERM')
  const { stdout, stderr, code } = await child.ended
  assert.equal(code, 0)
  assert.equal(stderr, '')
  const events = emfEventsIn(stdout)
  assert.equal(emfTotal(events, 'Requests', { Operation: 'other' }), 5)
  assert.equal(emfValues(events, 'Duration', { Operation: 'other' }).length, 5)
})

test('two workers: CloudWatch and Prometheus have the sum of their numbers', async (t) => {
  const simulator = await simulatorWithImage(t)
  const cloudWatch = await cloudWatchFor(t, simulator.credentials)
  const { primary, port, status } = await startCrew(t, simulator, { environment: cloudWatch.environment })
  await pull(port, 40)
  await sampled(status, 'ecr_image_pulls_total{repository="team/app"}', 40)
  await pull(port, 10)
  primary.signal('SIGTERM')
  assert.equal((await primary.ended).code, 0)
  assert.equal(new Set(primary.lines('request').map(({ pid }) => pid)).size, 2)
  assert.equal(cloudWatch.sum('ECRImagePulls', PULLS), 50)
  assert.equal(cloudWatch.sum('Requests', { Operation: 'manifest-pull' }), 50)
  assert.equal(cloudWatch.count('Duration', { Operation: 'manifest-pull' }), 50)
  assert.equal(cloudWatch.sum('TokenRefreshes'), 1)
  assert.ok(cloudWatch.count('EventLoopDelay') > 0)
  assert.deepEqual(
    primary.lines('where metrics go').map(({ metrics, reason }) => [metrics, reason]),
    [['cloudwatch', 'REGION is set']],
  )
})

test('two workers: what they have counted before one is killed stays counted', async (t) => {
  const simulator = await simulatorWithImage(t)
  const { primary, port, status, workers } = await startCrew(t, simulator)
  await pull(port, 10)
  await sampled(status, 'ecr_image_pulls_total{repository="team/app"}', 10)
  process.kill(workers()[0] ?? 0, 'SIGKILL')
  await primary.logged('a worker died; another one takes its place')
  await pull(port, 5)
  await sampled(status, 'ecr_image_pulls_total{repository="team/app"}', 15)
  await sampled(status, 'in_flight', 0)
})

test('two workers: lines of metrics and of three logs share one pipe, each of them whole', async (t) => {
  const simulator = await simulatorWithImage(t)
  const environment = { METRICS: 'emf', METRICS_INTERVAL: '4s' }
  // Of more bytes a pipe takes a part, and then what another process writes.
  const preload = `
    const write = process.stdout.write.bind(process.stdout)
    process.stdout.write = (chunk, ...more) => {
      if (Buffer.byteLength(chunk) > 4096) process.stderr.write(Buffer.byteLength(chunk) + ' bytes at once\\n')
      return write(chunk, ...more)
    }`
  const { primary, port } = await startCrew(t, simulator, { environment, preload })
  const load = { on: true, pulls: 0 }
  const lane = async (): Promise<void> => {
    for (; load.on; load.pulls++) await pull(port, 1)
  }
  const lanes = Promise.all(Array.from({ length: 8 }, lane))
  await primary.said(/"_aws".*"Operation"/)
  load.on = false
  await lanes
  primary.signal('SIGTERM')
  const { stdout, stderr, code } = await primary.ended
  assert.equal(code, 0)
  assert.equal(stderr, '')
  assert.equal(emfTotal(emfEventsIn(stdout), 'ECRImagePulls', PULLS), load.pulls)
  assert.equal(primary.lines('request').filter(({ kind }) => kind === 'manifest').length, load.pulls)
})
