import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Simulator } from '../simulator/simulator.ts'

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))

/** How long a line may take to come, on a machine that has much to do. */
const START_MS = 20_000
/** How long a child may take to end in order after its test. */
const STOP_MS = 10_000

export const ECR_REGISTRY = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

/** How a process ended, and all that it said. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface StartOptions {
  /** Source of a module that runs in the child ahead of main.js, to make it meet what this machine does not have. */
  preload?: string
  /** After the program's name. */
  args?: string[]
  /** What runs in place of main.js, with its arguments ahead of the others. */
  program?: string[]
}

/** The built proxy as a child process with an environment of its own. It is ended with its test, at the latest. */
export class ProxyProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #events = new EventEmitter()
  readonly #ended: Promise<Ended>
  #stdout = ''
  #stderr = ''
  #running = true

  constructor(
    t: TestContext,
    environment: NodeJS.ProcessEnv,
    { preload, args = [], program = [MAIN] }: StartOptions = {},
  ) {
    const before = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`]
    const env = { ...isolated(), ...environment }
    this.#child = spawn(process.execPath, [...before, ...program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#events.emit('change')
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.#ended = this.#end()
    t.after(() => this.#stop())
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get stdout(): string {
    return this.#stdout
  }

  /** Settles when the process has ended, by itself or by a signal. */
  get ended(): Promise<Ended> {
    return this.#ended
  }

  /** The first log line with this message, or the `nth`, past or coming; throws when the process ends without it. */
  async logged(message: string, nth = 1): Promise<Record<string, unknown>> {
    return this.#found(() => this.lines(message)[nth - 1], message)
  }

  /** All log lines with this message so far. */
  lines(message: string): Record<string, unknown>[] {
    return this.#lines().filter(({ msg }) => msg === message)
  }

  /** The first line of stdout that matches, past or coming; throws when the process ends without it. */
  async said(pattern: RegExp): Promise<string> {
    return this.#found(() => this.#stdout.split('\n').find((line) => pattern.test(line)), String(pattern))
  }

  /** From now on nobody reads its log, until `readOn`. */
  readNoMore(): void {
    this.#child.stdout.pause()
  }

  readOn(): void {
    this.#child.stdout.resume()
  }

  /** Sends a signal; the handlers are there once an answer has come. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Sends a signal again and again until it has ended. */
  async insist(name: NodeJS.Signals): Promise<Ended> {
    const again = setInterval(() => this.signal(name), 100)
    try {
      return await this.#ended
    } finally {
      clearInterval(again)
    }
  }

  async #found<T>(find: () => T | undefined, what: string): Promise<T> {
    const signal = AbortSignal.timeout(START_MS)
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (!this.#running) throw new Error(`ended without the line ${what}: ${this.#stderr}`)
      await once(this.#events, 'change', { signal })
    }
  }

  /** In order, because a process that is killed leaves no coverage behind. */
  async #stop(): Promise<void> {
    if (this.#running) this.#child.kill('SIGTERM')
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.#ended
    clearTimeout(insist)
  }

  #lines(): Record<string, unknown>[] {
    return this.#stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }

  async #end(): Promise<Ended> {
    const [code, signal]: [number | null, NodeJS.Signals | null] = await closeOf(this.#child)
    this.#running = false
    this.#events.emit('change')
    return { code, signal, stdout: this.#stdout, stderr: this.#stderr }
  }
}

async function closeOf(child: EventEmitter): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve) => {
    // 'close' and not 'exit': by then everything that it said has been read.
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => resolve([code, signal]))
  })
}

/** Nothing of the machine's own AWS set-up, and no look at the instance metadata. */
export function isolated(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    // --enable-source-maps is in it when coverage is measured.
    NODE_OPTIONS: process.env['NODE_OPTIONS'],
    HOST: '127.0.0.1',
    // One on its port would be in the way of the next.
    DEBUG_PORT: 'off',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Otherwise the SDK has something to say on stderr about every Node but the latest.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
}

/** What a proxy needs at least, over plain HTTP. */
export function plainHttp(port: number): NodeJS.ProcessEnv {
  return { ECR_REGISTRY, REGISTRY: 'localhost', TLS: 'off', PORT: String(port) }
}

/** The simulator's API in place of AWS's. */
export function awsOf({ credentials, apiEndpoint }: Simulator): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_ECR: apiEndpoint,
  }
}

/** Two listeners that get the same one would be in each other's way. */
const givenOut = new Set<number>()

/**
 * A port of loopback that nobody listens on: port 0 is no setting of the proxy's. It is below those that Linux takes for
 * outgoing connections, one of which would otherwise have it before the listener comes.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_000, 32_768)
  if (givenOut.has(port) || !(await isFree(port))) return freePort()
  givenOut.add(port)
  return port
}

/** The first of so many free ports in a row. */
export async function freePorts(count: number): Promise<number> {
  const first = await freePort()
  const others = Array.from({ length: count - 1 }, (_, i) => first + 1 + i)
  const free = await Promise.all(others.map(async (port) => !givenOut.has(port) && (await isFree(port))))
  if (free.includes(false)) return freePorts(count)
  for (const port of others) givenOut.add(port)
  return first
}

async function isFree(port: number): Promise<boolean> {
  try {
    const { close } = await takenPort(port)
    await close()
    return true
  } catch {
    return false
  }
}

/** A port of IPv4's loopback, any one unless it is named, that is in use until it is closed. */
export async function takenPort(wanted = 0): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer().listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
