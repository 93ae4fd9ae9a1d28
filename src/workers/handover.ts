import type { ChildProcess } from 'node:child_process'

interface Handle {
  close: () => void
}

/**
 * Watches the connections that node:cluster hands to a worker, one at a time. It forgets one whose worker dies before it
 * has confirmed it: the primary would hold that connection open, and its client would wait for ever. The returned
 * function closes it; call it when the worker has ended.
 */
export function watchHandover(worker: Pick<ChildProcess, 'send'>): () => void {
  let last: Handle | undefined
  const { send } = worker
  worker.send = new Proxy(send, {
    apply: (_send, self, parts: unknown[]): unknown => {
      const [, handle] = parts
      if (isHandle(handle)) last = handle
      return Reflect.apply(send, self, parts)
    },
  })
  return () => {
    // Closing one that was confirmed, and so is closed, does nothing.
    last?.close()
    last = undefined
  }
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}
