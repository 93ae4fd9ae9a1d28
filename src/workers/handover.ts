import type { ChildProcess } from 'node:child_process'

interface Handle {
  close(): void
}

/**
 * Watches the connections that node:cluster hands to workers, one at a time. It forgets one whose worker dies before it has
 * confirmed it, and one that the last worker refuses because it listens no more: the primary would hold that connection
 * open, and its client would wait until the primary ends.
 */
export class Handover {
  readonly #listening = new Set<object>()

  /** Watches a worker; call the returned function when it has ended. */
  watch(worker: Pick<ChildProcess, 'on'> & { send?: ChildProcess['send'] }): () => void {
    let last: Handle | undefined
    const closeLast = (): void => {
      // Closing one that was confirmed, and so is closed, does nothing.
      last?.close()
      last = undefined
    }
    const { send } = worker
    // Node does not say so in its types: a process that could not be made has no channel.
    if (send === undefined) return closeLast
    worker.send = new Proxy(send, {
      apply: (_send, self, parts: unknown[]): unknown => {
        const [, handle] = parts
        if (isHandle(handle)) last = handle
        return Reflect.apply(send, self, parts)
      },
    })
    // node:cluster's internal messages; nothing public reports a refusal. Its own listener runs first: while other workers
    // listen, they already have the connection that this one refused.
    worker.on('internalMessage', (message: unknown) => {
      if (isOf(message, 'act', 'queryServer')) this.#listening.add(worker)
      if (isOf(message, 'act', 'close')) this.#listening.delete(worker)
      if (isOf(message, 'accepted', false) && this.#listening.size === 0) closeLast()
    })
    return () => {
      this.#listening.delete(worker)
      closeLast()
    }
  }
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}

function isOf(message: unknown, key: string, value: unknown): boolean {
  return typeof message === 'object' && message !== null && Reflect.get(message, key) === value
}
