// Ctrl-C at `make run` or `npm start` cut pushes off and lost the last metrics, and so did a service manager that stops all
// processes of its unit: npm sends the signal on to the proxy, which has got it already, and took the second for impatience.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freePort, plainHttp, ProxyProcess } from '../process/proxy-process.ts'

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  for (const workers of ['1', '2']) {
    test(`${signal} that comes twice at once ends it in order, WORKERS=${workers}`, async (t) => {
      const port = await freePort()
      const preload = `process.once('${signal}', () => process.kill(process.pid, '${signal}'))`
      const environment = { ...plainHttp(port), SHUTDOWN_DELAY: '200ms', WORKERS: workers }
      const child = new ProxyProcess(t, environment, { preload })
      await child.logged(`listening on 127.0.0.1 port ${port}`)
      child.signal(signal)
      assert.equal((await child.ended).code, 0)
      assert.equal((await child.logged('shut down'))['cut'], 0)
    })
  }
}
