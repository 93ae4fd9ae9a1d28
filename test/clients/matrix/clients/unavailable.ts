import type { Client } from '../client.ts'

/** A client that was looked for and is not to be had; it stands in the table with the reason. */
function unavailable(name: string, reason: string): Client {
  return {
    name,
    missing: () => reason,
    version: async () => '',
    start: async () => {
      throw new Error(`${name} cannot be had: ${reason}`)
    },
    resumption: 'not at all',
    limits: {},
  }
}

export const kaniko = unavailable('kaniko', 'its Go module could not be fetched; it is archived')
export const nerdctl = unavailable('nerdctl', 'its Go module could not be fetched')
export const dockerContainerdStore = unavailable(
  "docker, containerd's store",
  'the packaged engine, 20.10, has the classic store only',
)
