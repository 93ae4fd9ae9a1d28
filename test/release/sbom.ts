import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ROOT, textOf } from './packages.ts'

export interface Component {
  'bom-ref': string
  name: string
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[]
  properties?: { name: string; value: string }[]
}

/** The parts of CycloneDX that are looked at here. */
export interface Sbom {
  bomFormat: string
  metadata: { component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
}

/** What `npm sbom` says of all that is installed. */
export async function sbomOfAll(): Promise<Sbom> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']
  const { stdout } = await promisify(execFile)('npm', args, { cwd: fileURLToPath(ROOT), maxBuffer: 64 * 1024 * 1024 })
  const sbom: Sbom = JSON.parse(stdout)
  // npm takes the name of the folder.
  sbom.metadata.component.name = JSON.parse(textOf('package.json')).name
  return sbom
}

/** The same of what is in the image. npm's own `--omit dev` also leaves out what production and development share. */
export async function sbomOfImage(): Promise<Sbom> {
  const sbom = await sbomOfAll()
  const components = sbom.components.filter(({ properties = [] }) => !properties.some(isDevelopment))
  const kept = new Set([sbom.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])])
  const dependencies = sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }))
  return { ...sbom, components, dependencies }
}

function isDevelopment({ name, value }: { name: string; value: string }): boolean {
  return name === 'cdx:npm:package:development' && value === 'true'
}
