import { createRequire, Module } from 'node:module'
import type httpProxy from '@fastify/http-proxy'
import { Agent, Client, Dispatcher, Pool } from '../upstream/undici.ts'

const require = createRequire(import.meta.url)
const requireOfProxy = createRequire(require.resolve('@fastify/http-proxy'))

/** What @fastify/http-proxy gets in place of whole packages: its own requests to an upstream and its WebSockets are not used. */
const PARTS: [file: string, part: object][] = [
  [require.resolve('undici'), { Agent, Client, Dispatcher, Pool }],
  [requireOfProxy.resolve('ws'), {}],
]

/** @fastify/http-proxy, with no more of other packages than it needs to be registered. */
export default load()

function load(): typeof httpProxy {
  const replaced = PARTS.filter(([file]) => !(file in require.cache))
  for (const [file, part] of replaced) {
    const module = new Module(file)
    module.exports = part
    module.loaded = true
    require.cache[file] = module
  }
  try {
    return require('@fastify/http-proxy')
  } finally {
    // Whoever asks for one later gets all of it.
    for (const [file] of replaced) delete require.cache[file]
  }
}
