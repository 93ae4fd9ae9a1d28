#!/usr/bin/env node
import process from 'node:process'

// Checked before anything is imported that an older Node could not even parse.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ecr-reverse-proxy: Node ${process.versions.node} is too old; expected 20.19 or newer\n`)
  process.exit(1)
}

const { serve } = await import('./serve.ts')
await serve(process.env)
