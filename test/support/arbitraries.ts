import * as fc from 'fast-check'
import type { Upstream } from '../../src/ecr/host.ts'

const DIGITS = '0123456789'.split('')
const HEX = '0123456789abcdef'.split('')
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('')
const TAG = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'.split('')

function text(characters: string[], minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength })
}

export function account(): fc.Arbitrary<string> {
  // Few ones, so that two of them are the same now and then.
  return fc.oneof(fc.constant('123456789012'), text(DIGITS, 12, 12))
}

export function region(): fc.Arbitrary<string> {
  return fc.constantFrom('us-east-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'us-iso-east-1')
}

const PLAIN = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'sc2s.sgov.gov', 'c2s.ic.gov', 'cloud.adc-e.uk']
const DUAL_STACK = ['on.aws', 'on.amazonwebservices.com.cn']

/** A private ECR registry, by any form of its host name. */
export function ecrHost(): fc.Arbitrary<Upstream> {
  return fc
    .record({
      account: account(),
      region: region(),
      fips: fc.boolean(),
      suffix: fc.constantFrom(...PLAIN, 'csp.hci.ic.gov', ...DUAL_STACK),
    })
    .map(({ account, region, fips, suffix }) => {
      const dualStack = DUAL_STACK.includes(suffix)
      const host = `${account}.dkr${dualStack ? '-' : '.'}ecr${fips ? '-fips' : ''}.${region}.${suffix}`
      return { host, account, region, fips, dualStack }
    })
}

/** A repository name, also one whose parts are words of the API's own paths. */
export function repository(): fc.Arbitrary<string> {
  const word = text(LOWER, 1, 8)
  const separated = fc.tuple(word, fc.constantFrom('.', '_', '__', '-', '---'), word).map((parts) => parts.join(''))
  const own = fc.constantFrom('v2', 'blobs', 'uploads', 'manifests', 'tags', 'list', 'referrers')
  return fc.array(fc.oneof(word, separated, own), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
}

export function tag(): fc.Arbitrary<string> {
  return fc.tuple(text(TAG, 1, 1), text([...TAG, '.', '-'], 0, 127)).map((parts) => parts.join(''))
}

export function digest(): fc.Arbitrary<string> {
  return fc.oneof(
    text(HEX, 64, 64).map((hex) => `sha256:${hex}`),
    text(HEX, 128, 128).map((hex) => `sha512:${hex}`),
    text([...TAG, '='], 1, 40).map((encoded) => `blake3+b64:${encoded}`),
  )
}

/** A query as it may stand in a request line. */
export function query(): fc.Arbitrary<string> {
  const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
  const parameter = fc.oneof(
    text(visible, 0, 20),
    fc.constantFrom('ns=docker.io', 'n=5', 'n=1001', 'n=99999999999999999999', 'last=a%2Fb', 'ns', 'n', '', '%6es=x'),
  )
  return fc.array(parameter, { maxLength: 4 }).map((parameters) => parameters.join('&'))
}
