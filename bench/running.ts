import type { ChildProcess } from 'node:child_process'
import { freePort } from '../test/process/proxy-process.ts'
import type { Ground } from './ground.ts'
import { Gauge, stop } from './process.ts'
import { type Subject, untilReady } from './subjects.ts'
import { type Figures, median, PULL, type Scale, Work } from './works.ts'

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
    for (;;) {
      const child = subject.start(port)
      try {
        readyMs.push(await untilReady(child, target, subject.readyPath))
        if (readyMs.length === starts) {
          // Ours is up before it has its token.
          await untilReady(child, target, PULL.path)
          const work = new Work(target, new Gauge(child.pid ?? 0))
          await work.rest()
          await work.warmUp()
          return new RunningSubject(subject, child, work, median(readyMs))
        }
      } catch (error) {
        await stop(child)
        throw error
      }
      await stop(child)
    }
  }

  figures(): Figures {
    return { 'start to ready, ms': this.#readyMs, ...this.work.figures() }
  }

  async stop(): Promise<void> {
    await this.work.close()
    await stop(this.#child)
  }
}
