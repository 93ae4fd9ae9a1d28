import { setTimeout as sleep } from 'node:timers/promises'
import { UPSTREAM_CONNECT_MS, UPSTREAM_IDLE_MS } from '../../../src/limits.ts'
import { Link } from '../link.ts'
import { FAULT_MS, lasting, type Scenario, shown } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { LINE_FAULTS, type LineFault, onOpen } from './line-faults.ts'

const SLACK_MS = 10_000
/** Nobody listens there. */
const DEAD = '127.0.0.3'
/** Of the faults on the clients' side, those of which the proxy notices most. */
const IN_SAMPLE = new Set(['reset', 'half-close-down'])

/** The same faults on the proxy's way to its upstream, and on the clients' way to it; and what only the former meets. */
export const LINES: readonly Scenario[] = [
  ...LINE_FAULTS.map((fault) => onUpstream(fault)),
  {
    name: 'upstream-blackhole',
    place: 'between proxy and upstream',
    fault: 'nothing passes for 15 s, connections are taken and not answered',
    sample: false,
    strike: async ({ upstream }) => {
      upstream.shape({ held: true })
      await lasting(upstream, UPSTREAM_CONNECT_MS + 5000)
      upstream.calm()
    },
  },
  {
    name: 'upstream-blackhole-long',
    place: 'between proxy and upstream',
    fault: 'the same for 2 min 10 s, longer than the proxy waits',
    sample: false,
    patienceMs: UPSTREAM_IDLE_MS + 3 * SLACK_MS,
    strike: async ({ upstream }) => {
      upstream.shape({ held: true })
      await lasting(upstream, UPSTREAM_IDLE_MS + SLACK_MS)
      upstream.calm()
    },
  },
  {
    name: 'upstream-stall-long',
    place: 'between proxy and upstream',
    fault: 'answers stall for 2 min 10 s, longer than the proxy waits',
    sample: false,
    patienceMs: UPSTREAM_IDLE_MS + 3 * SLACK_MS,
    strike: async ({ upstream }) => {
      upstream.shape({ held: true }, ['down'])
      await lasting(upstream, UPSTREAM_IDLE_MS + SLACK_MS)
      upstream.calm()
    },
  },
  {
    name: 'upstream-address-moves',
    place: 'between proxy and upstream',
    fault: 'the upstream gets another address, the old one resets',
    sample: true,
    stage: { named: true },
    strike: async (stage) => {
      const moved = await atSamePort(stage, '127.0.0.2')
      await stage.rename(moved.host)
      stage.upstream.resetAll()
      await sleep(FAULT_MS)
      if (moved.connections === 0) throw new Error('the fault did not strike: nobody came to the new address')
    },
  },
  {
    name: 'upstream-address-dead',
    place: 'between proxy and upstream',
    fault: 'the upstream gets an address where nobody listens, then its own again',
    sample: false,
    stage: { named: true },
    strike: async (stage) => {
      await stage.rename(DEAD)
      await onOpen(stage.upstream, async () => {
        stage.upstream.resetOpen()
        await sleep(FAULT_MS)
      })
      await shown('a connection to the dead address', () => stage.proxy.log.includes(`ECONNREFUSED ${DEAD}`))
      await stage.rename(stage.upstream.host)
    },
  },
  ...(['ENOTFOUND', 'EAI_AGAIN'] as const).map(
    (code): Scenario => ({
      name: `upstream-dns-${code.toLowerCase().replace('_', '-')}`,
      place: 'between proxy and upstream',
      fault: `the DNS answers ${code}, and what is open is reset`,
      sample: false,
      stage: { named: true },
      strike: async (stage) => {
        await stage.rename(code)
        await onOpen(stage.upstream, async () => {
          stage.upstream.resetOpen()
          await sleep(FAULT_MS)
        })
        await stage.rename(stage.upstream.host)
      },
    }),
  ),
  ...LINE_FAULTS.map((fault) => onFront(fault)),
  {
    name: 'client-blackhole',
    place: 'between client and proxy',
    fault: 'nothing passes for 35 s; clients give up after 30 s',
    sample: false,
    strike: async ({ front }) => {
      front.shape({ held: true })
      await lasting(front, 35_000)
      front.calm()
    },
  },
]

function onUpstream(fault: LineFault): Scenario {
  return {
    ...fault,
    name: `upstream-${fault.name}`,
    place: 'between proxy and upstream',
    strike: ({ upstream }) => fault.strike(upstream),
  }
}

function onFront(fault: LineFault): Scenario {
  return {
    ...fault,
    name: `client-${fault.name}`,
    place: 'between client and proxy',
    sample: IN_SAMPLE.has(fault.name),
    strike: ({ front }) => fault.strike(front),
  }
}

/** A second way to the registry, at another address. */
async function atSamePort({ upstream, simulator, atEnd }: Stage, host: string): Promise<Link> {
  const link = await Link.open(simulator.registryPort, { host, port: upstream.port })
  atEnd(() => link.close())
  return link
}
