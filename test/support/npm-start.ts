import { readFileSync } from 'node:fs'

const PACKAGE = new URL('../../../package.json', import.meta.url)

/** What `npm start` gives to Node: its flags, and variables of the environment. */
export function npmStart(): { flags: string[]; environment: Record<string, string> } {
  const { scripts }: { scripts: { start: string } } = JSON.parse(readFileSync(PACKAGE, 'utf8'))
  const words = scripts.start.split(' ')
  const variables = words.flatMap((word) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(word) ?? []
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return { flags: words.filter((word) => word.startsWith('--')), environment: Object.fromEntries(variables) }
}
