import { setTimeout as sleep } from 'node:timers/promises'
import { UPSTREAM_CONNECT_MS, UPSTREAM_IDLE_MS } from '../../../src/limits.ts'
import { type Direction, Link } from '../link.ts'
import { FAULT_MS, lasting, type Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

const SLACK_MS = 10_000
const MIB = 1024 * 1024

interface LineFault {
  name: string
  fault: string
  sample: boolean
  patienceMs?: number
  normalWithinMs?: number
  strike: (link: Link) => Promise<void>
}

/** What may happen to any line, whoever is at its ends. */
const FAULTS: readonly LineFault[] = [
  {
    name: 'latency',
    fault: '150 ms more each way',
    sample: true,
    strike: shaped({ delayMs: 150 }),
  },
  {
    name: 'jitter',
    fault: '0 to 400 ms more each way, by chance',
    sample: false,
    strike: shaped({ jitterMs: 400 }),
  },
  {
    name: 'bandwidth',
    fault: '1 MiB/s each way for each connection',
    sample: false,
    patienceMs: 60_000,
    strike: shaped({ bytesPerSecond: MIB }),
  },
  {
    name: 'stall-down',
    fault: 'answers stall for 4 s, then go on',
    sample: true,
    strike: shaped({ held: true }, ['down']),
  },
  {
    name: 'stall-up',
    fault: 'requests stall for 4 s, then go on',
    sample: false,
    strike: shaped({ held: true }, ['up']),
  },
  {
    name: 'reset',
    fault: 'every connection is reset for 4 s, new ones too',
    sample: true,
    strike: async (link) => {
      link.resetAll()
      await lasting(link)
      link.calm()
    },
  },
  {
    name: 'reset-once',
    fault: 'what is open is reset 10 times, every 300 ms',
    sample: false,
    strike: async (link) => {
      const before = link.hits
      for (let i = 0; i < 10; i += 1) {
        link.resetOpen()
        await sleep(300)
      }
      if (link.hits === before) throw new Error('the fault did not strike: no connection was open')
    },
  },
  {
    name: 'reset-down',
    fault: 'reset after 200 KiB of answers on a connection',
    sample: true,
    strike: cut('down', 200_000, 'rst'),
  },
  {
    name: 'reset-up',
    fault: 'reset after 200 KiB of requests on a connection',
    sample: false,
    strike: cut('up', 200_000, 'rst'),
  },
  {
    name: 'half-close-down',
    fault: 'FIN after 200 KiB of answers, requests still pass',
    sample: true,
    strike: cut('down', 200_000, 'fin'),
  },
  {
    name: 'half-close-up',
    fault: 'FIN after 200 KiB of requests, answers still pass',
    sample: false,
    strike: cut('up', 200_000, 'fin'),
  },
  {
    name: 'refused',
    fault: 'connections are refused for 4 s',
    sample: true,
    strike: async (link) => {
      await link.refuse()
      await sleep(FAULT_MS)
      await link.accept()
    },
  },
]

/** The same faults on the proxy's way to its upstream, and on the clients' way to it; and what only the former meets. */
export const LINES: readonly Scenario[] = [
  ...FAULTS.map(({ name, strike, ...rest }): Scenario => ({
    ...rest,
    name: `upstream-${name}`,
    place: 'between proxy and upstream',
    strike: ({ upstream }) => strike(upstream),
  })),
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
      await lasting(stage.upstream, FAULT_MS)
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
      await stage.rename('127.0.0.3')
      stage.upstream.resetOpen()
      await sleep(FAULT_MS)
      await stage.rename(stage.upstream.host)
    },
  },
  ...(['ENOTFOUND', 'EAI_AGAIN'] as const).map((code): Scenario => ({
    name: `upstream-dns-${code.toLowerCase().replace('_', '-')}`,
    place: 'between proxy and upstream',
    fault: `the DNS answers ${code}, and what is open is reset`,
    sample: code === 'EAI_AGAIN',
    stage: { named: true },
    strike: async (stage) => {
      await stage.rename(code)
      const before = stage.upstream.hits
      stage.upstream.resetOpen()
      await sleep(FAULT_MS)
      if (stage.upstream.hits === before) throw new Error('the fault did not strike: no connection was open')
      await stage.rename(stage.upstream.host)
    },
  })),
  ...FAULTS.map(({ name, strike, ...rest }): Scenario => ({
    ...rest,
    name: `client-${name}`,
    place: 'between client and proxy',
    sample: rest.sample && name !== 'latency' && name !== 'refused',
    strike: ({ front }) => strike(front),
  })),
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

function shaped(faults: Parameters<Link['shape']>[0], directions?: Direction[]): LineFault['strike'] {
  return async (link) => {
    link.shape(faults, directions)
    await lasting(link)
    link.calm()
  }
}

function cut(direction: Direction, afterBytes: number, by: 'rst' | 'fin'): LineFault['strike'] {
  return async (link) => {
    link.shape({ cut: { afterBytes, by } }, [direction])
    await lasting(link)
    link.calm()
  }
}

/** A second way to the registry, at another address. */
async function atSamePort({ upstream, simulator, atEnd }: Stage, host: string): Promise<Link> {
  const link = await Link.open(simulator.registryPort, { host, port: upstream.port })
  atEnd(() => link.close())
  return link
}
