import cluster, { type Worker } from 'node:cluster'
import process from 'node:process'
import type { WorkerEvents, WorkerProcess } from './crew.ts'
import type { WorkerNumbers } from './crew-numbers.ts'
import type { Handover } from './handover.ts'
import { fromWorker, type ToWorker } from './messages.ts'

export interface ForkOptions {
  environment: NodeJS.ProcessEnv
  events: WorkerEvents
  numbers: WorkerNumbers
  handover: Handover
  log: { error(object: object, message: string): void }
}

/** Makes a worker. One that cannot be made, for want of memory or descriptors, is logged and has ended. */
export function forkWorker({ environment, events, numbers, handover, log }: ForkOptions): WorkerProcess {
  const notMade = (error: unknown): void => {
    log.error({ err: error }, 'a worker process could not be made')
    numbers.ended()
    events.ended(null, null)
  }
  let worker: Worker
  try {
    worker = cluster.fork(environment)
  } catch (error) {
    // Later, as with the failures that Node does not throw.
    process.nextTick(notMade, error)
    return { pid: undefined, send: () => {}, kill: () => {} }
  }
  worker.on('error', (error) => {
    // A process that could not be made has no exit; other errors are about messages to one that is ending.
    if (worker.process.pid === undefined) notMade(error)
  })
  const closeLost = handover.watch(worker.process)
  worker.on('message', (message: unknown) => {
    const known = fromWorker(message)
    if (known?.type === 'numbers') numbers.receive(known.window)
    else if (known !== undefined) events.message(known)
  })
  worker.on('listening', () => events.listening())
  worker.once('exit', (code, signal) => {
    closeLost()
    const end = (): void => {
      numbers.ended()
      events.ended(code, signal)
    }
    // What it said last may still be on its way.
    if (worker.isConnected()) worker.once('disconnect', end)
    else end()
  })
  return {
    pid: worker.process.pid,
    send: (message) => send(worker, message),
    kill: () => worker.process.kill('SIGKILL'),
  }
}

function send(worker: Worker, message: ToWorker): void {
  // A worker that has just died takes no message, and needs none.
  if (worker.isConnected()) worker.send(message, () => {})
}
