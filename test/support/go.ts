import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The least that builds the conformance suite, and fetches a newer one by itself for what asks for that. */
const NEEDED_MINOR = 24
const TOOLCHAIN = 'golang.org/toolchain@v0.0.1-go1.24.13.linux-amd64'
/** As Go's checksum database has it. */
const TOOLCHAIN_SUM = 'h1:5sgfUhn9QCgVl4UYj32GrIYFHI3bi2UX55tNfupXwxc='

/** Where a fetched one stays, for all targets of the Makefile. */
const DIRECTORY = resolve('build')

/** A `go` that can build what the tests need: the one on the PATH, or where that is too old a newer one that it fetches as a module. */
export async function findGo(): Promise<string> {
  const { stdout } = await run('go', ['version'])
  if (isNewEnough(stdout)) return 'go'
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`expected Go 1.${NEEDED_MINOR} or newer, and this is ${stdout.trim()}`)
  }
  return fetchGo()
}

/** Whether the answer of `go version` tells of a Go that is new enough. */
export function isNewEnough(version: string): boolean {
  return Number(/ go1\.(\d+)/.exec(version)?.[1]) >= NEEDED_MINOR
}

async function fetchGo(): Promise<string> {
  const root = join(DIRECTORY, TOOLCHAIN.slice(TOOLCHAIN.lastIndexOf('@') + 1))
  const go = join(root, 'bin', 'go')
  if (await exists(go)) return go
  await mkdir(DIRECTORY, { recursive: true })
  const { stdout } = await run('go', ['mod', 'download', '-json', TOOLCHAIN], { cwd: DIRECTORY })
  const { Dir, Sum }: { Dir: string; Sum: string } = JSON.parse(stdout)
  if (Sum !== TOOLCHAIN_SUM) throw new Error(`${TOOLCHAIN} has the sum ${Sum}, expected ${TOOLCHAIN_SUM}`)
  // A module has no executables and no go.mod inside of it, so Go's own download, too, puts both right after unpacking.
  const scratch = await mkdtemp(join(DIRECTORY, 'go-'))
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
