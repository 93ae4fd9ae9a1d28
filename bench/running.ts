import type { ChildProcess } from 'node:child_process'
import { freePort } from '../test/process/proxy-process.ts'
import type { Ground } from './ground.ts'
import { Gauge, pidOf, stop } from './process.ts'
import { type Subject, untilReady } from './subjects.ts'
import { median } from './statistics.ts'
import { Work } from './work.ts'
import { type Figures, PULL, type Scale } from './works.ts'

/** A subject that is up, on a port of its own, with what it has done so far. */
export class RunningSubject {
  readonly subject: Subject
  readonly work: Work
  readonly #child: ChildProcess
  readonly #startMs: Figures

  private constructor(subject: Subject, child: ChildProcess, work: Work, startMs: Figures) {
    this.subject = subject
    this.work = work
    this.#child = child
    this.#startMs = startMs
  }

  /**
   * Starts it as often as `scale` says for either answer that it is waited for, and keeps the last one, measured at rest
   * and then warmed up. Starts of their own, because asking for the one would delay the other.
   */
  static async start(subject: Subject, ground: Ground, { starts }: Scale): Promise<RunningSubject> {
    const port = await freePort()
    const target = { origin: `https://localhost:${port}`, ca: ground.ca }
    const startFor = async (path: string): Promise<number> => {
      const child = subject.start(port)
      try {
        return await untilReady(child, target, path)
      } finally {
        await stop(child)
      }
    }
    const [readyMs, manifestMs]: [number[], number[]] = [[], []]
    while (readyMs.length < starts) readyMs.push(await startFor(subject.readyPath))
    while (manifestMs.length < starts - 1) manifestMs.push(await startFor(PULL.path))
    const child = subject.start(port)
    const work = new Work(target, new Gauge(pidOf(child)))
    try {
      manifestMs.push(await untilReady(child, target, PULL.path))
      await work.rest()
      await work.warmUp()
    } catch (error) {
      await work.close()
      await stop(child)
      throw error
    }
    const startMs = { 'start to ready, ms': median(readyMs), 'start to first manifest, ms': median(manifestMs) }
    return new RunningSubject(subject, child, work, startMs)
  }

  figures(): Figures {
    return { ...this.#startMs, ...this.work.figures() }
  }

  async stop(): Promise<void> {
    await this.work.close()
    await stop(this.#child)
  }
}
