import { HISTORY_SECONDS } from '../limits.ts'
import { type Column, COLUMNS, type Row } from './row.ts'

/** The last rows, in bounded memory that is there from the start. */
export class History {
  readonly #cells: Float64Array
  readonly #capacity: number
  #rows = 0

  /** `capacity` in rows. */
  constructor(capacity = HISTORY_SECONDS) {
    this.#capacity = capacity
    this.#cells = new Float64Array(capacity * COLUMNS.length)
  }

  add(row: Row): void {
    const start = (this.#rows % this.#capacity) * COLUMNS.length
    COLUMNS.forEach((column, i) => {
      this.#cells[start + i] = row.get(column) ?? Number.NaN
    })
    this.#rows += 1
  }

  /** The values of one column, the oldest first. */
  series(column: Column): number[] {
    const at = COLUMNS.indexOf(column)
    return this.#starts().map((start) => this.#cells[start + at] ?? Number.NaN)
  }

  /** The rows later than `at`, the oldest first; null where there is no number, for JSON. */
  since(at: number): (number | null)[][] {
    return this.#starts()
      .map((start) => this.#cells.subarray(start, start + COLUMNS.length))
      .filter(([rowAt = 0]) => rowAt > at)
      .map((row) => Array.from(row, (value) => (Number.isNaN(value) ? null : rounded(value))))
  }

  /** Where each row begins, the oldest first. */
  #starts(): number[] {
    const kept = Math.min(this.#rows, this.#capacity)
    const first = this.#rows - kept
    return Array.from({ length: kept }, (_, i) => ((first + i) % this.#capacity) * COLUMNS.length)
  }
}

/** More digits would only make it longer. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
