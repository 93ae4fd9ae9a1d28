import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ROOT, textOf } from './packages.ts'

test('npm pack takes the built sources, the pages and what a reader needs, and nothing else', async () => {
  // Without the scripts: `prepack` would build under the feet of the other tests.
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout } = await promisify(execFile)('npm', args, { cwd: fileURLToPath(ROOT) })
  const [{ files }]: [{ files: { path: string; mode: number }[] }] = JSON.parse(stdout)
  const built = filesOf('src/').filter((path) => path.endsWith('.ts'))
  const pages = filesOf('src/debug/page/').map((path) => `dist/${path}`)
  assert.ok(built.length > 50 && pages.length > 3)
  // With their source maps, which profiles are read by.
  const scripts = built.map((path) => `dist/${path.replace(/\.ts$/, '.js')}`).flatMap((path) => [path, `${path}.map`])
  const wanted = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...scripts, ...pages]
  assert.deepEqual(files.map(({ path }) => path).toSorted(), wanted.toSorted())
})

test('its command is there and can be run', () => {
  const { bin } = JSON.parse(textOf('package.json'))
  assert.match(textOf(bin['ecr-reverse-proxy']), /^#!\/usr\/bin\/env node\n/)
})

function filesOf(folder: string): string[] {
  const root = fileURLToPath(new URL(folder, ROOT))
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${folder}${`${parentPath}/${name}`.slice(root.length).replace(/^\//, '')}`)
}
