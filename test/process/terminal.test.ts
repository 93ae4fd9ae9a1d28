import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emfEvent } from '../support/emf.ts'
import { freePort, plainHttp, ProxyProcess } from './proxy-process.ts'

const TERMINAL = 'process.stdout.isTTY = true'

// As after an installation for production.
const WITHOUT_FORMATTER = `
  import { register } from 'node:module'
  const hooks = "export async function resolve(name, context, next) {" +
    "if (name === 'pino-pretty') throw new Error('not installed'); return next(name, context) }"
  register('data:text/javascript,' + encodeURIComponent(hooks))`

test('on a terminal the log is for people', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, plainHttp(port), { preload: TERMINAL })
  const line = await child.said(/listening on/)
  assert.match(line, /^\[\d\d:\d\d:\d\d\] INFO: listening on 127\.0\.0\.1 port \d+$/)
})

test('on a terminal metrics are lines of JSON all the same', async (t) => {
  const port = await freePort()
  const environment = { ...plainHttp(port), METRICS: 'emf', METRICS_INTERVAL: '1s' }
  const child = new ProxyProcess(t, environment, { preload: TERMINAL })
  const { metrics } = emfEvent(await child.said(/"_aws"/))
  assert.ok('InFlight' in metrics)
})

test('on a terminal without the formatter, which is a development dependency, it is JSON', async (t) => {
  const port = await freePort()
  const child = new ProxyProcess(t, plainHttp(port), { preload: `${WITHOUT_FORMATTER}\n${TERMINAL}` })
  await child.logged(`listening on 127.0.0.1 port ${port}`)
})
