import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format'
import { CPU_SAMPLE_MICROSECONDS } from '../limits.ts'
import type { CpuProfile, HeapProfile } from './profiler.ts'
import type { Frame, SourceFrames } from './source-frames.ts'

/** Frames that are no function of anybody, or stand for time in which nothing ran. */
const LEFT_OUT = new Set(['(root)', '(idle)'])

interface Units {
  /** Name and unit of each value of a sample; pprof shows the last one first. */
  values: readonly (readonly [type: string, unit: string])[]
  period: { type: readonly [type: string, unit: string]; value: number }
  windowMs: number
}

/** A CPU profile in pprof's format, gzipped; time in which nothing ran is left out. */
export async function pprofOfCpu(profile: CpuProfile, frames: SourceFrames): Promise<Buffer> {
  const windowMs = (profile.endTime - profile.startTime) / 1000
  const cpu = ['cpu', 'nanoseconds'] as const
  const period = { type: cpu, value: CPU_SAMPLE_MICROSECONDS * 1000 }
  const pprof = new PprofBuilder({ values: [['samples', 'count'], cpu], period, windowMs }, frames)
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  for (const [id, { samples, microseconds }] of timeByNode(profile)) {
    const stack: CpuProfile['nodes'] = []
    for (let node = nodes.get(id); node !== undefined; node = nodes.get(parents.get(node.id) ?? 0)) stack.push(node)
    pprof.add(
      stack.map(({ callFrame }) => callFrame),
      [samples, microseconds * 1000],
    )
  }
  return pprof.encode()
}

/** Of each node that was seen on top of the stack, how often and for how long: from each sample to the next. */
function timeByNode({
  samples = [],
  timeDeltas = [],
}: CpuProfile): Map<number, { samples: number; microseconds: number }> {
  const times = new Map<number, { samples: number; microseconds: number }>()
  for (const [i, id] of samples.entries()) {
    const time = times.get(id) ?? { samples: 0, microseconds: 0 }
    time.samples += 1
    // The clock of the sampler may step back a little.
    time.microseconds += Math.max(0, timeDeltas[i + 1] ?? 0)
    times.set(id, time)
  }
  return times
}

/** A heap profile in pprof's format, gzipped; `what` is Go's name for what it shows: inuse or alloc. */
export async function pprofOfHeap(
  { head }: HeapProfile,
  frames: SourceFrames,
  { what, windowMs, sampleBytes }: { what: 'inuse' | 'alloc'; windowMs: number; sampleBytes: number },
): Promise<Buffer> {
  const period = { type: ['space', 'bytes'] as const, value: sampleBytes }
  const pprof = new PprofBuilder({ values: [[`${what}_space`, 'bytes']], period, windowMs }, frames)
  const open = [{ node: head, above: [] as HeapProfile['head'][] }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, above } = next
    const stack = [node, ...above]
    if (node.selfSize > 0) {
      pprof.add(
        stack.map(({ callFrame }) => callFrame),
        [Math.round(node.selfSize)],
      )
    }
    for (const child of node.children) open.push({ node: child, above: stack })
  }
  return pprof.encode()
}

type CallFrame = HeapProfile['head']['callFrame']

/** Collects samples, and gives each function and place its number. */
class PprofBuilder {
  readonly #units: Units
  readonly #frames: SourceFrames
  readonly #strings = new StringTable()
  readonly #functions = new Map<string, PprofFunction>()
  readonly #locations = new Map<string, Location>()
  readonly #samples: Sample[] = []

  constructor(units: Units, frames: SourceFrames) {
    this.#units = units
    this.#frames = frames
  }

  /** One sample, with the function that was on top first. */
  add(stack: readonly CallFrame[], value: number[]): void {
    if (LEFT_OUT.has(stack[0]?.functionName ?? '')) return
    const named = stack.filter(({ functionName }) => !LEFT_OUT.has(functionName))
    const locationId = named.map((callFrame) => this.#location(this.#frames.frameOf(callFrame)))
    this.#samples.push(new Sample({ locationId, value }))
  }

  async encode(): Promise<Buffer> {
    const { values, period, windowMs } = this.#units
    const profile = new Profile({
      sampleType: values.map((each) => this.#valueType(each)),
      sample: this.#samples,
      location: [...this.#locations.values()],
      function: [...this.#functions.values()],
      stringTable: this.#strings,
      timeNanos: BigInt(Math.round(Date.now() - windowMs)) * 1_000_000n,
      durationNanos: Math.round(windowMs * 1_000_000),
      periodType: this.#valueType(period.type),
      period: period.value,
    })
    return promisify(gzip)(profile.encode())
  }

  #valueType([type, unit]: readonly [string, string]): ValueType {
    return new ValueType({ type: this.#strings.dedup(type), unit: this.#strings.dedup(unit) })
  }

  #location(frame: Frame): number {
    const key = `${frame.name}\n${frame.file}\n${frame.line}`
    const known = this.#locations.get(key)
    if (known !== undefined) return Number(known.id)
    const id = this.#locations.size + 1
    const line = new Line({ functionId: this.#function(key, frame), line: frame.line })
    this.#locations.set(key, new Location({ id, line: [line] }))
    return id
  }

  #function(key: string, { name, file, line }: Frame): number {
    const id = this.#functions.size + 1
    const at = this.#strings.dedup(name)
    const filename = this.#strings.dedup(file)
    this.#functions.set(key, new PprofFunction({ id, name: at, systemName: at, filename, startLine: line }))
    return id
  }
}
