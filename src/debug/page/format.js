// Numbers as a person reads them, each with its unit.

/** @typedef {(value: number) => string} Format */

/** @type {Format} */
export function count(value) {
  if (value >= 10_000) return `${plain(value / 1000)} k`
  return plain(value)
}

/** @type {Format} */
export function percent(value) {
  return `${plain(value)} %`
}

/** @type {Format} */
export function milliseconds(value) {
  if (value >= 10_000) return `${plain(value / 1000)} s`
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`
  return `${plain(value)} ms`
}

/** @type {Format} */
export function seconds(value) {
  if (value < 100) return `${plain(value)} s`
  const minutes = Math.round(value / 60)
  if (minutes < 100) return `${minutes} min`
  if (minutes % 60 === 0) return `${minutes / 60} h`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB']

/** @type {Format} */
export function bytes(value) {
  const power = Math.min(BYTE_UNITS.length - 1, value < 1024 ? 0 : Math.floor(Math.log2(value) / 10))
  return `${plain(value / 1024 ** power)} ${BYTE_UNITS[power]}`
}

/** @type {Format} */
export function bytesPerSecond(value) {
  return `${bytes(value)}/s`
}

/**
 * Three digits where there are broken ones, and no zeros behind them.
 *
 * @type {Format}
 */
function plain(value) {
  const size = Math.abs(value)
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)))
}
