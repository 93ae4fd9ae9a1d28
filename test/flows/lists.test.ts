// docs/request-handling.md: 6, 17
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../simulator/store.ts'
import { send } from '../support/http-client.ts'
import { type Pair, startPair, upstreamRequests } from '../support/pair.ts'
import { failureOf, imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'

const BLOB = digestOf('{}')

function addTags({ simulator }: Pair, repository: string, count: number): string[] {
  const tags = Array.from({ length: count }, (_, i) => `v${i}`)
  for (const tag of tags) simulator.store.addManifest(repository, imageManifest(BLOB, [BLOB]), MANIFEST_TYPE, tag)
  return tags
}

/** Where a Link header leads next, which must be a path of the proxy's own. */
function nextPage(link: string | string[] | undefined): string | undefined {
  if (link === undefined) return undefined
  const [, target] = /^<(\/v2\/[^>]*)>; rel="next"$/.exec(String(link)) ?? []
  assert.ok(target !== undefined, `not a next page of ours: ${String(link)}`)
  return target
}

for (const form of ['absolute', 'canonical', 'relative'] as const) {
  test(`all 250 tags, page by page through the proxy, where ECR's Link is ${form}`, async (t) => {
    const pair = await startPair(t, {
      simulator: { registryHost: '123456789012.dkr-ecr-fips.us-east-1.on.aws', behaviour: { location: form } },
    })
    const tags = addTags(pair, 'team/app', 250)
    const seen: string[] = []
    let pages = 0
    for (let path: string | undefined = '/v2/team/app/tags/list'; path !== undefined; pages++) {
      const reply = await send(pair.proxy, 'GET', path)
      assert.equal(reply.status, 200, reply.body)
      assert.equal(reply.headers['content-type'], 'text/plain; charset=utf-8')
      const page: { name: string; tags: string[] } = JSON.parse(reply.body)
      assert.equal(page.name, 'team/app')
      seen.push(...page.tags)
      path = nextPage(reply.headers.link)
    }
    assert.equal(pages, 3)
    assert.deepEqual(seen, tags)
  })
}

test('n above 1000 is sent as 1000, because ECR answers 405 to it; n below stays', async (t) => {
  const pair = await startPair(t)
  addTags(pair, 'team/app', 1200)
  const large = await send(pair.proxy, 'GET', '/v2/team/app/tags/list?n=2000')
  assert.equal(large.status, 200, large.body)
  assert.equal(JSON.parse(large.body).tags.length, 1000)
  const rest = await send(pair.proxy, 'GET', nextPage(large.headers.link) ?? '')
  assert.equal(JSON.parse(rest.body).tags.length, 200)
  const small = await send(pair.proxy, 'GET', '/v2/team/app/tags/list?n=7')
  assert.equal(JSON.parse(small.body).tags.length, 7)
  const [first, , third] = upstreamRequests(pair.simulator)
  assert.equal(first?.url, '/v2/team/app/tags/list?n=1000')
  assert.equal(third?.url, '/v2/team/app/tags/list?n=7')
})

test('a cursor that ECR does not know is ECR’s to refuse', async (t) => {
  const pair = await startPair(t)
  addTags(pair, 'team/app', 1)
  assert.equal(failureOf(await send(pair.proxy, 'GET', '/v2/team/app/tags/list?last=v0')), '405 UNSUPPORTED')
})

test('_catalog, in pages', async (t) => {
  const pair = await startPair(t)
  const names = Array.from({ length: 120 }, (_, i) => `team/app-${i}`)
  for (const name of names) pair.simulator.store.createRepository(name)
  const first = await send(pair.proxy, 'GET', '/v2/_catalog?n=5000')
  assert.deepEqual(JSON.parse(first.body).repositories, names)
  const page = await send(pair.proxy, 'GET', '/v2/_catalog')
  const next = await send(pair.proxy, 'GET', nextPage(page.headers.link) ?? '')
  assert.deepEqual([...JSON.parse(page.body).repositories, ...JSON.parse(next.body).repositories], names)
})

test('referrers, with and without a filter', async (t) => {
  const { simulator, proxy } = await startPair(t)
  const subject = simulator.store.addManifest('team/app', imageManifest(BLOB, [BLOB]), MANIFEST_TYPE, 'v1')
  const signature = JSON.stringify({
    schemaVersion: 2,
    artifactType: 'application/vnd.example.signature',
    subject: { digest: subject },
  })
  const digest = simulator.store.addManifest('team/app', signature, MANIFEST_TYPE)
  const all = await send(proxy, 'GET', `/v2/team/app/referrers/${subject.replace(':', '%3A')}`)
  assert.equal(all.headers['content-type'], 'application/vnd.oci.image.index.v1+json')
  assert.deepEqual(
    JSON.parse(all.body).manifests.map((each: { digest: string }) => each.digest),
    [digest],
  )
  const none = await send(proxy, 'GET', `/v2/team/app/referrers/${subject}?artifactType=a%2Fb`)
  assert.deepEqual(JSON.parse(none.body).manifests, [])
  assert.equal(none.headers['oci-filters-applied'], 'artifactType')
})

test('ns, which containerd adds for mirrors, is taken out of every query', async (t) => {
  const pair = await startPair(t)
  addTags(pair, 'team/app', 1)
  await send(pair.proxy, 'GET', '/v2/team/app/manifests/v0?ns=docker.io')
  await send(pair.proxy, 'GET', '/v2/team/app/tags/list?n=5&ns=docker.io&%6es=x')
  await send(pair.proxy, 'POST', '/v2/team/app/blobs/uploads/?ns=docker.io')
  assert.deepEqual(
    upstreamRequests(pair.simulator).map(({ url }) => url),
    ['/v2/team/app/manifests/v0', '/v2/team/app/tags/list?n=5', '/v2/team/app/blobs/uploads/'],
  )
})
