export type ListenerName = 'registry' | 'layer' | 'api' | 'cloudwatch'

export interface RecordedRequest {
  readonly listener: ListenerName
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  /** Which TCP connection it came on. */
  readonly connection: number
  /** Of the request body, as far as the simulator has read it. */
  bodyBytes: number
  /** Of the answer; undefined until it is sent. */
  status: number | undefined
  /** The exchange is over, one way or another, and nothing of it is still being written to disk. */
  finished: boolean
  /** The other side went away before its answer was complete. */
  aborted: boolean
}

const MAX_REQUESTS = 10_000

/** Every request of every listener, the oldest forgotten first. */
export class Recorder {
  readonly requests: RecordedRequest[] = []
  readonly #waiting = new Set<() => void>()

  begin(request: Pick<RecordedRequest, 'listener' | 'method' | 'url' | 'rawHeaders' | 'connection'>): RecordedRequest {
    const record = { ...request, bodyBytes: 0, status: undefined, finished: false, aborted: false }
    if (this.requests.length >= MAX_REQUESTS) this.requests.shift()
    this.requests.push(record)
    this.changed()
    return record
  }

  changed(): void {
    for (const look of this.#waiting) look()
  }

  /** Resolves with the first request that satisfies `wanted`, past or coming; rejects after `timeoutMs`. */
  async waitFor(wanted: (request: RecordedRequest) => boolean, timeoutMs: number): Promise<RecordedRequest> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.requests.find((request) => wanted(request))
        if (found === undefined) return
        settle()
        resolve(found)
      }
      const timer = setTimeout(() => {
        settle()
        reject(new Error(`no such request within ${timeoutMs} ms`))
      }, timeoutMs)
      timer.unref()
      const settle = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
