import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lockedPackages, productionFolders } from './packages.ts'
import { type Component, sbomOfAll, sbomOfImage } from './sbom.ts'

/** Permissive licences, by their SPDX identifiers; all that they want is to be named, and the packages bring their texts. */
const ALLOWED = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'])
/** Of data as well, which mutation testing brings along; it wants to be named by who passes it on, and nobody does. */
const ALLOWED_IN_DEVELOPMENT = new Set([...ALLOWED, 'CC-BY-4.0'])

/** One of two that a package offers is enough. */
function isAllowed({ licenses = [] }: Component, allowed = ALLOWED): boolean {
  const names = licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '')
  return (
    names.length > 0 &&
    names.every((name) => name.split(' OR ').some((one) => allowed.has(one.replaceAll(/[()]/g, ''))))
  )
}

test('the SBOM has the packages of the image and no others, and each has a licence that is allowed', async () => {
  const { bomFormat, components, dependencies, metadata } = await sbomOfImage()
  assert.equal(bomFormat, 'CycloneDX')
  assert.equal(metadata.component.name, 'ecr-reverse-proxy')
  const names = new Set(productionFolders().map((folder) => folder.slice(folder.lastIndexOf(PARENT) + PARENT.length)))
  assert.deepEqual(new Set(components.map(({ name }) => name)), names)
  assert.equal(dependencies.length, components.length + 1)
  assert.deepEqual(refused(components), [])
})

test('so have the packages of development', async () => {
  const { components } = await sbomOfAll()
  assert.ok(components.length > productionFolders().length)
  assert.ok(components.length < Object.keys(lockedPackages()).length)
  assert.deepEqual(refused(components, ALLOWED_IN_DEVELOPMENT), [])
})

test('a licence that is not allowed, and none at all, are seen', () => {
  const component = { 'bom-ref': 'x@1', name: 'x' }
  assert.equal(isAllowed(component), false)
  assert.equal(isAllowed({ ...component, licenses: [{ license: { id: 'GPL-3.0-only' } }] }), false)
  assert.equal(isAllowed({ ...component, licenses: [{ expression: '(GPL-3.0-only AND MIT)' }] }), false)
  assert.equal(isAllowed({ ...component, licenses: [{ expression: '(GPL-3.0-only OR MIT)' }] }), true)
})

const PARENT = 'node_modules/'

function refused(components: Component[], allowed = ALLOWED): Component[] {
  return components.filter((component) => !isAllowed(component, allowed))
}
