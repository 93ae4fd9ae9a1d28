import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FaultAction } from '../simulator/faults.ts'
import { goodSetUp, type SetUp, wrongIn } from './set-up.ts'

/** One thing that is wrong in a set-up that is right otherwise. */
export interface Planted {
  fault: string
  plant: (setUp: SetUp, t: TestContext) => Promise<void> | void
  options?: string[]
  /** What is found, and nothing else: each with its status, and what its text and its cure say. */
  found: [name: string, status: 'warn' | 'fail', text: RegExp, cure: RegExp][]
}

/** Plants each fault in a set-up of its own, and wants the doctor to find it and nothing else. */
export function areFound(faults: Planted[]): void {
  for (const { fault, plant, options = [], found } of faults) {
    test(`found: ${fault}`, async (t) => {
      const setUp = await goodSetUp(t)
      await plant(setUp, t)
      const wrong = await wrongIn(t, setUp, ...options)
      assert.deepEqual(
        wrong.map(({ name, status }) => [name, status]),
        found.map(([name, status]) => [name, status]),
        JSON.stringify(wrong, null, 2),
      )
      for (const [place, [, , text, cure]] of found.entries()) {
        assert.match(wrong[place]?.text ?? '', text)
        assert.match(wrong[place]?.cure ?? '', cure)
      }
    })
  }
}

/** The next question for a token is answered so. */
export function onToken(action: FaultAction) {
  return ({ simulator }: SetUp): void => {
    simulator.faults.add({ listener: 'api', action })
  }
}

/** The variables have these values. */
export function set(variables: NodeJS.ProcessEnv) {
  return ({ environment }: SetUp): void => {
    Object.assign(environment, variables)
  }
}
