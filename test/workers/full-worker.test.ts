import cluster from 'node:cluster'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../process/proxy-process.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const skip = major > 22 || (major === 22 && minor >= 12) ? false : 'Node drops no connection before 22.12'

// node:cluster's primary handed such a connection to the same worker again, 3,700 times a second, while its client waited.
test('a worker that is full closes what comes, and does not give it back', { skip }, async (t) => {
  const port = await freePort()
  cluster.setupPrimary({ exec: fileURLToPath(new URL('full-worker.js', import.meta.url)), args: [String(port)] })
  const worker = cluster.fork()
  t.after(() => worker.process.kill())
  const givenBack = new Promise<never>((_, reject) => {
    worker.process.on('internalMessage', (message: unknown) => {
      const isRefusal = typeof message === 'object' && message !== null && 'accepted' in message && !message.accepted
      if (isRefusal) reject(new Error('the worker gave a connection back'))
    })
  })
  await once(worker, 'listening')
  const first = connect(port, '127.0.0.1')
  t.after(() => first.destroy())
  first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(first, 'data')
  const second = connect(port, '127.0.0.1')
  t.after(() => second.destroy())
  second.resume().on('error', () => undefined)
  await Promise.race([once(second, 'close'), givenBack])
})
