import { createRequire } from 'node:module'
import type undici from 'undici'

const require = createRequire(import.meta.url)

// undici's index also loads fetch, WebSocket, caches and mocks, which is memory that nobody here uses (docs/performance.md).
export const Agent: typeof undici.Agent = require('undici/lib/dispatcher/agent.js')
export const Client: typeof undici.Client = require('undici/lib/dispatcher/client.js')
export const Dispatcher: typeof undici.Dispatcher = require('undici/lib/dispatcher/dispatcher.js')
export const Pool: typeof undici.Pool = require('undici/lib/dispatcher/pool.js')
export const buildConnector: typeof undici.buildConnector = require('undici/lib/core/connect.js')
export const { kParser }: { kParser: symbol } = require('undici/lib/core/symbols.js')
export const errors: typeof undici.errors = require('undici/lib/core/errors.js')
