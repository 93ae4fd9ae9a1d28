import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDigest, isRepositoryName, isTag } from '../../src/registry/grammar.ts'

const HEX = '0123456789abcdef'

for (const name of [
  'a',
  '0',
  'team/app',
  'a.b_c__d-e---f/g',
  'very/deeply/nested/repository/name',
  'first.second__third--fourth/fifth.sixth__seventh--eighth',
  'blobs/uploads',
  'a'.repeat(256),
]) {
  test(`'${name.slice(0, 40)}' is a repository name`, () => assert.equal(isRepositoryName(name), true))
}

for (const name of [
  '',
  '/',
  'a/',
  '/a',
  'a//b',
  'A',
  'team/App',
  '.a',
  'a.',
  'a..b',
  'a___b',
  '_a',
  'a-',
  'a._b',
  '.',
  '..',
  '../a',
  'a/../b',
  'a/./b',
  'a%2fb',
  'a b',
  'a\\b',
  'a\n',
  'a\0',
  'é',
  'a:b',
  'a@b',
  'a?b',
  'a#b',
  'a;b',
  'a'.repeat(257),
]) {
  test(`${JSON.stringify(name.slice(0, 40))} is no repository name`, () => assert.equal(isRepositoryName(name), false))
}

test('a hostile name is judged at once', () => {
  const startedAt = performance.now()
  assert.equal(isRepositoryName(`${'a-'.repeat(127)}!`), false)
  assert.equal(isRepositoryName(`${'a/'.repeat(100_000)}!`), false)
  assert.ok(performance.now() - startedAt < 200)
})

for (const tag of ['latest', 'v1.2.3', '_', '1', 'A-b_c.D', 'a'.repeat(128)]) {
  test(`'${tag.slice(0, 40)}' is a tag`, () => assert.equal(isTag(tag), true))
}

for (const tag of ['', '.', '..', '.a', '-a', 'a/b', 'a:b', 'a b', 'a%2e', 'a\n', 'ä', 'a+b', 'a'.repeat(129)]) {
  test(`${JSON.stringify(tag.slice(0, 40))} is no tag`, () => assert.equal(isTag(tag), false))
}

for (const digest of [
  `sha256:${HEX.repeat(4)}`,
  `sha512:${HEX.repeat(8)}`,
  'blake3:abc',
  'sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564',
  'a.b-c_d:A=',
  `a:${'b'.repeat(254)}`,
]) {
  test(`'${digest.slice(0, 40)}' is a digest`, () => assert.equal(isDigest(digest), true))
}

for (const digest of [
  '',
  'latest',
  'sha256:',
  ':abc',
  `sha256:${HEX.repeat(4).slice(1)}`,
  `sha256:${HEX.repeat(4)}0`,
  `sha256:${HEX.repeat(4).toUpperCase()}`,
  `sha256:${HEX.repeat(3)}0123456789abcdeg`,
  `sha256:g${HEX.repeat(4).slice(1)}`,
  `sha512:${HEX.repeat(4)}`,
  `SHA256:${HEX.repeat(4)}`,
  'sha256:../../../../etc/passwd',
  'a:b:c',
  'a:b/c',
  'a:b%2f',
  'a+:b',
  `a:${'b'.repeat(255)}`,
  'a:b\n',
]) {
  test(`${JSON.stringify(digest.slice(0, 40))} is no digest`, () => assert.equal(isDigest(digest), false))
}
