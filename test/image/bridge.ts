import { isInstalled, runProgram } from '../clients/program.ts'

/** Of the addresses for documentation (RFC 5737), which no network uses. */
const ADDRESS = '192.0.2.1'
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
  try {
    await ip('link', 'add', NAME, 'type', 'bridge')
    await ip('address', 'add', `${ADDRESS}/24`, 'dev', NAME)
    await ip('link', 'set', NAME, 'up')
    return { name: NAME, address: ADDRESS }
  } catch (err) {
    return { reason: String(err) }
  }
}

export async function removeBridge(): Promise<void> {
  await ip('link', 'delete', NAME)
}

async function ip(...args: string[]): Promise<void> {
  await runProgram('ip', args, { env: { PATH: process.env.PATH } })
}
