export interface Deferred<T> {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (error: Error) => void
}

/** A promise that is settled from outside; Promise.withResolvers needs Node 22. */
export function deferred<T>(): Deferred<T> {
  const settlers: { resolve?: (value: T) => void; reject?: (error: Error) => void } = {}
  const promise = new Promise<T>((resolve, reject) => {
    settlers.resolve = resolve
    settlers.reject = reject
  })
  return {
    promise,
    resolve: (value) => settlers.resolve?.(value),
    reject: (error) => settlers.reject?.(error),
  }
}
