import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reply } from './client.ts'
import { call, errorOf, simulatorFor } from './client.ts'
import type { Simulator } from './simulator.ts'

const HOST = 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com'

function addTags(simulator: Simulator, count: number): string[] {
  const tags = Array.from({ length: count }, (_, index) => `v${index}`)
  for (const tag of tags) simulator.store.addManifest('a/app', '{}', 'application/json', tag)
  return tags
}

function tagsIn({ body }: Reply): string[] {
  const list: { name: string; tags: string[] } = JSON.parse(body)
  assert.equal(list.name, 'a/app')
  return list.tags
}

function nextOf({ headers }: Reply): URL | undefined {
  if (headers.link === undefined) return undefined
  const [, target] = /^<([^>]+)>; rel="next"$/.exec(String(headers.link)) ?? []
  return new URL(target ?? 'invalid:', HOST)
}

test('tags come by the hundred, as plain text, with an absolute Link whose last is long and opaque', async (t) => {
  const simulator = await simulatorFor(t)
  const tags = addTags(simulator, 250)
  const first = await call(simulator, 'GET', '/v2/a/app/tags/list')
  assert.equal(first.headers['content-type'], 'text/plain; charset=utf-8')
  assert.deepEqual(tagsIn(first), tags.slice(0, 100))
  const second = nextOf(first)
  assert.equal(second?.origin, HOST)
  assert.ok((second.searchParams.get('last') ?? '').length > 400)
  assert.equal(tags.includes(second.searchParams.get('last') ?? ''), false)

  const found = tagsIn(first)
  for (let next: URL | undefined = second; next !== undefined; ) {
    const page = await call(simulator, 'GET', next.pathname + next.search)
    found.push(...tagsIn(page))
    next = nextOf(page)
  }
  assert.deepEqual(found, tags)
})

test('n is kept from page to page, and the Link can be relative', async (t) => {
  const simulator = await simulatorFor(t, { behaviour: { location: 'relative' } })
  addTags(simulator, 5)
  const first = await call(simulator, 'GET', '/v2/a/app/tags/list?n=2')
  assert.equal(tagsIn(first).length, 2)
  assert.match(String(first.headers.link), /^<\/v2\/a\/app\/tags\/list\?last=/)
  assert.equal(nextOf(first)?.searchParams.get('n'), '2')
  const last = await call(simulator, 'GET', '/v2/a/app/tags/list?n=5')
  assert.equal('link' in last.headers, false)
})

test('a thousand at a time is the most: more is a 405', async (t) => {
  const simulator = await simulatorFor(t)
  addTags(simulator, 1001)
  assert.equal(tagsIn(await call(simulator, 'GET', '/v2/a/app/tags/list?n=1000')).length, 1000)
  for (const path of ['/v2/a/app/tags/list?n=1001', '/v2/_catalog?n=1001']) {
    const reply = await call(simulator, 'GET', path)
    assert.equal(reply.status, 405)
    assert.deepEqual(errorOf(reply), {
      code: 'UNSUPPORTED',
      message:
        "Invalid parameter at 'maxResults' failed to satisfy constraint: " +
        "'Member must have value less than or equal to 1000'",
    })
  }
})

test('a last that was not given out for this list is a 405', async (t) => {
  const simulator = await simulatorFor(t)
  addTags(simulator, 101)
  const cursor = nextOf(await call(simulator, 'GET', '/v2/a/app/tags/list'))?.searchParams.get('last') ?? ''
  const query = new URLSearchParams({ last: cursor })
  for (const path of [
    '/v2/a/app/tags/list?last=v99',
    '/v2/a/app/tags/list?last=',
    `/v2/_catalog?${query.toString()}`,
  ]) {
    const reply = await call(simulator, 'GET', path)
    assert.equal(reply.status, 405, path)
    assert.match(errorOf(reply).message, /'Invalid next token provided'/)
  }
})

test('the catalog has its pages, too', async (t) => {
  const simulator = await simulatorFor(t)
  for (const name of ['a/app', 'b/app', 'c/app']) simulator.store.createRepository(name)
  const first = await call(simulator, 'GET', '/v2/_catalog?n=2')
  assert.deepEqual(JSON.parse(first.body), { repositories: ['a/app', 'b/app'] })
  const next = nextOf(first)
  const second = await call(simulator, 'GET', `${next?.pathname}${next?.search}`)
  assert.deepEqual(JSON.parse(second.body), { repositories: ['c/app'] })
})

test('tags of a repository that does not exist', async (t) => {
  const simulator = await simulatorFor(t)
  assert.equal(errorOf(await call(simulator, 'GET', '/v2/no/such/tags/list')).code, 'NAME_UNKNOWN')
})
