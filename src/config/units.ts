const DURATION_MS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])
const SIZE_BYTES = new Map([
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
])

/** Reads `500ms`, `25s`, `10m`, `12h` as milliseconds; undefined for anything else, a bare number included. */
export function parseDuration(text: string): number | undefined {
  return parseWithUnit(text, DURATION_MS)
}

/** Reads `512B`, `16KiB`, `64MiB`, `1GiB` as bytes; undefined for anything else, a bare number included. */
export function parseSize(text: string): number | undefined {
  return parseWithUnit(text, SIZE_BYTES)
}

function parseWithUnit(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([A-Za-z]+)$/.exec(text)
  const factor = units.get(match?.[2] ?? '')
  return factor === undefined ? undefined : Math.round(Number(match?.[1]) * factor)
}

/** Writes bytes as MiB, to a tenth, so that parseSize reads it. */
export function inMiB(bytes: number): string {
  return `${Math.round((bytes / 1024 ** 2) * 10) / 10}MiB`
}
