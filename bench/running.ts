import type { ChildProcess } from 'node:child_process'
import { freePort } from '../test/process/proxy-process.ts'
import type { Ground } from './ground.ts'
import { Gauge, stop } from './process.ts'
import { type Subject, untilReady } from './subjects.ts'
import { median } from './statistics.ts'
import { Work } from './work.ts'
import { type Figures, PULL, type Scale } from './works.ts'

/** A subject that is up, on a port of its own, with what it has done so far. */
export class RunningSubject {
  readonly subject: Subject
  readonly work: Work
  readonly #child: ChildProcess
  readonly #readyMs: number

  private constructor(subject: Subject, child: ChildProcess, work: Work, readyMs: number) {
    this.subject = subject
    this.work = work
    this.#child = child
    this.#readyMs = readyMs
  }

  /** Starts it as often as `scale` says and keeps the last one, measured at rest and then warmed up. */
  static async start(subject: Subject, ground: Ground, { starts }: Scale): Promise<RunningSubject> {
    const port = await freePort()
    const target = { origin: `https://localhost:${port}`, ca: ground.ca }
    const readyMs: number[] = []
    while (readyMs.length < starts - 1) {
      const child = subject.start(port)
      try {
        readyMs.push(await untilReady(child, target, subject.readyPath))
      } finally {
        await stop(child)
      }
    }
    const child = subject.start(port)
    const work = new Work(target, new Gauge(child.pid ?? 0))
    try {
      readyMs.push(await untilReady(child, target, subject.readyPath))
      // Ours is up before it has its token.
      await untilReady(child, target, PULL.path)
      await work.rest()
      await work.warmUp()
    } catch (error) {
      await work.close()
      await stop(child)
      throw error
    }
    return new RunningSubject(subject, child, work, median(readyMs))
  }

  figures(): Figures {
    return { 'start to ready, ms': this.#readyMs, ...this.work.figures() }
  }

  async stop(): Promise<void> {
    await this.work.close()
    await stop(this.#child)
  }
}
