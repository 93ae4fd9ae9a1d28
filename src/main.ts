#!/usr/bin/env node
import process from 'node:process'

// Checked before anything is imported that an older Node could not even parse.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ecr-reverse-proxy: Node ${process.versions.node} is too old; expected 20.19 or newer\n`)
  process.exit(1)
}

const args = process.argv.slice(2)
if (args.length === 0) {
  const { endWhileStarting } = await import('./end-signals.ts')
  // Loading takes half a second. A worker leaves its signals to the primary.
  if (!process.connected) endWhileStarting()
  const { serve } = await import('./serve.ts')
  await serve(process.env)
} else {
  const { runCommand } = await import('./cli/run.ts')
  // Not by exitCode: a source of credentials that hangs would keep the process alive after its check has given up.
  process.exit(await runCommand(args, process.env))
}
