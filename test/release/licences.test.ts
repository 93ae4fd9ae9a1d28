import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lockedPackages, productionFolders, ROOT } from './packages.ts'

/** Permissive licences, by their SPDX identifiers; all that they want is to be named, and the packages bring their texts. */
const ALLOWED = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'])

interface Component {
  name: string
  version: string
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[]
}

/** What `make sbom` writes. */
async function componentsOf(...options: string[]): Promise<Component[]> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', ...options]
  const { stdout } = await promisify(execFile)('npm', args, { cwd: fileURLToPath(ROOT), maxBuffer: 64 * 1024 * 1024 })
  const { bomFormat, components }: { bomFormat: string; components: Component[] } = JSON.parse(stdout)
  assert.equal(bomFormat, 'CycloneDX')
  return components
}

/** One of two that a package offers is enough. */
function isAllowed({ licenses = [] }: Component): boolean {
  const names = licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '')
  return (
    names.length > 0 &&
    names.every((name) => name.split(' OR ').some((one) => ALLOWED.has(one.replaceAll(/[()]/g, ''))))
  )
}

test('the SBOM has each package of the image, and each has a licence that is allowed', async () => {
  const components = await componentsOf('--omit', 'dev')
  const names = new Set(components.map(({ name }) => name))
  for (const folder of productionFolders()) {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
    assert.ok(names.has(name), `${name} is not in the SBOM`)
  }
  assert.deepEqual(
    components.filter((component) => !isAllowed(component)),
    [],
  )
})

test('so have the packages of development', async () => {
  const components = await componentsOf()
  assert.ok(components.length > productionFolders().length)
  assert.ok(components.length <= Object.keys(lockedPackages()).length)
  assert.deepEqual(
    components.filter((component) => !isAllowed(component)),
    [],
  )
})

test('a licence that is not allowed, and none at all, are seen', () => {
  const component = { name: 'x', version: '1' }
  assert.equal(isAllowed(component), false)
  assert.equal(isAllowed({ ...component, licenses: [{ license: { id: 'GPL-3.0-only' } }] }), false)
  assert.equal(isAllowed({ ...component, licenses: [{ expression: '(GPL-3.0-only AND MIT)' }] }), false)
  assert.equal(isAllowed({ ...component, licenses: [{ expression: '(GPL-3.0-only OR MIT)' }] }), true)
})
