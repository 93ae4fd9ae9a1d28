import { setTimeout as sleep } from 'node:timers/promises'
import type { Direction, Link } from '../link.ts'
import { FAULT_MS, lasting } from '../scenario.ts'

const MIB = 1024 * 1024

/** A fault of a line, and how it is done. */
export interface LineFault {
  name: string
  fault: string
  sample: boolean
  patienceMs?: number
  normalWithinMs?: number
  strike: (link: Link) => Promise<void>
}

/** What may happen to any line, whoever is at its ends. */
export const LINE_FAULTS: readonly LineFault[] = [
  {
    name: 'latency',
    fault: '150 ms more each way',
    sample: false,
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
    strike: (link) =>
      onOpen(link, async () => {
        for (let i = 0; i < 10; i += 1) {
          link.resetOpen()
          await sleep(300)
        }
      }),
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
    sample: false,
    // Who is refused never gets as far as the link; who was open has to come again.
    strike: (link) =>
      onOpen(link, async () => {
        await link.refuse()
        await sleep(FAULT_MS)
        await link.accept()
      }),
  },
]

/** Does something to what is open. Throws when nothing was. */
export async function onOpen(link: Link, work: () => Promise<void>): Promise<void> {
  const before = link.hits
  await work()
  if (link.hits === before) throw new Error('the fault did not strike: no connection was open')
}

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
