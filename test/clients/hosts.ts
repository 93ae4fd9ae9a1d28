import { readFile, writeFile } from 'node:fs/promises'

const HOSTS_FILE = '/etc/hosts'
const MARK = '# ecr-reverse-proxy test clients'

/** Makes each name resolve to its address for every program of this machine, until removeHosts(). */
export async function addHosts(addressOf: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(addressOf).map(([name, address]) => `${address} ${name} ${MARK}\n`)
  const rest = await otherLines()
  const gap = rest === '' || rest.endsWith('\n') ? '' : '\n'
  await writeFile(HOSTS_FILE, `${rest}${gap}${lines.join('')}`)
}

/** Takes out the lines of this run, and those of a run that was killed before it could. */
export async function removeHosts(): Promise<void> {
  await writeFile(HOSTS_FILE, await otherLines())
}

// Written in place: in a container the file is a bind mount, which cannot be renamed over.
async function otherLines(): Promise<string> {
  const lines = (await readFile(HOSTS_FILE, 'utf8')).split('\n')
  return lines.filter((line) => !line.endsWith(MARK)).join('\n')
}
