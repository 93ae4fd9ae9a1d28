import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MIB } from '../../random-tar.ts'
import { type Client, type Hands, not, type Target } from '../client.ts'
import { goProgramOfBoth, notBuilt, type Program, versionOf } from '../programs.ts'
import type { World } from '../world.ts'

/** What helm moves is a chart: its image is one, with a version for a tag. */
export const helm: Client = {
  name: 'helm',
  missing: () => notBuilt('helm'),
  version: async () => versionOf('helm'),
  start: async (world) => hands(world, await goProgramOfBoth(world, 'helm')),
  resumption: 'not at all',
  limits: {
    index: not('a chart has no platforms'),
    'artifact with a subject': not('a signature is a layer of its chart'),
    '0-byte layer': not('its one layer is the chart'),
    'config-only artifact': not('its one layer is the chart'),
    '200 MiB layer': not('a chart is 100 MiB at most'),
    '2 GiB layer': not('a chart is 100 MiB at most'),
    mount: not('sends what it has packed'),
    delete: not('has no command for it'),
  },
}

function hands(world: World, run: Program): Hands {
  return {
    push: async (content, target) => {
      const [size = 0] = content.sizes
      const chart = join(await world.scratch('chart'), basename(target.repository))
      await writeChart(chart, target.tag, size)
      const packages = await world.scratch('package')
      await run('package', '--destination', packages, chart)
      const [file = ''] = await readdir(packages)
      const parent = target.repository.slice(0, target.repository.lastIndexOf('/'))
      return digestIn(await run('push', join(packages, file), `oci://${target.registry}/${parent}`))
    },
    pull: async (target) => {
      const shown = await run('show', 'chart', chartName(target), '--version', target.tag)
      assert.match(shown, new RegExp(`^name: ${basename(target.repository)}$`, 'm'))
      const to = await world.scratch('pulled')
      return digestIn(await run('pull', chartName(target), '--version', target.tag, '--destination', to))
    },
    // It lists them to find the highest that fits.
    tags: async (target) => {
      const to = await world.scratch('highest')
      const told = await run('pull', chartName(target), '--version', '>=1.0.0', '--destination', to)
      return [/^Pulled: .*:(\S+)$/m.exec(told)?.[1] ?? told]
    },
  }
}

async function writeChart(directory: string, version: string, size: number): Promise<void> {
  await mkdir(join(directory, 'templates'), { recursive: true })
  const chart = ['apiVersion: v2', `name: ${basename(directory)}`, `version: ${version}`, '']
  await writeFile(join(directory, 'Chart.yaml'), chart.join('\n'))
  // Helm takes no file above 5 MiB.
  for (let left = size; left > 0; left -= FILE_BYTES) {
    const filler = randomBytes(Math.min(left, FILE_BYTES)).toString('hex')
    await writeFile(join(directory, `templates/_filler${left}.tpl`), filler)
  }
}

const FILE_BYTES = 2 * MIB

function chartName({ registry, repository }: Target): string {
  return `oci://${registry}/${repository}`
}

function digestIn(text: string): string {
  const digest = /sha256:[0-9a-f]{64}/.exec(text)?.[0]
  assert.ok(digest !== undefined, `no digest in: ${text}`)
  return digest
}
