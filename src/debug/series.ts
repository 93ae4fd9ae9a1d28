/** The least of the first and of the last part of a series, which collections and bursts leave alone; undefined where it is too short. */
export function grown(series: readonly number[], part: number): { from: number; to: number } | undefined {
  if (series.length < 3 * part) return undefined
  return { from: Math.min(...series.slice(0, part)), to: Math.min(...series.slice(-part)) }
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0)
}

export function last(values: readonly number[]): number {
  return values.at(-1) ?? Number.NaN
}

/** A time as one says it: "2 minutes", "40 s", "80 ms". */
export function inWords(seconds: number): string {
  if (seconds >= 120) return `${Math.round(seconds / 60)} minutes`
  if (seconds >= 10) return `${Math.round(seconds)} s`
  if (seconds >= 1) return `${seconds.toFixed(1)} s`
  return `${Math.round(seconds * 1000)} ms`
}

export function share(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)} %`
}
