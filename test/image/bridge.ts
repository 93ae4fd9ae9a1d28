import { isInstalled, runProgram } from '../clients/program.ts'

/** Three networks for documentation (RFC 5737), of which a machine may well use one and hardly all. */
const NETWORKS = ['198.51.100', '203.0.113', '192.0.2']
const NAME = 'ecr-proxy-test'

export interface Bridge {
  readonly name: string
  /** Of this machine on the bridge: where its containers reach it. */
  readonly address: string
}

/** A network bridge of the test's own, or the reason why this machine makes none. */
export async function makeBridge(): Promise<Bridge | { reason: string }> {
  if (!isInstalled('ip')) return { reason: 'the program ip is not installed' }
  // A run that was killed leaves its own behind.
  await removeBridge().catch(() => undefined)
  const routes = await ip('route', 'show', 'table', 'all')
  const network = NETWORKS.find((prefix) => !routes.split(/\s/).some((word) => word.startsWith(`${prefix}.`)))
  if (network === undefined) return { reason: `${NETWORKS.join(', ')} are all in use` }
  const address = `${network}.1`
  try {
    await ip('link', 'add', NAME, 'type', 'bridge')
    await ip('address', 'add', `${address}/24`, 'dev', NAME)
    await ip('link', 'set', NAME, 'up')
    return { name: NAME, address }
  } catch (err) {
    await removeBridge().catch(() => undefined)
    return { reason: String(err) }
  }
}

export async function removeBridge(): Promise<void> {
  await ip('link', 'delete', NAME)
}

async function ip(...args: string[]): Promise<string> {
  const { stdout } = await runProgram('ip', args, { env: { PATH: process.env.PATH } })
  return stdout
}
