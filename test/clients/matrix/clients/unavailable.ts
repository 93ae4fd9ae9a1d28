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

export const kaniko = unavailable('kaniko', 'the Go module proxy does not serve its module; it is archived')
export const nerdctl = unavailable('nerdctl', 'the Go module proxy does not serve its module')
export const dockerContainerdStore = unavailable(
  "docker, containerd's store",
  'the packaged engine, 20.10, has the classic store only',
)
