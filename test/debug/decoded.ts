import { gunzipSync } from 'node:zlib'
import { Profile } from 'pprof-format'

export interface DecodedSample {
  /** The functions, with the one that was on top first. */
  names: string[]
  files: string[]
  lines: number[]
  values: number[]
}

export interface Decoded {
  /** Name and unit of each value. */
  types: string[]
  samples: DecodedSample[]
  period: number
  durationMs: number
}

/** A profile as a pprof tool reads it. */
export function decoded(gzipped: Buffer): Decoded {
  const profile = Profile.decode(gunzipSync(gzipped))
  const text = (at: number | bigint | undefined): string => profile.stringTable.strings[Number(at)] ?? ''
  const functions = new Map(profile.function.map((each) => [Number(each.id), each]))
  const locations = new Map(profile.location.map((each) => [Number(each.id), each]))
  const samples = profile.sample.map(({ locationId, value }) => {
    const lines = locationId.map((id) => locations.get(Number(id))?.line[0])
    const called = lines.map((line) => functions.get(Number(line?.functionId)))
    return {
      names: called.map((each) => text(each?.name)),
      files: called.map((each) => text(each?.filename)),
      lines: lines.map((line) => Number(line?.line)),
      values: value.map(Number),
    }
  })
  return {
    types: profile.sampleType.map(({ type, unit }) => `${text(type)} ${text(unit)}`),
    samples,
    period: Number(profile.period),
    durationMs: Number(profile.durationNanos) / 1e6,
  }
}
