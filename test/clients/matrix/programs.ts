import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isInstalled, type Outcome } from '../program.ts'
import { GO_PROGRAMS, type GoProgramName, PROGRAMS_DIRECTORY } from './go-programs.ts'
import type { World } from './world.ts'

/** For what moves a layer of 2 GiB. */
export const TRANSFER_MS = 20 * 60_000

/** Runs one program; returns what it prints, without the space around it. */
export type Program = (...args: string[]) => Promise<string>

/** Why a Debian package's program cannot be had, if so. */
export function notInstalled(...names: string[]): string | undefined {
  const missing = names.find((name) => !isInstalled(name))
  return missing === undefined ? undefined : `${missing} is not installed`
}

/** Why a Go program cannot be had, if so: what the build of it said. */
export function notBuilt(name: GoProgramName): string | undefined {
  if (existsSync(pathOf(name))) return undefined
  const told = `${pathOf(name)}.reason`
  return existsSync(told) ? readFileSync(told, 'utf8').trim() : 'not built: make clientPrograms'
}

export function versionOf(name: GoProgramName): string {
  return GO_PROGRAMS.find((program) => program.name === name)?.version ?? ''
}

/** A Go program that trusts the one CA, with a home of its own. */
export async function goProgram(
  world: World,
  name: GoProgramName,
  variables: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const run = await goRunner(world, name, variables)
  return async (...args) => said(await run(args))
}

/** The same of one that says on stderr what others print. */
export async function goProgramOfBoth(world: World, name: GoProgramName): Promise<Program> {
  const run = await goRunner(world, name)
  return async (...args) => {
    const { stdout, stderr } = await run(args)
    return `${stdout}${stderr}`.trim()
  }
}

async function goRunner(
  world: World,
  name: GoProgramName,
  variables: NodeJS.ProcessEnv = {},
): Promise<(args: readonly string[]) => Promise<Outcome>> {
  const env = { ...world.clientEnv, HOME: await world.scratch(name), SSL_CERT_FILE: world.caFile, ...variables }
  return (args) => world.run(pathOf(name), args, { env, timeoutMs: TRANSFER_MS })
}

export function said({ stdout }: Outcome): string {
  return stdout.trim()
}

export function pathOf(name: GoProgramName): string {
  return fileURLToPath(new URL(name, PROGRAMS_DIRECTORY))
}
