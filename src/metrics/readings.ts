import { type Metric, OPERATION_METRICS, PROCESS_METRICS, REPOSITORY_METRICS, type Unit } from './definitions.ts'
import { OPERATIONS } from './operation.ts'
import type { Distribution, MetricsSnapshot } from './snapshot.ts'

/** A metric and its value. */
export interface Reading {
  name: string
  unit: Unit
  value: number | Distribution
}

/** The readings that share their dimensions. */
export interface ReadingGroup {
  dimensions: Record<string, string>
  readings: Reading[]
}

/** What is worth sending of the numbers of one flush: nothing of operations and repositories that were not asked for. */
export function readingGroups(window: MetricsSnapshot): ReadingGroup[] {
  const { operations, repositories } = window
  return [
    { dimensions: {}, readings: readingsOf(PROCESS_METRICS, window) },
    ...OPERATIONS.filter((operation) => operations[operation].requests > 0).map((operation) => ({
      dimensions: { Operation: operation },
      readings: readingsOf(OPERATION_METRICS, operations[operation]),
    })),
    ...repositories.map((numbers) => ({
      dimensions: { Repository: numbers.repository },
      // A metric of 0 that is sent is billed as any other.
      readings: readingsOf(REPOSITORY_METRICS, numbers).filter(({ value }) => value !== 0),
    })),
  ]
}

function readingsOf<Numbers>(metrics: readonly Metric<Numbers>[], numbers: Numbers): Reading[] {
  return metrics.flatMap(({ name, unit, read }) => {
    const value = read(numbers)
    const isEmpty = value === undefined || (typeof value === 'object' && value.count === 0)
    return isEmpty ? [] : [{ name, unit, value }]
  })
}
