import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judged, recorded, type Result, worseThan } from './record.ts'

const BEFORE: Result = {
  pulls: { right: 90, '502 UNAVAILABLE': 2 },
  pushes: { right: 30 },
  normalMs: 900,
  acknowledged: 12,
  lost: 0,
}

test('another count, another code of the same class, and a better class are no worse', () => {
  assert.deepEqual(worseThan(BEFORE, { ...BEFORE, pulls: { right: 1, '503 UNAVAILABLE': 70 } }), [])
  assert.deepEqual(worseThan(BEFORE, { ...BEFORE, pulls: { right: 1 }, acknowledged: 0 }), [])
})

test('a worse class is, for pulls and for pushes by themselves', () => {
  assert.deepEqual(worseThan(BEFORE, { ...BEFORE, pulls: { 'broken transfer': 1 } }), [
    'the worst that pulls saw was "registry error" and is "broken transfer"',
  ])
  assert.deepEqual(worseThan(BEFORE, { ...BEFORE, pushes: { right: 99, '502 UNAVAILABLE': 1 } }), [
    'the worst that pushes saw was "right" and is "registry error"',
  ])
})

test('ten times the time is allowed, and five seconds whatever it was', () => {
  assert.deepEqual(worseThan(BEFORE, { ...BEFORE, normalMs: 9000 }), [])
  assert.match(worseThan(BEFORE, { ...BEFORE, normalMs: 9001 }).join(), /900 ms are committed, 9000 ms allowed/)
  const quick = { ...BEFORE, normalMs: 3 }
  assert.deepEqual(worseThan(quick, { ...BEFORE, normalMs: 5000 }), [])
  assert.equal(worseThan(quick, { ...BEFORE, normalMs: 5001 }).length, 1)
})

test('a loss is, and a scenario that nobody has a result of', () => {
  assert.deepEqual(worseThan(BEFORE, { ...BEFORE, lost: 1 }), ['1 acknowledged were lost'])
  assert.match(worseThan(undefined, BEFORE).join(), /no result of it is committed/)
})

// A whole run in which no push was hit made the next whole run fail, where one was.
test('what clients saw stays where it was worse, and the rest is of this run', () => {
  const lucky = {
    ...BEFORE,
    pulls: { right: 5 },
    pushes: { right: 1, '502 UNAVAILABLE': 1 },
    normalMs: 7,
    acknowledged: 3,
  }
  assert.deepEqual(recorded(BEFORE, lucky), { ...lucky, pulls: BEFORE.pulls })
  assert.deepEqual(recorded(lucky, BEFORE), { ...BEFORE, pushes: lucky.pushes })
  assert.equal(recorded(undefined, lucky), lucky)
})

// A whole run wrote a regression down before it judged it, and the run after it was none the worse.
test('what got worse is written down only when that is asked for, and fails until then', () => {
  const worse = { ...BEFORE, pushes: { 'broken transfer': 1 } }
  const failed = judged(BEFORE, worse, { write: true, accept: false })
  assert.equal(failed.problems.length, 1)
  assert.equal(failed.written, undefined)
  assert.deepEqual(judged(BEFORE, worse, { write: true, accept: true }), { problems: [], written: { ...worse } })
})

test('what did not get worse is written down by a run that writes, and so is what is new', () => {
  const written = { problems: [], written: BEFORE }
  assert.deepEqual(judged(BEFORE, BEFORE, { write: true, accept: false }), written)
  assert.deepEqual(judged(undefined, BEFORE, { write: true, accept: false }), written)
  assert.deepEqual(judged(BEFORE, BEFORE, { write: false, accept: false }), { problems: [], written: undefined })
  assert.equal(judged(undefined, BEFORE, { write: false, accept: false }).problems.length, 1)
})
