import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isolated } from '../process/proxy-process.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SAID_MS = 30_000

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** A `make -e NAME=value … target`, as the original's users type it. It is ended with its test, at the latest. */
export class Made {
  readonly ended: Promise<Ended>
  readonly #child
  readonly #signal = AbortSignal.timeout(SAID_MS)
  #stdout = ''
  #stderr = ''

  constructor(
    t: TestContext,
    variables: Record<string, string>,
    target: string[],
    environment: NodeJS.ProcessEnv = {},
  ) {
    const named = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
    // These tests run out of what `build` makes, and would be built away. NODE is the one that runs them.
    const args = ['-o', 'build', '-e', `NODE=${process.execPath}`, ...named, ...target]
    // A group of its own, so that nothing of it outlives its test. What make is told by a make above it would get in between.
    const env = { ...isolated(), ...environment }
    this.#child = spawn('make', args, { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.ended = this.#end()
    t.after(() => this.#kill())
  }

  /** Waits for a line of stdout that matches; throws when make ends without one. */
  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stdout)) {
      if (this.#child.stdout.readableEnded)
        throw new Error(`make never said ${pattern}: ${this.#stdout}${this.#stderr}`)
      await Promise.race([once(this.#child.stdout, 'data', { signal: this.#signal }), this.ended])
    }
  }

  /** As Ctrl-C does with SIGINT: to all of the group. */
  interrupt(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal)
  }

  async #end(): Promise<Ended> {
    const [code]: unknown[] = await once(this.#child, 'close')
    return { code: typeof code === 'number' ? code : null, stdout: this.#stdout, stderr: this.#stderr }
  }

  async #kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.interrupt('SIGKILL')
    await this.ended
  }
}

/** A directory that is gone with its test. */
export function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'drop-in-'))
  t.after(() => rmSync(directory, { recursive: true }))
  return directory
}

/** An environment whose `docker` only says what it is told; what comes of that, `make imageTests` shows. And paths for a pair. */
export function withoutDocker(t: TestContext): {
  tls: { TLS_CERTIFICATE: string; TLS_PRIVATE_KEY: string }
  environment: NodeJS.ProcessEnv
} {
  const directory = directoryFor(t)
  writeFileSync(join(directory, 'docker'), '#!/bin/sh\necho "docker: $*"\n', { mode: 0o755 })
  const tls = join(directory, 'tls')
  mkdirSync(tls)
  return {
    tls: { TLS_CERTIFICATE: join(tls, 'cert.pem'), TLS_PRIVATE_KEY: join(tls, 'key.pem') },
    environment: { PATH: `${directory}:${process.env['PATH']}`, HOME: directory },
  }
}
