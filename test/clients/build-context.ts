import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeRandomFile } from './random-tar.ts'

/** A directory to build an image from nothing, with one layer of random bytes for each size. */
export async function writeBuildContext(parent: string, sizes: readonly number[]): Promise<string> {
  const directory = await mkdtemp(join(parent, 'context-'))
  const lines = ['FROM scratch']
  for (const [index, size] of sizes.entries()) {
    await writeRandomFile(join(directory, `file${index}`), size)
    lines.push(`COPY file${index} /file${index}`)
  }
  await writeFile(join(directory, 'Dockerfile'), lines.join('\n'))
  return directory
}
