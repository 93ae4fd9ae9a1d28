import assert from 'node:assert/strict'
import { createSecureContext } from 'node:tls'
import * as fc from 'fast-check'
import { readTlsCredentials } from '../../src/tls/credentials.ts'
import { property } from '../fuzz/property.ts'
import { makeCertificates } from '../support/certificates.ts'

const ours = await makeCertificates(['registry.example.com'])

const edit = fc.record({
  at: fc.nat(),
  cut: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(400)),
  put: fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('\n', '\r\n', '\\n', '-', '-----BEGIN ', '-----END ', ' ENCRYPTED', '\0', '=', '/', '~/'),
  ),
})

/** The key's own characters, 16 at a time. */
const inside = ours.key.split('\n').slice(1, -2).join('')
const pieces = Array.from({ length: inside.length - 15 }, (_, i) => inside.slice(i, i + 16))

/** A PEM text as somebody pastes it: edited, cut, without its frame, on one line. */
function pasted(pem: string): fc.Arbitrary<string> {
  const lines = pem.split('\n')
  const body = lines.slice(1, -2)
  return fc
    .tuple(
      fc.constantFrom(pem, pem.replaceAll('\n', '\\n'), pem.replaceAll('\n', ' '), body.join('\n'), body.join('')),
      fc.array(edit, { maxLength: 4 }),
    )
    .map(([text, edits]) =>
      edits.reduce((all, { at, cut, put }) => {
        const start = at % (all.length + 1)
        return all.slice(0, start) + put + all.slice(start + cut)
      }, text),
    )
}

const input = fc.oneof(pasted(ours.key), pasted(ours.cert), fc.constantFrom(ours.key, ours.cert), fc.string())

property(
  'whatever is given as certificate and key: what TLS can use, or problems that name the variable and tell nothing of the key',
  fc.property(fc.oneof(fc.constant(ours.cert), input), fc.oneof(fc.constant(ours.key), input), (certificate, key) => {
    const result = readTlsCredentials(certificate, key)
    if (!('problems' in result)) {
      createSecureContext(result)
      return
    }
    assert.ok(result.problems.length > 0)
    for (const problem of result.problems) {
      assert.match(problem, /^TLS_(?:CERTIFICATE|PRIVATE_KEY): .*; expected /)
      assert.deepEqual(
        pieces.filter((piece) => problem.includes(piece)),
        [],
        problem,
      )
    }
  }),
  { runs: 200, cost: 10 },
)

property(
  'any piece of a key, wherever it begins and ends, is not told as the path that it is taken for',
  fc.property(fc.nat(inside.length), fc.nat(inside.length), fc.constantFrom('', '/', './', '~'), (from, to, start) => {
    const piece = inside.slice(Math.min(from, to), Math.max(from, to))
    // Shorter ones tell little, and look like names.
    fc.pre(piece.length >= 32)
    const result = readTlsCredentials(ours.cert, start + piece)
    assert.ok('problems' in result)
    assert.ok(!result.problems.join('\n').includes(piece), result.problems.join('\n'))
  }),
  { cost: 10 },
)
