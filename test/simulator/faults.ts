import type { ListenerName } from './recorder.ts'

/** What goes wrong, and with which requests. */
export interface FaultRule {
  /** Default: registry. */
  listener?: ListenerName
  method?: string
  /** Tested against the request-target, query included. */
  path?: RegExp
  /** How many requests are hit; default 1. */
  times?: number
  /** How many matching requests pass first; default 0. */
  after?: number
  action: FaultAction
}

export type FaultAction =
  /** Answered before the request body is read, unless `drain`; `thenClose` drops the connection with the rest unread. */
  | {
      kind: 'status'
      status: number
      body?: string | Buffer
      headers?: Record<string, string>
      drain?: boolean
      thenClose?: boolean
    }
  | { kind: 'delay'; ms: number }
  /** Handled at once, answered late: ECR that puts a big layer together in silence. */
  | { kind: 'delay-answer'; ms: number }
  | { kind: 'stall' }
  | { kind: 'stall-reading' }
  | { kind: 'reset-before'; rst?: boolean }
  | { kind: 'reset-after-bytes'; requestBytes: number; rst?: boolean }
  | { kind: 'reset-body'; bytes: number }
  | { kind: 'stall-body'; bytes: number }
  | { kind: 'headers'; set: Record<string, string> }
  | { kind: 'aws-error'; status: number; type: string; message: string }

export interface Fault {
  readonly hits: number
  remove(): void
}

interface Armed {
  readonly rule: FaultRule
  skipped: number
  hits: number
}

/** The faults of one simulator. Of several that match, the one added first is taken until it is used up. */
export class Faults {
  #armed: Armed[] = []

  add(rule: FaultRule): Fault {
    const armed: Armed = { rule, skipped: 0, hits: 0 }
    this.#armed.push(armed)
    return {
      get hits() {
        return armed.hits
      },
      remove: () => {
        this.#armed = this.#armed.filter((other) => other !== armed)
      },
    }
  }

  clear(): void {
    this.#armed = []
  }

  take(listener: ListenerName, method: string, url: string): FaultAction | undefined {
    for (const armed of this.#armed) {
      if (!matches(armed.rule, listener, method, url)) continue
      if (armed.hits >= (armed.rule.times ?? 1)) continue
      if (armed.skipped < (armed.rule.after ?? 0)) {
        armed.skipped += 1
        continue
      }
      armed.hits += 1
      return armed.rule.action
    }
    return undefined
  }
}

function matches(rule: FaultRule, listener: ListenerName, method: string, url: string): boolean {
  if ((rule.listener ?? 'registry') !== listener) return false
  if (rule.method !== undefined && rule.method !== method) return false
  // search() and not test(): a /g expression would remember where it stopped.
  return rule.path === undefined || url.search(rule.path) !== -1
}
