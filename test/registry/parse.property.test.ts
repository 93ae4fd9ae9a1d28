import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { RegistryError } from '../../src/registry/errors.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { type RegistryRequest, upstreamTarget } from '../../src/registry/request.ts'
import { property } from '../fuzz/property.ts'
import { digest, query, repository, tag } from '../support/arbitraries.ts'
import { type Endpoint, readEndpoint } from './oci-reading.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Pieces that paths are made of, by friends and others. */
const PIECES = [
  '/v2/',
  '/',
  '//',
  'manifests',
  'blobs',
  'uploads',
  'tags',
  'list',
  'referrers',
  '_catalog',
  'team',
  'App',
  '..',
  '.',
  '%2e%2e',
  '%252e%252e',
  '%2f',
  '%5c',
  '\\',
  '%3A',
  'sha256:',
  '0123456789abcdef'.repeat(4),
  'v1',
  '?',
  '&',
  'ns=x',
  'n=2000',
  '%',
  ';',
  '#',
  'é',
  '\0',
  'https://evil.example',
]

/** What a receiver that decodes once, or twice, takes for a step up or for another segment. */
const TRICK = /(?:^|\/)(?:\.|%2e|%252e){1,2}(?:\/|$)|%(?:25)?(?:2f|5c)|\\|\/\//i

function check(request: RegistryRequest): void {
  const target = upstreamTarget(request)
  const [path = ''] = target.split('?', 1)
  assert.ok(path.startsWith('/v2/'), target)
  assert.ok(!TRICK.test(path), target)
  assert.ok(/^[!-~]*$/.test(path), target)
  assert.equal(new URL(`https://registry.example${path}`).pathname, path)
  assert.deepEqual(parseRegistryRequest(request.method, target), request)
}

/** The request, or undefined where a registry error refuses it. */
function parsedOrRefused(method: string, target: string): RegistryRequest | undefined {
  try {
    return parseRegistryRequest(method, target)
  } catch (error) {
    assert.ok(error instanceof RegistryError, String(error))
    assert.ok(error.status >= 400 && error.status < 500)
    assert.match(error.message, /^[ -~…]+$/)
    return undefined
  }
}

function parseOrRefuse(method: string, target: string): void {
  const request = parsedOrRefused(method, target)
  if (request !== undefined) check(request)
}

function endpointOf(request: RegistryRequest): Endpoint {
  const repository = 'repository' in request ? request.repository : ''
  if ('reference' in request) return { kind: request.kind, repository, reference: request.reference }
  return { kind: request.kind, repository, reference: request.kind === 'upload' ? request.id : '' }
}

const method = fc.constantFrom(...METHODS)
const wild = fc.oneof(fc.string({ unit: 'binary' }), fc.string())
const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((list) => `/v2/${list.join('')}`)
const segments = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((list) => `/v2/${list.join('/')}`)
const upload = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 4 })
  .map((list) => `/v2/a/blobs/uploads/${list.join('')}`)

property(
  'whatever the bytes: a registry error, or a request that is the same when it is read again',
  fc.property(
    method,
    fc.oneof(
      wild,
      wild.map((text) => `/v2/${text}`),
    ),
    parseOrRefuse,
  ),
  { runs: 2000 },
)

property(
  'whatever is put together from pieces of paths: the same',
  fc.property(method, fc.oneof(pieces, segments, upload), parseOrRefuse),
  { runs: 10_000 },
)

interface Line {
  method: string
  path: string
}

function line(methods: readonly string[], path: fc.Arbitrary<string>): fc.Arbitrary<Line> {
  return fc.record({ method: fc.constantFrom(...methods), path })
}

/** A path in any repository that ends as `rest` does. */
function inside(rest: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(repository(), rest).map(([name, end]) => `/v2/${name}/${end}`)
}

/** Every valid request line, without its query. */
function valid(): fc.Arbitrary<Line> {
  const id = fc.string({
    unit: fc.constantFrom(..."abcXYZ019-._~!$&'()*+,;=:@".split('')),
    minLength: 3,
    maxLength: 40,
  })
  return fc.oneof(
    line(['GET', 'HEAD'], fc.constant('/v2/_catalog')),
    line(['GET', 'HEAD', 'PUT', 'DELETE'], inside(fc.oneof(tag(), digest()).map((text) => `manifests/${text}`))),
    line(['GET', 'HEAD', 'DELETE'], inside(digest().map((text) => `blobs/${text}`))),
    line(['POST'], inside(fc.constant('blobs/uploads/'))),
    line(['GET', 'PATCH', 'PUT', 'DELETE'], inside(id.map((text) => `blobs/uploads/${text}`))),
    line(['GET', 'HEAD'], inside(fc.constant('tags/list'))),
    line(['GET', 'HEAD'], inside(digest().map((text) => `referrers/${text}`))),
  )
}

property(
  'every valid request goes upstream as it came',
  fc.property(valid(), query(), (line, text) => {
    const request = parseRegistryRequest(line.method, `${line.path}?${text}`)
    assert.equal(upstreamTarget(request).split('?', 1)[0], line.path)
    check(request)
    if (request.kind === 'upload' && !/(?:^|&)(?:n|%6e)s/i.test(text)) assert.equal(request.query, text)
    assert.ok(!/(?:^|&)ns(?:=|&|$)/.test(request.query), request.query)
  }),
  { runs: 2000 },
)

/** A valid path with one change somewhere. */
const nearlyValid = fc
  .tuple(
    valid(),
    fc.nat(),
    fc.nat(3),
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 2 })),
  )
  .map(([line, where, cut, put]) => {
    const at = where % (line.path.length + 1)
    return { method: line.method, path: line.path.slice(0, at) + put + line.path.slice(at + cut) }
  })

property(
  'what is taken is what a second reading of the OCI grammar takes, and read in the same way',
  fc.property(
    fc.oneof(valid(), nearlyValid, fc.record({ method, path: fc.oneof(pieces, segments, upload) })),
    ({ method, path: target }) => {
      const [path = ''] = target.split('?', 1)
      const request = parsedOrRefused(method, target)
      const endpoint = readEndpoint(method, path)
      // What an upload's id may be is the upstream's to say, and ours to narrow.
      if (endpoint?.kind === 'upload' && endpoint.reference !== '' && request === undefined) return
      assert.deepEqual(request === undefined ? undefined : endpointOf(request), endpoint)
    },
  ),
  { runs: 10_000 },
)
