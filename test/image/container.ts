import { request } from 'node:https'
import type { DockerEngine } from '../clients/docker-engine.ts'
import { replyTo } from '../simulator/client.ts'
import { untilAnswered } from '../support/until.ts'

/** One running container of an engine. */
export class Container {
  readonly #engine: DockerEngine
  readonly #name: string

  constructor(engine: DockerEngine, name: string) {
    this.#engine = engine
    this.#name = name
  }

  /** What the engine knows of it, by a template of `docker inspect`. */
  async inspect(template: string): Promise<unknown> {
    const { stdout } = await this.#engine.docker(['inspect', '--format', `{{json ${template}}}`, this.#name])
    return JSON.parse(stdout)
  }

  /** What a script of Node's prints in it. */
  async node(script: string): Promise<string> {
    const { stdout } = await this.#engine.docker(['exec', this.#name, 'node', '--print', script])
    return stdout.trim()
  }

  async logs(): Promise<Record<string, unknown>[]> {
    const { stdout } = await this.#engine.docker(['logs', this.#name])
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  /** Resolves when it is ready at this port of the host. */
  async ready(port: number): Promise<void> {
    try {
      await untilAnswered(async () => (await statusOf(port).catch(() => undefined)) === 200, 'ready', READY_MS)
    } catch (err) {
      const { stdout, stderr } = await this.#engine.docker(['logs', this.#name])
      throw new Error(`the container is not ready, and says:\n${stdout}${stderr}`, { cause: err })
    }
  }

  async remove(): Promise<void> {
    await this.#engine.docker(['rm', '--force', this.#name])
  }
}

// Where it is ready in a second: a machine that has much to do takes longer.
const READY_MS = 30_000

// Whose certificate it is, is for docker to verify.
async function statusOf(port: number): Promise<number> {
  const sent = request({ host: '127.0.0.1', port, path: '/readyz', agent: false, rejectUnauthorized: false }).end()
  return (await replyTo(sent)).status
}
