import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { ECR_REGISTRY, awsOf, freePort } from '../process/proxy-process.ts'
import { fetchLayer, simulatorFor } from '../simulator/client.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { digestOf } from '../simulator/store.ts'
import { makeCertificates } from '../support/certificates.ts'
import { CLOUDWATCH_REGION, cloudWatchFor } from '../support/cloudwatch.ts'
import { leadingTo } from '../support/leading-to.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'
import { directoryFor, Made, withoutDocker } from './made.ts'

// What the README and the Makefile of the 2018 ecr_reverse_proxy promised, one by one: its six variables, given to make
// by -e, its targets, its metric, its debug port, and `docker push` and `docker pull` without a login.

const NAME = 'registry.example.com'
const LAYER = 'the bytes of a layer'
const CONFIG = '{"architecture":"amd64","os":"linux"}'

interface Client {
  port: number
  ca: string
}

async function ask(client: Client, method: string, path: string, body = '', headers: RequestOptions['headers'] = {}) {
  const sent = request({ host: '127.0.0.1', servername: NAME, agent: false, ...client, method, path, headers }).end(
    body,
  )
  const [response]: IncomingMessage[] = await once(sent, 'response')
  assert.ok(response)
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

async function pushBlob(client: Client, content: string): Promise<string> {
  const started = await ask(client, 'POST', '/v2/team/app/blobs/uploads/')
  assert.equal(started.status, 202, started.body)
  const put = await ask(client, 'PUT', `${started.headers.location}?digest=${digestOf(content)}`, content)
  assert.equal(put.status, 201, put.body)
  return digestOf(content)
}

/** What a docker push and a docker pull send, with no credentials at all. */
async function pushAndPull(client: Client, simulator: Simulator): Promise<void> {
  const manifest = imageManifest(await pushBlob(client, CONFIG), [await pushBlob(client, LAYER)])
  const put = await ask(client, 'PUT', '/v2/team/app/manifests/1', manifest, { 'Content-Type': MANIFEST_TYPE })
  assert.equal(put.status, 201, put.body)
  assert.equal((await ask(client, 'GET', '/v2/team/app/manifests/1')).body, manifest)
  const { headers } = await ask(client, 'GET', `/v2/team/app/blobs/${digestOf(LAYER)}`)
  assert.equal((await fetchLayer(simulator, headers.location ?? '')).body, LAYER)
}

async function simulated(t: TestContext): Promise<{ simulator: Simulator; environment: NodeJS.ProcessEnv }> {
  const simulator = await simulatorFor(t)
  simulator.store.createRepository('team/app')
  const options = `--import=data:text/javascript,${encodeURIComponent(leadingTo(simulator))}`
  return { simulator, environment: { ...awsOf(simulator), NODE_OPTIONS: options } }
}

test('make -e … run: the six variables, push and pull without a login, ECRImagePulls in REGION', async (t) => {
  const { simulator, environment } = await simulated(t)
  const cloudWatch = await cloudWatchFor(t, simulator.credentials)
  const [port, directory, { ca, cert, key }] = [await freePort(), directoryFor(t), await makeCertificates([NAME])]
  const [certificate, privateKey] = [join(directory, 'cert.pem'), join(directory, 'privkey.pem')]
  writeFileSync(certificate, cert)
  writeFileSync(privateKey, key)
  const made = new Made(
    t,
    {
      TLS_CERTIFICATE: certificate,
      TLS_PRIVATE_KEY: privateKey,
      ECR_REGISTRY: simulator.registryHost,
      REGISTRY: NAME,
      PORT: String(port),
      REGION: CLOUDWATCH_REGION,
    },
    ['run'],
    { ...environment, AWS_ENDPOINT_URL_CLOUDWATCH: cloudWatch.endpoint },
  )
  await made.said(/token obtained/)
  await made.said(/listening on/)
  await pushAndPull({ port, ca }, simulator)
  made.interrupt('SIGINT')
  await made.ended
  assert.equal(cloudWatch.sum('ECRImagePulls', { Repository: 'team/app' }), 1)
  assert.deepEqual([...new Set(cloudWatch.calls.map(({ namespace }) => namespace))], ['Custom/ecr_reverse_proxy'])
})

test('make -e REGION ECR_REGISTRY REGISTRY playtest: a certificate of its own making, and the named ECR behind it', async (t) => {
  const { simulator, environment } = await simulated(t)
  const [port, directory] = [await freePort(), directoryFor(t)]
  const certificate = join(directory, 'cert.pem')
  const made = new Made(
    t,
    {
      REGION: 'eu-central-1',
      ECR_REGISTRY: simulator.registryHost,
      REGISTRY: NAME,
      PORT: String(port),
      TLS_CERTIFICATE: certificate,
      TLS_PRIVATE_KEY: join(directory, 'privkey.pem'),
    },
    ['playtest'],
    { ...environment, METRICS: 'off' },
  )
  await made.said(/token obtained/)
  await made.said(/listening on/)
  await pushAndPull({ port, ca: readFileSync(certificate, 'utf8') }, simulator)
})

test('make genSelfsigned: a certificate and its key where TLS_CERTIFICATE and TLS_PRIVATE_KEY say', async (t) => {
  const directory = directoryFor(t)
  const [certificate, key] = [join(directory, 'cert.pem'), join(directory, 'privkey.pem')]
  const made = new Made(t, { REGISTRY: NAME, TLS_CERTIFICATE: certificate, TLS_PRIVATE_KEY: key }, ['genSelfsigned'])
  assert.equal((await made.ended).code, 0)
  assert.equal(new X509Certificate(readFileSync(certificate)).checkHost(NAME), NAME)
  assert.match(readFileSync(key, 'utf8'), /PRIVATE KEY/)
})

test('make dockerBuild and make dockerRun: the image ecr_reverse_proxy, with the port published', async (t) => {
  const { tls, environment } = withoutDocker(t)
  const built = await new Made(t, {}, ['dockerBuild'], environment).ended
  assert.match(built.stdout, /^docker: build --tag ecr_reverse_proxy /m)
  const run = await new Made(t, { ...tls, ECR_REGISTRY, REGISTRY: NAME, PORT: '5443' }, ['dockerRun'], environment)
    .ended
  assert.match(run.stdout, /^docker: run .* --publish 5443:5443 .*ecr_reverse_proxy$/m)
  for (const name of ['TLS_CERTIFICATE', 'TLS_PRIVATE_KEY', 'ECR_REGISTRY', 'REGISTRY', 'PORT']) {
    assert.match(run.stdout, new RegExp(` --env ${name} `))
  }
})

test('make without a target starts nothing and says what there is', async (t) => {
  const { code, stdout } = await new Made(t, {}, []).ended
  assert.equal(code, 0)
  for (const target of ['playtest', 'genSelfsigned', 'build', 'run', 'dockerBuild', 'dockerRun'])
    assert.match(stdout, new RegExp(`^  ${target} `, 'm'))
})

test('port 5000 and the debug port 6060 are what they are without being named', () => {
  const config = loadConfig({ ECR_REGISTRY, REGISTRY: NAME, TLS: 'off' })
  assert.equal(config.PORT, 5000)
  assert.equal(config.DEBUG_PORT, 6060)
})
