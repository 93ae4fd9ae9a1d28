import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastSquares, residentSlope, type Sample } from './slope.ts'

const TOOTH_MIB = 12

/** Two minutes of a heap that fills for seven seconds and is then collected, and that keeps so much more every minute. */
function sawtooth(leakMiB: number): Sample[] {
  return Array.from({ length: 120 }, (_, second) => ({
    atMs: 500_000 + second * 1000,
    residentMiB: 100 + (second % 7) * (TOOTH_MIB / 6) + (leakMiB * second) / 60,
    descriptors: 20,
  }))
}

test('the teeth of a heap that is collected are no growth', () => {
  assert.ok(Math.abs(residentSlope(sawtooth(0))) < 0.1, String(residentSlope(sawtooth(0))))
})

test('what is never freed shows under the teeth, as much as it is', () => {
  for (const leak of [0.5, 2, -3]) {
    const slope = residentSlope(sawtooth(leak))
    assert.ok(Math.abs(slope - leak) < 0.2, `${slope} for ${leak}`)
  }
})

test('where the tooth stands at the start and at the end decides nothing', () => {
  const samples = sawtooth(0)
  for (let cut = 0; cut < 7; cut += 1) {
    const slope = residentSlope(samples.slice(cut, samples.length - 7 + cut))
    assert.ok(Math.abs(slope) < 0.5, `${slope} with ${cut} samples cut`)
  }
})

test('least squares: the line through points on a line, the nearest one through others', () => {
  assert.equal(
    leastSquares([
      [0, 1],
      [1, 3],
      [2, 5],
    ]),
    2,
  )
  assert.equal(
    leastSquares([
      [0, 0],
      [1, 3],
      [2, 0],
    ]),
    0,
  )
  assert.ok(Number.isNaN(leastSquares([[0, 1]])))
  assert.ok(Number.isNaN(residentSlope([])))
})
