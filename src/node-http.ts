import process from 'node:process'

/**
 * Node's `node:http`. Importing it would read every one of its exports, and Node 24 loads its own fetch and WebSocket for
 * one of them, which is a MiB of memory that nobody here uses.
 */
export const { createServer } = process.getBuiltinModule('node:http')
