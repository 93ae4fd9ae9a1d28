import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { headerValue, requestHeaders, responseHeaders, withoutHeaders } from '../../src/registry/headers.ts'
import { property } from '../fuzz/property.ts'

const HOP = 'connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade'.split(
  ' ',
)
const OF_THE_PROXY = 'authorization cookie content-length expect forwarded host via x-forwarded-for x-real-ip'.split(
  ' ',
)
const ORDINARY = 'accept content-type content-range range location link docker-content-digest x-custom etag'.split(' ')
const OURS = ['www-authenticate', 'x-request-id']

const name = fc
  .oneof(fc.constantFrom(...HOP, ...OF_THE_PROXY, ...ORDINARY, ...OURS), fc.string({ minLength: 1 }))
  .chain((text) =>
    fc.constantFrom(
      text,
      text.toUpperCase(),
      text.replace(/^./, (first) => first.toUpperCase()),
    ),
  )
const options = fc.array(name, { maxLength: 3 }).map((list) => list.join(', '))
const header = fc.oneof(
  fc.tuple(name, fc.string({ unit: 'binary' })),
  fc.tuple(fc.constantFrom('Connection', 'connection', 'CONNECTION'), options),
)
const headers = fc.array(header, { maxLength: 8 })

type Header = [name: string, value: string]

function pairs(raw: readonly string[]): Header[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? ''])
}

/** What the Connection headers of a message list, but for what no hop may take out. */
function listed(list: Header[]): string[] {
  return list
    .filter(([each]) => each.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((option) => option.trim().toLowerCase()))
    .filter((option) => option !== 'content-length' && option !== 'host')
}

function expected(list: Header[], ours: readonly string[]): Header[] {
  const proxys = ['proxy-connection', 'proxy-authentication-info']
  const gone = new Set([...HOP, ...proxys, ...ours, ...listed(list)])
  return list.filter(([each]) => !gone.has(each.toLowerCase()))
}

property(
  'whatever a client sends: what is no hop’s, no credential and no forwarding header goes upstream, in order, byte for byte',
  fc.property(headers, (list) => {
    const forwarding = ['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto']
    const sent = requestHeaders(list.flat())
    assert.deepEqual(pairs(sent), expected(list, [...OF_THE_PROXY, ...forwarding]))
    assert.deepEqual(requestHeaders(sent), sent)
  }),
)

property(
  'whatever the upstream sends: what is no hop’s and not for the proxy alone goes to the client, in order, byte for byte',
  fc.property(headers, (list) => {
    const sent = responseHeaders(list.flat())
    assert.deepEqual(pairs(sent), expected(list, OURS))
    assert.deepEqual(responseHeaders(sent), sent)
  }),
)

property(
  'a header is found, and taken out, by its name in any case',
  fc.property(headers, name, (list, wanted) => {
    const lower = wanted.toLowerCase()
    // A letter whose lower case is longer or shorter is in no header's name.
    fc.pre([...list.map(([each]) => each), wanted].every((each) => each.toLowerCase().length === each.length))
    const first = list.find(([each]) => each.toLowerCase() === lower)
    assert.equal(headerValue(list.flat(), lower), first?.[1])
    const rest = list.filter(([each]) => each.toLowerCase() !== lower)
    assert.deepEqual(pairs(withoutHeaders(list.flat(), new Set([lower]))), rest)
  }),
)
