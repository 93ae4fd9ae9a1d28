import { createRequire, Module } from 'node:module'
import type httpProxy from '@fastify/http-proxy'
import { Agent, Client, Dispatcher, Pool } from '../upstream/undici.ts'

const require = createRequire(import.meta.url)

/** @fastify/http-proxy, with no more of undici than it needs to be registered: its own requests to an upstream are not used. */
export default load()

function load(): typeof httpProxy {
  const index = require.resolve('undici')
  if (index in require.cache) return require('@fastify/http-proxy')
  const part = new Module(index)
  part.exports = { Agent, Client, Dispatcher, Pool }
  part.loaded = true
  require.cache[index] = part
  try {
    return require('@fastify/http-proxy')
  } finally {
    // Whoever asks for undici later gets all of it.
    delete require.cache[index]
  }
}
