import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KINDS, MISHAPS, planOf } from './plan.ts'
import { Random } from './random.ts'

const MANY = 1500

function plans(seed: number) {
  return Array.from({ length: MANY }, (_, number) => planOf(seed, number))
}

test('an operation follows from the seed and its number alone', () => {
  assert.deepEqual(planOf(7, 99), planOf(7, 99))
  assert.deepEqual(planOf(7, 99).random.bytes(40), planOf(7, 99).random.bytes(40))
  const kinds = (seed: number): string =>
    plans(seed)
      .map(({ kind }) => kind)
      .join()
  assert.notEqual(kinds(1), kinds(2))
})

test('every kind and every mishap comes in a short run; those that leave bring a fault of their own', () => {
  const all = plans(3)
  assert.deepEqual(new Set(all.map(({ kind }) => kind)), new Set(KINDS))
  assert.deepEqual(new Set(all.flatMap(({ mishap }) => mishap ?? [])), new Set(MISHAPS))
  assert.ok(all.every(({ kind, mishap }) => mishap === undefined || !/^leave-|^half-open/.test(kind)))
  assert.ok(all.filter(({ mishap }) => mishap === undefined).length > MANY / 2)
})

test('chance is even, in its bounds, and differs by every seed', () => {
  const random = new Random(1, 2)
  const drawn = Array.from({ length: 6000 }, () => random.between(1, 6))
  for (let face = 1; face <= 6; face += 1) {
    const times = drawn.filter((each) => each === face).length
    assert.ok(times > 850 && times < 1150, `${face}: ${times} times`)
  }
  assert.equal(
    drawn.every((each) => each >= 1 && each <= 6),
    true,
  )
  assert.notEqual(new Random(1, 2).next(), new Random(1, 3).next())
  assert.notEqual(new Random(1, 2).next(), new Random(2, 2).next())
  assert.equal(new Random(5).shuffled(['a', 'b', 'c', 'd']).toSorted().join(), 'a,b,c,d')
  assert.throws(() => new Random(1).pick([]), /nothing to pick from/)
})

test('bytes are as many as asked for, and other ones each time', () => {
  const random = new Random(9)
  const [one, other] = [random.bytes(1000), random.bytes(1000)]
  assert.equal(one.length, 1000)
  assert.equal(one.equals(other), false)
})
