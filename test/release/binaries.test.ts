import assert from 'node:assert/strict'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lockedPackages, productionFolders, ROOT } from './packages.ts'

// ELF, Mach-O (both widths, both byte orders, universal), PE, and the archives that linkers read.
const MAGIC = [/^7f454c46/, /^(?:feedfac[ef]|c[ef]faedfe|cafebabe)/, /^4d5a/, /^213c617263683e/]

/** Files of machine code in a folder of node_modules, without the packages that are nested in it. */
function machineCode(folder: string): string[] {
  const root = fileURLToPath(new URL(folder, ROOT))
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.slice(root.length).includes('/node_modules/') && isMachineCode(path))
    .map((path) => path.slice(root.length))
}

function isMachineCode(path: string): boolean {
  const head = Buffer.alloc(8)
  const file = openSync(path, 'r')
  readSync(file, head, 0, head.length, 0)
  closeSync(file)
  return MAGIC.some((magic) => magic.test(head.toString('hex')))
}

// What is for one architecture would have to be there for linux-arm64, too. There is none, which is simpler still.
test('no package of the image has machine code, or is for one platform', () => {
  const folders = productionFolders()
  assert.ok(folders.length > 50)
  const packages = lockedPackages()
  for (const folder of folders) {
    assert.deepEqual(machineCode(folder), [], folder)
    assert.equal(packages[folder]?.os ?? packages[folder]?.cpu, undefined, folder)
    assert.notEqual(packages[folder]?.hasInstallScript, true, folder)
  }
})

test('machine code is seen where it is', () => {
  const installed = new Set(readdirSync(new URL('node_modules/@typescript/', ROOT)))
  const here = Object.keys(lockedPackages()).find((folder) =>
    installed.has(folder.replace('node_modules/@typescript/', '')),
  )
  assert.ok(here !== undefined)
  assert.notDeepEqual(machineCode(here), [])
  assert.deepEqual(lockedPackages()[here]?.os?.length, 1)
})
