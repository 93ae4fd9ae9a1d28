import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDuration, parseSize } from '../../src/config/units.ts'

for (const [text, ms] of [
  ['500ms', 500],
  ['0s', 0],
  ['25s', 25_000],
  ['1.5s', 1500],
  ['0.001s', 1],
  ['10m', 600_000],
  ['12h', 43_200_000],
  ['999999999ms', 999_999_999],
] as const) {
  test(`${text} is ${ms} ms`, () => assert.equal(parseDuration(text), ms))
}

for (const text of [
  '',
  '25',
  '25 s',
  ' 25s',
  '25s ',
  '25S',
  's',
  '-1s',
  '+1s',
  '1e3s',
  '.5s',
  '1.s',
  '1.0001s',
  '1d',
]) {
  test(`'${text}' is no duration`, () => assert.equal(parseDuration(text), undefined))
}

for (const text of ['1234567890s', '1s2m', '1s\n', '٣s', '64MiB']) {
  test(`${JSON.stringify(text)} is no duration`, () => assert.equal(parseDuration(text), undefined))
}

for (const [text, bytes] of [
  ['0B', 0],
  ['512B', 512],
  ['16KiB', 16_384],
  ['1.5KiB', 1536],
  ['64MiB', 67_108_864],
  ['2GiB', 2_147_483_648],
] as const) {
  test(`${text} is ${bytes} bytes`, () => assert.equal(parseSize(text), bytes))
}

for (const text of ['64', '64M', '64MB', '64mib', '64kib', 'MiB', '-1B', '1 MiB', '1TiB', '10m']) {
  test(`'${text}' is no size`, () => assert.equal(parseSize(text), undefined))
}
