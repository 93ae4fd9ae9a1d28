import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { isSameRegistry, parseEcrHost } from '../../src/ecr/host.ts'
import { rewriteReference, rewriteUploadLocation, UnusableReferenceError } from '../../src/registry/location.ts'
import { property } from '../fuzz/property.ts'
import { ecrHost } from '../support/arbitraries.ts'

const upstream = parseEcrHost('123456789012.dkr.ecr.us-east-1.amazonaws.com') ?? assert.fail()
const isUpstream = (host: string): boolean => isSameRegistry(host, upstream)

const scheme = fc.constantFrom('https://', 'http://', 'HTTPS://', '//', '\\\\', '/\\', 'https:\\\\')
const userinfo = fc.constantFrom('', 'user@', 'a:b@', 'evil.example@')
const port = fc.constantFrom('', ':443', ':8443', ':', '.', '.:443')
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

/** A reference by its parts. */
function absolute(host: fc.Arbitrary<string>): fc.Arbitrary<{ reference: string; path: string }> {
  return (
    fc
      .tuple(scheme, userinfo, host, port, rest)
      // A letter or digit would belong to the name or the port.
      .filter(([, , , , path]) => path === '' || /^[/?#\\]/.test(path))
      .map(([start, user, name, end, path]) => ({ reference: `${start}${user}${name}${end}${path}`, path }))
  )
}

const foreign = fc.oneof(
  fc.domain(),
  ecrHost().map(({ host }) => `${host}.example`),
  fc.ipV4(),
)

property(
  'what names the upstream is cut, as bytes, to what starts with /v2/, or is unusable',
  fc.property(absolute(ownHost), ({ reference, path }) => {
    const expected = path.startsWith('/v2/') ? path : undefined
    assert.equal(
      usable(() => rewriteReference(reference, isUpstream)),
      expected,
    )
    assert.equal(
      usable(() => rewriteUploadLocation(reference, isUpstream)),
      expected,
    )
    if (expected !== undefined) assert.equal(rewriteReference(expected, isUpstream), expected)
  }),
  { runs: 2000 },
)

property(
  'what names another host is untouched, byte for byte, and is no place to upload to',
  fc.property(absolute(foreign), ({ reference }) => {
    assert.equal(rewriteReference(reference, isUpstream), reference)
    assert.equal(
      usable(() => rewriteUploadLocation(reference, isUpstream)),
      undefined,
    )
  }),
  { runs: 2000 },
)

property(
  'whatever an upload’s Location is: what comes out starts with /v2/, and a client resolves it to this proxy',
  fc.property(fc.oneof(rest, fc.webUrl(), fc.string()), (reference) => {
    const location = usable(() => rewriteUploadLocation(reference, isUpstream))
    if (location === undefined) return
    assert.ok(location.startsWith('/v2/'))
    assert.equal(new URL(location, 'https://registry.example.com').host, 'registry.example.com')
  }),
  { runs: 2000 },
)
