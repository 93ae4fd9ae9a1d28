import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { findGo } from './go.ts'

// `node go-install.js DIRECTORY MODULE@VERSION`: `go install` into a directory, by a Go that is new enough.
const [directory, program] = process.argv.slice(2)
if (directory === undefined || program === undefined) throw new Error('expected a directory and MODULE@VERSION')
await mkdir(directory, { recursive: true })
const env = { ...process.env, GOTOOLCHAIN: 'auto', GOBIN: resolve(directory) }
await promisify(execFile)(await findGo(), ['install', program], { env })
