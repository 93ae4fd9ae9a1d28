import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled, ProgramFailedError, runProgram } from '../program.ts'
import { findGo } from '../../support/go.ts'
import { GO_PROGRAMS, type GoProgram, PROGRAMS_DIRECTORY, PYTHON_PACKAGES } from './go-programs.ts'

// Makes the clients that are no Debian packages. One that cannot be made is no failure here: the matrix says why.
const DIRECTORY = fileURLToPath(PROGRAMS_DIRECTORY)
const BUILD_MS = 20 * 60_000
const LAST_CHARACTERS = 300

await mkdir(DIRECTORY, { recursive: true })
for (const program of GO_PROGRAMS) await made(program.name, stampOf(program), (to) => build(program, to))
await made('python', PYTHON_PACKAGES.join(' '), async (to) => {
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', to]
  await runProgram('python3', [...install, ...PYTHON_PACKAGES], { env: process.env, timeoutMs: BUILD_MS })
})

/** Makes what is not there yet in this version; what was said instead is kept beside it. */
async function made(name: string, version: string, make: (to: string) => Promise<void>): Promise<void> {
  const path = join(DIRECTORY, name)
  const [stamp, reason] = [`${path}.version`, `${path}.reason`]
  if (existsSync(path) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === version) return
  await rm(path, { recursive: true, force: true })
  const partial = join(DIRECTORY, `${name}.partial`)
  await rm(partial, { recursive: true, force: true })
  const start = Date.now()
  try {
    await make(partial)
    await rename(partial, path)
    await writeFile(stamp, version)
    await rm(reason, { force: true })
    console.log(`${name} ${version}: made in ${Math.round((Date.now() - start) / 1000)} s`)
  } catch (err) {
    const said = err instanceof ProgramFailedError ? err.output : String(err)
    await writeFile(reason, said.slice(-LAST_CHARACTERS).replaceAll(/\s+|\|/g, ' '))
    console.log(`${name} ${version}: could not be made: ${said}`)
  }
}

/** What tells one build of a program from another. */
function stampOf({ version, tags }: GoProgram): string {
  return tags === undefined ? version : `${version} (${tags})`
}

/** In a module of its own, because `go install` refuses a module whose go.mod replaces or excludes another. */
async function build({ module, version, path, tags = '' }: GoProgram, to: string): Promise<void> {
  if (!isInstalled('go')) throw new Error('go is not installed')
  const directory = await mkdtemp(join(tmpdir(), 'go-module-'))
  try {
    const go = await findGo()
    const flags = '-trimpath -buildvcs=false'
    const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOFLAGS: flags, GOWORK: 'off' }
    const run = (...args: string[]) => runProgram(go, ['-C', directory, ...args], { env, timeoutMs: BUILD_MS })
    await run('mod', 'init', 'clients')
    await run('get', `${module}@${version}`)
    // Nobody debugs them: without what debuggers need, helm compiled in 143 in place of 155 s.
    const quick = ['-ldflags=-s -w', '-gcflags=all=-dwarf=false']
    await run('build', '-mod=mod', `-tags=${tags}`, ...quick, '-o', to, `${module}/${path}`)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
