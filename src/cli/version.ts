import { readFileSync } from 'node:fs'

/** The nearest package.json above dist/src/cli: the one that tells Node what kind of modules these are, so it is always there. */
const PACKAGE = new URL('../../../package.json', import.meta.url)

/** The version of this package. */
export function version(): string {
  const { version: own }: { version: string } = JSON.parse(readFileSync(PACKAGE, 'utf8'))
  return own
}
