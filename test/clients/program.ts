import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'

export interface RunOptions {
  env: NodeJS.ProcessEnv
  input?: Readable
  timeoutMs?: number
}

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
}

/** Ended with another code than 0; the message carries all that the program said. */
export class ProgramFailedError extends Error {
  // Private, or the test runner would print it a second time.
  readonly #output: string

  constructor(command: string, how: string, { stdout, stderr }: Outcome) {
    const output = `${stdout}${stderr}`.trim()
    super(`${command}: ${how}\n${output}`)
    this.name = 'ProgramFailedError'
    this.#output = output
  }

  /** What the program said, on both of its outputs. */
  get output(): string {
    return this.#output
  }
}

/** Runs a program to its end; throws ProgramFailedError unless it ends with 0 within timeoutMs. */
export async function runProgram(file: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  const timeout = options.timeoutMs ?? TIMEOUT_MS
  const child = spawn(file, args, { env: options.env, timeout, stdio: 'pipe' })
  const ended = new Promise<string | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${code ?? signal}`))
  })
  // A program that fails stops reading: its own message says more than the EPIPE.
  const fed =
    options.input === undefined ? child.stdin.end() : pipeline(options.input, child.stdin).catch(() => undefined)
  const [stdout, stderr, how] = await Promise.all([text(child.stdout), text(child.stderr), ended, fed])
  if (how !== undefined) throw new ProgramFailedError([file, ...args].join(' '), how, { stdout, stderr })
  return { stdout, stderr }
}

export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

// Far above the slowest honest step (200 MiB into a vfs store), so that a hang is a failure and not a hung run.
const TIMEOUT_MS = 5 * 60_000
