import { mkdirSync, writeFileSync } from 'node:fs'
import { ROOT } from './packages.ts'
import { sbomOfImage } from './sbom.ts'

// Writes the packages of the image to build/sbom.cdx.json.
mkdirSync(new URL('build/', ROOT), { recursive: true })
writeFileSync(new URL('build/sbom.cdx.json', ROOT), `${JSON.stringify(await sbomOfImage(), undefined, 2)}\n`)
