import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isSameRegistry, parseEcrHost } from '../../src/ecr/host.ts'
import {
  rewriteLink,
  rewriteReference,
  rewriteUploadLocation,
  UnusableReferenceError,
} from '../../src/registry/location.ts'
import { ecrHost } from '../support/arbitraries.ts'

const upstream = parseEcrHost('123456789012.dkr.ecr.us-east-1.amazonaws.com') ?? assert.fail()
const isUpstream = (host: string): boolean => isSameRegistry(host, upstream)

const scheme = fc.constantFrom('https://', 'http://', 'HTTPS://', '//')
const userinfo = fc.constantFrom('', 'user@', 'a:b@', 'evil.example@')
const port = fc.constantFrom('', ':443', ':8443', ':')
const rest = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webPath().map((path) => `/v2${path}`),
  fc.constantFrom('', '/', '/v2', '/v2/', '//evil.example/', '/\\evil.example', '?/v2/', '/v2/a?b=%2F'),
)

/** Any form of the upstream's own name. */
const ownHost = ecrHost().map(({ host }) =>
  host.replace(/^\d{12}/, '123456789012').replace(/\.[a-z]+(?:-[a-z]+)+-\d\./, '.us-east-1.'),
)

/** What `work` gives, or undefined where it finds the reference unusable. */
function usable(work: () => string): string | undefined {
  try {
    return work()
  } catch (error) {
    assert.ok(error instanceof UnusableReferenceError, String(error))
    return undefined
  }
}

test('what names the upstream is cut, as bytes, to what starts with /v2/, or is unusable', () => {
  fc.assert(
    fc.property(scheme, userinfo, ownHost, port, rest, (start, user, host, end, path) => {
      // A letter or digit would belong to the name or the port.
      fc.pre(path === '' || /^[/?#\\]/.test(path))
      const reference = `${start}${user}${host}${end}${path}`
      const expected = path.startsWith('/v2/') ? path : undefined
      assert.equal(
        usable(() => rewriteReference(reference, isUpstream)),
        expected,
      )
      assert.equal(
        usable(() => rewriteUploadLocation(reference, isUpstream)),
        expected,
      )
    }),
    { numRuns: 2000 },
  )
})

test('what names another host is untouched, byte for byte, and is no place to upload to', () => {
  const foreign = fc.oneof(
    fc.domain(),
    ecrHost().map(({ host }) => `${host}.example`),
    fc.ipV4(),
  )
  fc.assert(
    fc.property(scheme, userinfo, foreign, port, rest, (start, user, host, end, path) => {
      fc.pre(path === '' || /^[/?#\\]/.test(path))
      const reference = `${start}${user}${host}${end}${path}`
      assert.equal(rewriteReference(reference, isUpstream), reference)
      assert.equal(
        usable(() => rewriteUploadLocation(reference, isUpstream)),
        undefined,
      )
    }),
    { numRuns: 2000 },
  )
})

test('whatever an upload’s Location is: what comes out starts with /v2/, and a client resolves it to this proxy', () => {
  fc.assert(
    fc.property(fc.oneof(rest, fc.webUrl(), fc.string()), (reference) => {
      const location = usable(() => rewriteUploadLocation(reference, isUpstream))
      if (location === undefined) return
      assert.ok(location.startsWith('/v2/'))
      assert.equal(new URL(location, 'https://registry.example.com').host, 'registry.example.com')
    }),
    { numRuns: 2000 },
  )
})

test('a Link that names the upstream points here, and its parameters stay', () => {
  const target = fc.webPath().map((path) => `/v2/${path}`)
  const parameters = fc.string().filter((text) => !/[<>]/.test(text))
  fc.assert(
    fc.property(ownHost, target, parameters, (host, path, more) => {
      assert.equal(rewriteLink(`<https://${host}${path}>${more}`, isUpstream), `<${path}>${more}`)
    }),
  )
})
