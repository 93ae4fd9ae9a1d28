import { chmod, copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../program.ts'

const TOOLCHAIN = 'golang.org/toolchain@v0.0.1-go1.26.0.linux-amd64'
/** The first that fetches a newer one by itself. */
const SELF_SUFFICIENT_MINOR = 21

/** A go that can build today's modules: the machine's, or with an older one (Debian 12's is 1.19) that of a module. */
export async function goCommand(): Promise<string> {
  const { stdout } = await runProgram('go', ['version'], { env: process.env })
  const minor = Number(/go1\.(\d+)/.exec(stdout)?.[1])
  return minor >= SELF_SUFFICIENT_MINOR ? 'go' : (toolchain ??= fetchToolchain())
}

let toolchain: Promise<string> | undefined

async function fetchToolchain(): Promise<string> {
  const { stdout } = await runProgram('go', ['mod', 'download', '-json', TOOLCHAIN], { env: process.env })
  const { Dir: directory }: { Dir: string } = JSON.parse(stdout)
  // As the go command does for itself: a module's files come without the right to run, and without go.mod.
  for (const programs of ['bin', 'pkg/tool/linux_amd64']) {
    for (const name of await readdir(join(directory, programs))) await chmod(join(directory, programs, name), 0o755)
  }
  for (const module of ['src', 'src/cmd']) {
    await chmod(join(directory, module), 0o755)
    await copyFile(join(directory, module, '_go.mod'), join(directory, module, 'go.mod'))
  }
  return join(directory, 'bin/go')
}
