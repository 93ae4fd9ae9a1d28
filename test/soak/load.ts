import { setTimeout as sleep } from 'node:timers/promises'
import { type Ground, Operation, OperationFailure } from './operation.ts'
import { KINDS, MISHAPS, planOf } from './plan.ts'
import { WORK } from './work.ts'

/** More at once than this means that they do not end. */
const MAX_OPERATIONS = 500

export interface Load {
  /** How often each kind came to its end, and each mishap hit something. */
  exercised: Map<string, number>
  explained: string[]
  unexplained: string[]
  notStarted: number
  operations: number
}

/**
 * Starts operations at their times, in milliseconds from now, whether or not those before have ended, and waits for the
 * last. They are numbered from `first`.
 */
export async function runLoad(seed: number, ground: Ground, times: Iterable<number>, first = 0): Promise<Load> {
  const exercised = new Map<string, number>([...KINDS, ...MISHAPS].map((name) => [name, 0]))
  const unexplained: string[] = []
  const explained: string[] = []
  const running = new Set<Promise<void>>()
  let notStarted = 0

  const run = async (number: number): Promise<void> => {
    const plan = planOf(seed, number)
    const operation = new Operation(number, plan, ground)
    try {
      await WORK[plan.kind](operation)
      count(plan.kind)
    } catch (error) {
      if (error instanceof OperationFailure && error.explained) explained.push(error.message)
      else unexplained.push(error instanceof OperationFailure ? error.message : `operation ${number}: ${String(error)}`)
    } finally {
      operation.end()
    }
    if (plan.mishap !== undefined && operation.mishapHits > 0) count(plan.mishap)
  }
  const count = (name: string): void => {
    exercised.set(name, (exercised.get(name) ?? 0) + 1)
  }

  const startedAt = performance.now()
  let operations = 0
  for (const at of times) {
    await sleep(Math.max(0, startedAt + at - performance.now()))
    const number = first + operations
    operations += 1
    if (running.size >= MAX_OPERATIONS) {
      notStarted += 1
      continue
    }
    const operation = run(number).finally(() => running.delete(operation))
    running.add(operation)
  }
  await Promise.all(running)
  return { exercised, unexplained, explained, notStarted, operations: operations - notStarted }
}
