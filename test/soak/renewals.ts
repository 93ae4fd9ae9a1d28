import { setTimeout as sleep } from 'node:timers/promises'
import type { SoakedProxy } from './proxy.ts'
import type { RenewedCertificate } from './renewed-certificate.ts'

const PAUSE_MS = 15_000
/** Files are found to be new within 5 s, and a busy machine has twice that. */
const SERVED_MS = 10_000
const LOOK_MS = 100

/** How often certificates were renewed, and what was wrong with that. */
export interface Renewals {
  times: number
  problems: string[]
}

/** Renews the certificate of all proxies now and then until `signal` is aborted: new files, and a SIGHUP every other time. */
export async function renewNowAndThen(
  certificate: RenewedCertificate,
  proxies: () => readonly SoakedProxy[],
  signal: AbortSignal,
): Promise<Renewals> {
  const renewals: Renewals = { times: 0, problems: [] }
  for (;;) {
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
    if (signal.aborted) return renewals
    await certificate.renew()
    const told = [...proxies()]
    const bySignal = renewals.times % 2 === 0
    if (bySignal) for (const proxy of told) proxy.signal('SIGHUP')
    // One that has begun to leave need not serve it.
    if (!(await isServedByAll(certificate, () => told.filter((proxy) => proxies().includes(proxy))))) {
      const after = bySignal ? 'SIGHUP' : 'the swap of its files'
      renewals.problems.push(`a renewed certificate is not served ${SERVED_MS} ms after ${after}`)
    }
    renewals.times += 1
  }
}

async function isServedByAll(certificate: RenewedCertificate, told: () => readonly SoakedProxy[]): Promise<boolean> {
  const end = performance.now() + SERVED_MS
  while (performance.now() < end) {
    const served = await Promise.all(told().map(({ endpoint }) => certificate.isServedBy(endpoint).catch(() => false)))
    if (served.every(Boolean)) return true
    await sleep(LOOK_MS)
  }
  return false
}
