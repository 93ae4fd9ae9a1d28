import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { isSameRegistry, parseEcrHost } from '../../src/ecr/host.ts'
import { rewriteLink, UnusableReferenceError } from '../../src/registry/location.ts'
import { property } from '../fuzz/property.ts'

const upstream = parseEcrHost('123456789012.dkr.ecr.us-east-1.amazonaws.com') ?? assert.fail()
const isUpstream = (host: string): boolean => isSameRegistry(host, upstream)
const OWN = [`https://${upstream.host}`, `HTTP://${upstream.host}:443`, '//123456789012.dkr-ecr.us-east-1.on.aws']

/** A piece of a Link header, and what has to become of it. */
interface Piece {
  before: string
  after: string
}

function same(text: string): Piece {
  return { before: text, after: text }
}

const inTarget = fc.string().map((text) => text.replaceAll('>', ''))
const ownTarget = fc
  .tuple(fc.constantFrom(...OWN), inTarget)
  .map(([origin, path]) => ({ before: `<${origin}/v2/${path}>`, after: `</v2/${path}>` }))
const foreignTarget = fc
  .oneof(
    fc.webUrl(),
    inTarget.map((text) => `/v2/${text}`),
  )
  .map((url) => same(`<${url.replaceAll('>', '')}>`))
const quoted = fc
  .oneof(
    fc.string(),
    fc.constantFrom(...OWN).map((origin) => `<${origin}/v2/a>`),
  )
  .map((text) => same(`; title=${JSON.stringify(text)}`))
const bare = fc.oneof(fc.constantFrom(', ', ';rel=next', '; ', '>', '\\', ' '), fc.string()).map((text) =>
  // A quote or a bracket would begin something else.
  same(text.replaceAll(/["<]/g, '')),
)

property(
  'every target of a Link that names the upstream points here, and every other byte stays',
  fc.property(fc.array(fc.oneof(ownTarget, foreignTarget, quoted, bare), { maxLength: 8 }), (pieces) => {
    const after = pieces.map((piece) => piece.after).join('')
    assert.equal(rewriteLink(pieces.map((piece) => piece.before).join(''), isUpstream), after)
    assert.equal(rewriteLink(after, isUpstream), after)
  }),
)

property(
  'whatever a Link is: it is unusable, or none of its targets names the upstream',
  fc.property(
    fc.array(fc.oneof(fc.constantFrom('<', '>', '"', '\\', ...OWN, '/v2/', ', '), fc.string()), { maxLength: 12 }),
    (list) => {
      let link: string
      try {
        link = rewriteLink(list.join(''), isUpstream)
      } catch (error) {
        assert.ok(error instanceof UnusableReferenceError, String(error))
        return
      }
      for (const target of targetsOf(link)) {
        for (const origin of OWN) assert.ok(!target.startsWith(`${origin}/`), link)
      }
    },
  ),
)

/** The targets of a Link header, read a character at a time. A quote that never closes quotes nothing. */
function targetsOf(link: string): string[] {
  const targets: string[] = []
  for (let i = 0; i < link.length; i += 1) {
    const end = link[i] === '<' ? link.indexOf('>', i) : link[i] === '"' ? closingQuote(link, i) : -1
    if (end === -1) continue
    if (link[i] === '<') targets.push(link.slice(i + 1, end))
    i = end
  }
  return targets
}

function closingQuote(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === '"') return i
    if (text[i] === '\\') i += 1
  }
  return -1
}
