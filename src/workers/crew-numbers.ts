import { Recorder, type RecorderOptions } from '../metrics/recorder.ts'
import type { MetricsSnapshot } from '../metrics/snapshot.ts'
import type { TokenEvents } from './token-desk.ts'

/** Where the numbers of one worker come in. */
export interface WorkerNumbers {
  receive(window: MetricsSnapshot): void
  ended(): void
}

/** The primary's side of the numbers: adds up what its workers count, and counts what becomes of the token itself. */
export class CrewNumbers {
  readonly recorder: Recorder
  readonly #inFlight = new Map<WorkerNumbers, number>()

  constructor(options: Omit<RecorderOptions, 'inFlight'>) {
    const inFlight = (): number => [...this.#inFlight.values()].reduce((sum, each) => sum + each, 0)
    this.recorder = new Recorder({ ...options, inFlight })
  }

  ofWorker(): WorkerNumbers {
    const worker: WorkerNumbers = {
      receive: (window) => {
        this.recorder.add(window)
        this.#inFlight.set(worker, window.inFlight)
      },
      ended: () => {
        this.#inFlight.delete(worker)
      },
    }
    return worker
  }

  /** The same events, counted as they pass. */
  counting({ onRefresh, onFailure }: TokenEvents): TokenEvents {
    return {
      onRefresh: (token) => {
        this.recorder.tokenRefreshed()
        onRefresh(token)
      },
      onFailure: (error) => {
        this.recorder.tokenRefreshFailed()
        onFailure(error)
      },
    }
  }
}
