import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The suite's go.mod asks for Go 1.24. */
const NEEDED_MINOR = 24
const TOOLCHAIN = 'golang.org/toolchain@v0.0.1-go1.24.13.linux-amd64'
/** As Go's checksum database has it. */
const TOOLCHAIN_SUM = 'h1:5sgfUhn9QCgVl4UYj32GrIYFHI3bi2UX55tNfupXwxc='

/** A `go` that can build the suite: the one on the PATH, or where that is too old a newer one that it fetches as a module. */
export async function findGo(directory: string): Promise<string> {
  const { stdout } = await run('go', ['version'])
  if (isNewEnough(stdout)) return 'go'
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the conformance suite needs Go 1.${NEEDED_MINOR} or newer, and this is ${stdout.trim()}`)
  }
  return fetchGo(directory)
}

/** Whether the answer of `go version` tells of a Go that can build the suite. */
export function isNewEnough(version: string): boolean {
  return Number(/ go1\.(\d+)/.exec(version)?.[1]) >= NEEDED_MINOR
}

async function fetchGo(directory: string): Promise<string> {
  const root = join(directory, TOOLCHAIN.replace(/^.*-/, 'go-'))
  const go = join(root, 'bin', 'go')
  if (await exists(go)) return go
  const { stdout } = await run('go', ['mod', 'download', '-json', TOOLCHAIN], { cwd: directory })
  const { Dir, Sum }: { Dir: string; Sum: string } = JSON.parse(stdout)
  if (Sum !== TOOLCHAIN_SUM) throw new Error(`${TOOLCHAIN} has the sum ${Sum}, expected ${TOOLCHAIN_SUM}`)
  // A module has no executables and no go.mod inside of it, so Go's own download, too, puts both right after unpacking.
  const scratch = await mkdtemp(join(directory, 'go-'))
  await run('cp', ['-R', '--no-preserve=mode', `${Dir}/.`, scratch])
  await copyFile(join(scratch, 'src', '_go.mod'), join(scratch, 'src', 'go.mod'))
  const tools = join(scratch, 'pkg', 'tool', 'linux_amd64')
  const executables = [join(scratch, 'bin', 'go'), ...(await readdir(tools)).map((name) => join(tools, name))]
  await Promise.all(executables.map((path) => chmod(path, 0o755)))
  await rename(scratch, root)
  return go
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
