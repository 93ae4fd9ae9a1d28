import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { ECR_REGISTRY, awsOf, freePort, plainHttp, ProxyProcess } from '../process/proxy-process.ts'
import { simulatorFor } from '../simulator/client.ts'
import { makeCertificates } from '../support/certificates.ts'
import { send } from '../support/http-client.ts'
import { startPair } from '../support/pair.ts'
import { startUpload } from '../support/registry-client.ts'
import { directoryFor, Made, withoutDocker } from './made.ts'

/** What is not as it was in the 2018 ecr_reverse_proxy, on purpose: how it was and is, and a check of how it is. */
const DIFFERENCES: Readonly<Record<string, (t: TestContext) => Promise<void>>> = {
  'without a token it ended; it serves, answers 503, and recovers by itself': async (t) => {
    const simulator = await simulatorFor(t)
    const fault = simulator.faults.add({ listener: 'api', times: 1000, action: { kind: 'status', status: 500 } })
    const port = await freePort()
    const child = new ProxyProcess(t, { ...plainHttp(port), ...awsOf(simulator) })
    await child.logged('token refresh failed; there is no valid token')
    assert.equal((await send({ port }, 'GET', '/v2/team/app/manifests/1')).status, 503)
    fault.remove()
    await child.logged('token obtained')
  },

  'a request for /manifests/ ended it; it is 404': async (t) => {
    const { proxy } = await startPair(t)
    for (const path of ['/manifests/', '/v2/manifests/', '/v2/a/manifests/']) {
      assert.ok([400, 404].includes((await send(proxy, 'GET', path)).status), path)
    }
    assert.equal((await send(proxy, 'GET', '/v2/')).status, 200)
  },

  'Location was made of REGISTRY; it is a path, so a wrong REGISTRY breaks no push': async (t) => {
    const { proxy } = await startPair(t, { environment: { REGISTRY: 'wrong.example.com:1' } })
    assert.match(await startUpload(proxy, 'team/app'), /^\/v2\/team\/app\/blobs\/uploads\//)
  },

  'a wrong variable failed at the first request; all of them are told at start': async (t) => {
    const made = new Made(t, { ECR_REGISTRY: 'example.com', TLS_CERTIFICATE: '/nowhere', PORT: '0' }, ['run'])
    const { code, stderr } = await made.ended
    assert.notEqual(code, 0)
    for (const name of ['ECR_REGISTRY', 'TLS_CERTIFICATE', 'PORT'])
      assert.match(stderr, new RegExp(`^ {2}${name}: `, 'm'))
  },

  'REGION was required; without it there are no CloudWatch metrics': async (t) => {
    const child = new ProxyProcess(t, plainHttp(await freePort()))
    assert.equal((await child.logged('where metrics go'))['metrics'], 'off')
  },

  'certificate and key were paths; they may be PEM text': async (t) => {
    const { cert, key } = await makeCertificates(['registry.example.com'])
    const port = await freePort()
    const environment = { ECR_REGISTRY, REGISTRY: 'registry.example.com', PORT: String(port) }
    const child = new ProxyProcess(t, { ...environment, TLS_CERTIFICATE: cert, TLS_PRIVATE_KEY: key })
    await child.logged(`listening on 127.0.0.1 port ${port}`)
  },

  'there was TLS only; TLS=off serves behind a load balancer, which can ask for /healthz': async (t) => {
    const port = await freePort()
    const child = new ProxyProcess(t, plainHttp(port))
    await child.logged(`listening on 127.0.0.1 port ${port}`)
    assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  },

  'the debug port was open to every interface; it is on loopback': async () => {
    assert.equal(loadConfig({ ECR_REGISTRY, REGISTRY: 'localhost', TLS: 'off' }).DEBUG_HOST, '127.0.0.1')
  },

  'genSelfsigned asked questions, and made its pair anew each time; it asks none, and keeps a good pair': async (t) => {
    const directory = directoryFor(t)
    const paths = { TLS_CERTIFICATE: join(directory, 'cert.pem'), TLS_PRIVATE_KEY: join(directory, 'key.pem') }
    assert.match((await new Made(t, paths, ['genSelfsigned']).ended).stdout, /^made /m)
    assert.doesNotMatch((await new Made(t, paths, ['genSelfsigned']).ended).stdout, /^made /m)
  },

  'make playtest needed Docker and an AWS account; it needs neither': async (t) => {
    const directory = directoryFor(t)
    const paths = { TLS_CERTIFICATE: join(directory, 'cert.pem'), TLS_PRIVATE_KEY: join(directory, 'key.pem') }
    const made = new Made(t, { ...paths, PORT: String(await freePort()) }, ['playtest'])
    await made.said(/now stands in front of a simulated ECR/)
  },

  'make dockerRun published the debug port to all, and took paths of the container; 6060 is on loopback, paths are of here':
    async (t) => {
      const { tls, environment } = withoutDocker(t)
      const variables = { ...tls, PORT: '5443', DEBUG_PORT: '6060' }
      const { stdout } = await new Made(t, variables, ['dockerRun'], environment).ended
      assert.match(stdout, / --publish 127\.0\.0\.1:6060:6060 /)
      assert.match(stdout, new RegExp(` --mount type=bind,source=${dirname(tls.TLS_CERTIFICATE)},`))
    },

  'there were targets for one Kubernetes cluster; there are none': async (t) => {
    for (const target of ['k8s-manifestReplace', 'k8s-addSecrets']) {
      assert.match((await new Made(t, {}, [target]).ended).stderr, new RegExp(`No rule to make target '${target}'`))
    }
  },
}

for (const [difference, check] of Object.entries(DIFFERENCES)) test(difference, check)
