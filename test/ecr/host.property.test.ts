import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { isSameRegistry, parseEcrHost } from '../../src/ecr/host.ts'
import { property } from '../fuzz/property.ts'
import { account, ecrHost, region } from '../support/arbitraries.ts'

property(
  'every form of a host tells the account and the region in it',
  fc.property(ecrHost(), ({ host, ...told }) => {
    assert.deepEqual(parseEcrHost(host), { host, ...told })
    assert.deepEqual(parseEcrHost(host.toUpperCase()), { host, ...told })
  }),
)

property(
  'nothing may stand before or behind a host',
  fc.property(ecrHost(), fc.string({ minLength: 1 }), ({ host }, more) => {
    // Digits before an account are another account, and `.cn` behind `.com` is another partition.
    assert.equal(parseEcrHost(`${more}.${host}`), undefined)
    if (!/^\.cn$/i.test(more)) assert.equal(parseEcrHost(`${host}${more}`), undefined)
  }),
)

property(
  'whatever is no host form is undefined, never an error',
  fc.property(fc.string({ unit: 'binary' }), (text) => {
    assert.equal(parseEcrHost(text), undefined)
  }),
)

property(
  'two hosts are one registry exactly when account and region are the same',
  fc.property(ecrHost(), ecrHost(), account(), region(), (one, two, someAccount, someRegion) => {
    assert.equal(isSameRegistry(one.host, one), true)
    assert.equal(isSameRegistry(two.host, one), two.account === one.account && two.region === one.region)
    const elsewhere = { ...one, host: 'x', account: someAccount, region: someRegion }
    const same = someAccount === one.account && someRegion === one.region
    assert.equal(isSameRegistry(one.host, elsewhere), same)
  }),
)
