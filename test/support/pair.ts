import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Dependencies } from '../../src/app.ts'
import type { SimulatorOptions } from '../simulator/options.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { startProxy, type TestProxy, type TestProxyOptions } from './proxy.ts'

export interface PairOptions extends TestProxyOptions {
  simulator?: SimulatorOptions
  /** What is to be so before the proxy starts; may return further dependencies of the proxy. */
  prepare?: (simulator: Simulator) => Dependencies | void
}

/** A simulator and the proxy in front of it. */
export interface Pair {
  simulator: Simulator
  proxy: TestProxy
}

/** Starts both, and closes them with their test. Whatever the test was about, its log must hold no secret. */
export async function startPair(t: TestContext, options: PairOptions = {}): Promise<Pair> {
  const { simulator: simulatorOptions, prepare, ...proxyOptions } = options
  const simulator = await startSimulator({ createOnPush: true, ...simulatorOptions })
  t.after(() => simulator.close())
  const prepared = prepare?.(simulator)
  const dependencies = { ...proxyOptions.dependencies, ...prepared }
  const proxy = await startProxy(simulator, { ...proxyOptions, dependencies })
  t.after(async () => {
    await proxy.close()
    assertNoSecrets(JSON.stringify(proxy.log), simulator)
  })
  return { simulator, proxy }
}

/** Fails when a text holds a token that a request carried, the AWS key, or a presigned query. */
export function assertNoSecrets(text: string, simulator: Simulator): void {
  const secrets = [...tokensSent(simulator), simulator.credentials.secretAccessKey, 'X-Amz-Signature', 'X-Amz-Security']
  for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is told: ${secret.slice(0, 12)}…`)
}

/** The tokens that came to the registry, each once. */
export function tokensSent(simulator: Simulator): string[] {
  const sent = simulator.requests
    .filter(({ listener }) => listener === 'registry')
    .map(({ rawHeaders }) => header(rawHeaders, 'authorization')?.replace(/^Basic /, ''))
  return [...new Set(sent.filter((token) => token !== undefined))]
}

/** The first value of a header of the wire; `name` is lower case. */
export function header(rawHeaders: readonly string[], name: string): string | undefined {
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name)
  return at === -1 ? undefined : rawHeaders[at + 1]
}

/** The requests that came to the registry listener, in their order. */
export function upstreamRequests(simulator: Simulator) {
  return simulator.requests.filter(({ listener }) => listener === 'registry')
}
