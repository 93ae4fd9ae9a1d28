import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import httpProxy from '../../src/plugins/http-proxy.ts'
import { Pool } from '../../src/upstream/undici.ts'

const { cache } = createRequire(import.meta.url)

test('http-proxy loads no more of undici than the proxy uses, and leaves it and ws whole for others', async () => {
  assert.equal(typeof httpProxy, 'function')
  const loaded = (): string[] => Object.keys(cache).filter((path) => path.includes('/undici/'))
  assert.ok(loaded().some((path) => path.endsWith('/undici/lib/dispatcher/pool.js')))
  assert.deepEqual(
    loaded().filter((path) => /\/undici\/(?:index\.js|lib\/(?:web\/fetch|web\/websocket|mock|cache)\/)/.test(path)),
    [],
  )
  const whole = await import('undici')
  assert.equal(whole.Pool, Pool)
  assert.equal(typeof whole.fetch, 'function')
  const require = createRequire(import.meta.resolve('@fastify/http-proxy'))
  assert.equal(typeof require('ws').WebSocketServer, 'function')
})
