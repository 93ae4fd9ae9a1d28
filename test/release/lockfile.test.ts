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
  for (const [folder, { dev, integrity, optional, os, resolved }] of packages) {
    assert.equal(resolved, undefined, folder)
    // npm knows no digest of what it did not install: the tools of development for other platforms.
    if (integrity === undefined) assert.ok(dev === true && optional === true && os !== undefined, folder)
    else assert.match(integrity, /^sha512-/, folder)
  }
})

test('the tools that build the image are locked to their bytes for both of its architectures', () => {
  for (const architecture of ['x64', 'arm64']) {
    const compiler = lockedPackages()[`node_modules/@typescript/typescript-linux-${architecture}`]
    assert.match(compiler?.integrity ?? '', /^sha512-/, architecture)
  }
})
