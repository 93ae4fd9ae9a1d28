// Axes: where they end, and what is written at them.

const MINUTE = 60
const HOUR = 60 * MINUTE
const MOST_TICKS = 4

/**
 * The sizes of step that are round numbers to a reader, by what is counted: things, shares of things, bytes, seconds.
 *
 * @typedef {'whole' | 'decimal' | 'binary' | 'time'} Steps
 *
 * @type {Record<Steps, number[]>}
 */
const STEPS = {
  whole: decades(0, 9),
  decimal: decades(-1, 9),
  binary: Array.from({ length: 50 }, (_, power) => 2 ** power),
  time: [5, 10, 30, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
}

/**
 * @param {number} from
 * @param {number} to
 */
function decades(from, to) {
  return Array.from({ length: to - from }, (_, i) => from + i).flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power))
}

/**
 * The marks of an axis from 0 to at least `most`, at round numbers.
 *
 * @param {number} most
 * @param {Steps} steps
 * @returns {number[]}
 */
export function ticks(most, steps) {
  const sizes = STEPS[steps]
  const size = sizes.find((each) => each * MOST_TICKS >= most) ?? most
  return Array.from({ length: Math.max(1, Math.ceil(most / size)) + 1 }, (_, i) => i * size)
}

const SPANS_SECONDS = [60, 120, 300, 600]

/**
 * How far back to look, in seconds: as short as shows all that there is.
 *
 * @param {number} available
 */
export function span(available) {
  return SPANS_SECONDS.find((seconds) => seconds >= available) ?? 600
}
