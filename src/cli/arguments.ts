import { parseArgs } from 'node:util'
import { isRepositoryName, isTag } from '../registry/grammar.ts'

/** A manifest of a repository, by its tag. */
export interface TaggedRepository {
  name: string
  tag: string
}

/** What the command line asks for. */
export type Command =
  | { name: 'help' }
  | { name: 'version' }
  | { name: 'healthcheck' }
  | { name: 'config'; json: boolean }
  | { name: 'doctor'; json: boolean; repository: TaggedRepository | undefined }

/** A wrong argument, as a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const OPTIONS = {
  help: { type: 'boolean' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  repository: { type: 'string' },
} as const
type Option = keyof typeof OPTIONS

/** The options of each command, besides --help. */
const COMMANDS: Record<'doctor' | 'config' | 'healthcheck', readonly Option[]> = {
  doctor: ['json', 'repository'],
  config: ['json'],
  healthcheck: [],
}

const DEFAULT_TAG = 'latest'
/** Longest part of a wrong argument that an error repeats, in characters. */
const MAX_SHOWN = 80

/** Reads the arguments after the program's name, of which there is at least one. Throws a UsageError. */
export function parseArguments(args: string[]): Command {
  // Not strict: Node's own messages differ from version to version, and none of them says what was expected.
  const { tokens } = parseArgs({ args, options: OPTIONS, strict: false, allowPositionals: true, tokens: true })
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const given = new Map<Option, string | undefined>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = optionOf(token.name, token.rawName, token.value)
    if (given.has(option)) throw new UsageError(`--${option} is given twice; expected it once`)
    given.set(option, token.value)
  }
  if (given.has('help')) return { name: 'help' }
  return commandOf(words, given)
}

function optionOf(name: string, rawName: string, value: string | undefined): Option {
  const option = keyOf(OPTIONS, name)
  if (option === undefined || !rawName.startsWith('--')) {
    throw new UsageError(`${shown(rawName)} is no option; expected --help, --version, or a command`)
  }
  if (OPTIONS[option].type === 'boolean' && value !== undefined) {
    throw new UsageError(`--${option} takes no value; expected it alone`)
  }
  return option
}

function commandOf([word, ...more]: string[], given: ReadonlyMap<Option, string | undefined>): Command {
  const name = word === undefined ? undefined : keyOf(COMMANDS, word)
  if (word !== undefined && name === undefined) {
    throw new UsageError(`${shown(word)} is no command; expected doctor, config, healthcheck, or no argument to serve`)
  }
  if (more[0] !== undefined) throw new UsageError(`${shown(more[0])} is one argument too many; expected one command`)
  if (name === undefined) return withoutCommand(given)
  const stray = [...given.keys()].find((option) => !COMMANDS[name].includes(option))
  if (stray !== undefined) {
    const known = [...COMMANDS[name], 'help'].map((option) => `--${option}`).join(' or ')
    throw new UsageError(`--${stray} is no option of ${name}; expected ${known}`)
  }
  if (name === 'healthcheck') return { name }
  const json = given.has('json')
  return name === 'config' ? { name, json } : { name, json, repository: repositoryOf(given) }
}

function withoutCommand(given: ReadonlyMap<Option, string | undefined>): Command {
  const [first] = given.keys()
  if (first === 'version') return { name: 'version' }
  const what = first === undefined ? 'nothing' : `--${first}`
  throw new UsageError(`${what} is no command; expected doctor, config, healthcheck, or no argument to serve`)
}

function repositoryOf(given: ReadonlyMap<Option, string | undefined>): TaggedRepository | undefined {
  if (!given.has('repository')) return undefined
  const wanted = 'expected NAME or NAME:TAG, such as team/app:1.0'
  const text = given.get('repository')
  if (text === undefined) throw new UsageError(`--repository has no value; ${wanted}`)
  const [, name = '', tag = DEFAULT_TAG] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? []
  if (!isRepositoryName(name)) throw new UsageError(`--repository: ${shown(text)} is no repository; ${wanted}`)
  if (!isTag(tag)) throw new UsageError(`--repository: ${shown(tag)} is no tag; ${wanted}`)
  return { name, tag }
}

function keyOf<T extends object>(object: T, name: string): keyof T | undefined {
  return isKeyOf(object, name) ? name : undefined
}

function isKeyOf<T extends object>(object: T, name: PropertyKey): name is keyof T {
  return Object.hasOwn(object, name)
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, MAX_SHOWN))
}
