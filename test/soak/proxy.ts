import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../process/proxy-process.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { tlsStart } from '../support/tls-start.ts'
import { type Endpoint, exchange, NoAnswerError } from './client.ts'
import type { Sample } from './slope.ts'
import { soon } from './soon.ts'

const SUBJECT = fileURLToPath(new URL('subject.js', import.meta.url))
const READY_MS = 20_000

/** How the proxy ended, and what it said until then. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  log: string
  stderr: string
}

export interface StartOptions {
  /** Besides what it needs. */
  environment?: NodeJS.ProcessEnv
  /** Where its upstream's name leads on loopback; the simulator's own port without one. */
  registryPort?: number
  /** A file with the address that its upstream's name has, in place of 127.0.0.1. */
  addressFile?: string
  /** Certificate and key that clients see; new ones without. */
  certificates?: Certificates
  /** A program and its arguments that become the proxy, such as prlimit. */
  wrapper?: readonly string[]
  /** Where its log goes; a file of `directory` without one. */
  logFile?: string
}

/** The proxy as a process of its own, as `npm start` runs it. */
export class SoakedProxy {
  readonly endpoint: Endpoint
  readonly #child: ChildProcess
  readonly #directory: string
  readonly #logFile: string

  private constructor(child: ChildProcess, endpoint: Endpoint, directory: string, logFile: string) {
    this.#child = child
    this.endpoint = endpoint
    this.#directory = directory
    this.#logFile = logFile
  }

  /** Starts it with its log in `directory`, and waits until it has a token. Throws when it does not get ready. */
  static async start(simulator: Simulator, directory: string, options: StartOptions = {}): Promise<SoakedProxy> {
    const { environment: own, registryPort = simulator.registryPort, addressFile, wrapper = [] } = options
    const { certificates = await makeCertificates(['localhost']), logFile = join(directory, 'proxy.log') } = options
    const port = await freePort()
    const { ca, cert, key } = certificates
    const { flags, environment } = tlsStart(simulator, { registry: `localhost:${port}`, port, cert, key })
    const upstream = [String(registryPort), simulator.ca, ...(addressFile === undefined ? [] : [addressFile])]
    const [command = '', ...args] = [...wrapper, process.execPath, ...flags, SUBJECT, ...upstream]
    // To files, as a user's would: what the driver reads would be work of its own.
    const output = [openSync(logFile, 'a'), openSync(errorsIn(directory), 'a')]
    const child = spawn(command, args, { env: { ...environment, ...own }, stdio: ['ignore', ...output] })
    for (const descriptor of output) closeSync(descriptor)
    // Interrupted, the driver takes it along.
    const takeAlong = (): boolean => child.kill('SIGKILL')
    process.once('exit', takeAlong)
    child.once('exit', () => process.off('exit', takeAlong))
    const endpoint = { host: '127.0.0.1', port, servername: 'localhost', ca }
    const proxy = new SoakedProxy(child, endpoint, directory, logFile)
    if (await proxy.#isReady()) return proxy
    child.kill('SIGKILL')
    throw new Error(`the proxy did not get ready: ${readFileSync(errorsIn(directory), 'utf8')}`)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Whether it has not ended. */
  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it has logged; nothing where its log is no file, such as /dev/full, which never ends. */
  get log(): string {
    return statSync(this.#logFile).isFile() ? readFileSync(this.#logFile, 'utf8') : ''
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** What the operating system says of it now; undefined when it has ended. */
  sample(): Sample | undefined {
    try {
      const [, kib = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'latin1')) ?? []
      return { atMs: performance.now(), residentMiB: Number(kib) / 1024, descriptors: this.descriptors().length }
    } catch {
      return undefined
    }
  }

  /** Has it collect all its garbage, so that the samples that follow show what it holds. */
  collect(): void {
    this.#child.kill('SIGCONT')
  }

  /** What its descriptors lead to; empty when it has ended. */
  descriptors(): string[] {
    const directory = `/proc/${this.#child.pid}/fd`
    return namesIn(directory).flatMap((name) => {
      try {
        return [readlinkSync(join(directory, name))]
      } catch {
        // Closed since it was listed.
        return []
      }
    })
  }

  /** Ends it by SIGTERM, or at once when it does not end within `timeoutMs`. */
  async end(timeoutMs: number): Promise<Ended> {
    if (this.runs) {
      const exited = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      const insist = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs)
      await exited
      clearTimeout(insist)
    }
    return {
      code: this.#child.exitCode,
      signal: this.#child.signalCode,
      log: this.log,
      stderr: readFileSync(errorsIn(this.#directory), 'utf8'),
    }
  }

  async #isReady(): Promise<boolean> {
    let ready: true | undefined
    let asking = false
    const ask = async (): Promise<void> => {
      asking = true
      try {
        const { status } = await exchange(this.endpoint, { options: { path: '/readyz' } })
        if (status === 200) ready = true
      } catch (error) {
        // It does not listen yet.
        if (!(error instanceof NoAnswerError)) throw error
      }
      asking = false
    }
    await soon(() => {
      if (ready === undefined && !asking) void ask()
      return ready
    }, READY_MS)
    return ready === true
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function errorsIn(directory: string): string {
  return join(directory, 'proxy.stderr')
}
