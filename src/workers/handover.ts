import type { ChildProcess } from 'node:child_process'

interface Handle {
  close: () => void
}

/**
 * Watches the connections that node:cluster hands to a worker, one at a time. It forgets one whose worker dies before it
 * has confirmed it, and keeps one that all workers have refused, because they listen no more: the primary would hold that
 * connection open, and its client would wait until the primary ends. So what is refused while `draining` is closed. The
 * returned function closes what was handed over last; call it when the worker has ended.
 */
export function watchHandover(worker: Pick<ChildProcess, 'send' | 'on'>, draining: () => boolean): () => void {
  let last: Handle | undefined
  const closeLast = (): void => {
    // Closing one that was confirmed, and so is closed, does nothing; nor does it harm one that went on to another worker.
    last?.close()
    last = undefined
  }
  const { send } = worker
  worker.send = new Proxy(send, {
    apply: (_send, self, parts: unknown[]): unknown => {
      const [, handle] = parts
      if (isHandle(handle)) last = handle
      return Reflect.apply(send, self, parts)
    },
  })
  // How node:cluster's processes talk to each other; nothing public tells of a refusal.
  worker.on('internalMessage', (message: unknown) => {
    if (isRefusal(message) && draining()) closeLast()
  })
  return closeLast
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function'
}

function isRefusal(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'accepted' in message && message.accepted === false
}
