import assert from 'node:assert/strict'
import { copyFile, readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../../simulator/store.ts'
import type { Content } from './content.ts'

// A manifest is parsed to be put; nothing that a task makes as a layer is as small as one.
const MAX_JSON_BYTES = 16 * 1024

/** Puts content where a client that only pulls finds it. */
export async function seed(store: Store, repositoryName: string, { layout, root, tag }: Content): Promise<void> {
  const repository = store.createRepository(repositoryName)
  const directory = join(layout, 'blobs/sha256')
  for (const hex of await readdir(directory)) {
    const from = join(directory, hex)
    const { size } = await stat(from)
    const mediaType = size > MAX_JSON_BYTES ? undefined : mediaTypeOf(await readFile(from, 'utf8'))
    if (mediaType !== undefined) {
      store.addManifest(repositoryName, await readFile(from), mediaType)
      continue
    }
    const file = store.uploadFile(`seed-${hex}-${repositoryName.replaceAll('/', '-')}`)
    await copyFile(from, file)
    await store.adopt(repository, `sha256:${hex}`, file, size)
  }
  assert.ok(repository.manifests.has(root.digest), 'the layout has no such root')
  repository.tags.set(tag, root.digest)
}

function mediaTypeOf(text: string): string | undefined {
  if (!text.startsWith('{"schemaVersion":2')) return undefined
  const json: { mediaType: string } = JSON.parse(text)
  return json.mediaType
}
