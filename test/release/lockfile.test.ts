import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lockedPackages, textOf } from './packages.ts'

test('the lockfile is of this package.json', () => {
  const { version, dependencies, devDependencies } = JSON.parse(textOf('package.json'))
  const lock = JSON.parse(textOf('package-lock.json'))
  const own = lockedPackages()['']
  assert.deepEqual(own?.dependencies, dependencies)
  assert.deepEqual(own?.devDependencies, devDependencies)
  assert.equal(lock.version, version)
})

test('each package is locked to its bytes, and to no place', () => {
  const packages = Object.entries(lockedPackages()).filter(([folder]) => folder !== '')
  assert.ok(packages.length > 100)
  for (const [folder, { integrity, resolved }] of packages) {
    assert.match(integrity ?? '', /^sha512-/, folder)
    assert.equal(resolved, undefined, folder)
  }
})
