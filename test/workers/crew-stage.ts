import assert from 'node:assert/strict'
import { Crew, type WorkerEvents } from '../../src/workers/crew.ts'
import type { ToWorker } from '../../src/workers/messages.ts'
import { FakeClock } from '../support/fake-clock.ts'

/** A worker that is none, and does what a test has it do. */
interface Fake {
  number: number
  events: WorkerEvents
  told: ToWorker[]
  killed: boolean
}

/** A crew of fake workers, on a clock that stands. */
export interface Stage {
  clock: FakeClock
  crew: Crew
  /** Every worker that was ever forked, in their order. */
  forked: Fake[]
  errors: object[]
  at(index: number): Fake
}

/** A crew that nobody has started. */
export function stage(count: number): Stage {
  const clock = new FakeClock()
  const forked: Fake[] = []
  const errors: object[] = []
  const crew = new Crew({
    count,
    fork: (events, number) => {
      const fake: Fake = { number, events, told: [], killed: false }
      const pid = 100 + forked.length
      forked.push(fake)
      return {
        pid,
        send: (message) => void fake.told.push(message),
        kill: () => {
          fake.killed = true
          setImmediate(() => events.ended(null, 'SIGKILL'))
        },
      }
    },
    welcome: () => [{ type: 'start', tls: null }],
    onMessage: ({ request }, reply) => reply({ type: 'answer', request, token: null, failure: null }),
    endMs: 1000,
    now: () => clock.now(),
    after: (ms, callback) => clock.after(ms, callback),
    log: { error: (object) => errors.push(object) },
  })
  return { clock, crew, forked, errors, at: (index) => forked[index] ?? assert.fail(`no worker ${index}`) }
}

/** A crew of which every worker listens. */
export async function running(count: number): Promise<Stage> {
  const made = stage(count)
  const up = made.crew.start()
  for (let i = 0; i < count; i++) {
    made.at(i).events.message({ type: 'hello' })
    made.at(i).events.listening()
    await up
  }
  return made
}
