import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The digest of the one thing that an OCI layout names. */
export async function layoutDigest(directory: string): Promise<string> {
  const index: { manifests: [{ digest: string }] } = JSON.parse(await readFile(join(directory, 'index.json'), 'utf8'))
  return index.manifests[0].digest
}
