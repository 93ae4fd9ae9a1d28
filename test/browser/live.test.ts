// docs/debugging.md
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { startDebugged } from '../support/debugged.ts'
import { untilAnswered } from '../support/until.ts'
import { assertReadable, chartsOf, launch, screenshot, watched } from './browser.ts'
import { testWith } from './suite.ts'
import { underLoad } from './traffic.ts'

const CHARTS = [
  'Requests',
  'Server errors (5xx)',
  'Client errors (4xx)',
  'Latency',
  'Latency, p99',
  'Bytes',
  'In flight',
  'Upstream pool',
  'Token',
  'CPU',
  'Memory',
  'Event loop delay',
  'Active handles',
]
const VIEWS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const
const LONG_MS = 30_000

testWith(
  'chromium',
  'during a push every chart has data and can be read, on any screen and in both themes',
  async (t) => {
    const debugged = await startDebugged(t)
    const origin = `http://localhost:${debugged.port}`
    const browser = await launch(t)
    await underLoad(debugged, async () => {
      for (const { width, height, colorScheme } of VIEWS) {
        const { page, faults } = await watched(browser, origin, { viewport: { width, height }, colorScheme })
        await page.goto(`${origin}/debug/clinic/`)
        await untilAnswered(() => isFull(page), 'every chart', LONG_MS)
        const charts = await chartsOf(page)
        assert.deepEqual(
          charts.map(({ title }) => title),
          CHARTS,
        )
        for (const { title, values, told } of charts) {
          assert.equal(told.split(': ', 1)[0], title)
          for (const value of values) assert.ok(told.includes(value), `${title} tells ${told}`)
        }
        assert.match((await page.textContent('#operations')) ?? '', /manifest pull\d/)
        assert.match((await page.textContent('#repositories')) ?? '', /team\/app/)
        assert.match((await page.textContent('#findings')) ?? '', /\w/)
        await assertReadable(page)
        await screenshot(page, `live-${width}-${colorScheme}`)
        assert.deepEqual(faults, [])
        await page.context().close()
      }
    })
  },
)

/** Whether each chart has a line above 0, and a value beside its name. */
async function isFull(page: Page): Promise<boolean> {
  const charts = await chartsOf(page)
  return charts.length > 0 && charts.every(({ drawn, values }) => drawn > 0 && values.some((value) => /\d/.test(value)))
}

testWith('chromium', 'pointing at one chart shows the values of that moment in all of them', async (t) => {
  const debugged = await startDebugged(t)
  const origin = `http://localhost:${debugged.port}`
  const { page, faults } = await watched(await launch(t), origin, { viewport: { width: 1280, height: 900 } })
  await underLoad(debugged, async () => {
    await page.goto(`${origin}/debug/clinic/`)
    await untilAnswered(() => isFull(page), 'every chart', LONG_MS)
    const cursors = (): Promise<number> => page.locator('.cursor').count()
    await page.hover('.panel svg >> nth=3')
    await untilAnswered(async () => (await cursors()) === CHARTS.length, 'the cursors', LONG_MS)
    await page.hover('h1')
    await untilAnswered(async () => (await cursors()) === 0, 'no cursor', LONG_MS)
  })
  assert.deepEqual(faults, [])
})

testWith('chromium', 'a proxy that does not answer any more is told', async (t) => {
  const debugged = await startDebugged(t)
  const origin = `http://localhost:${debugged.port}`
  const { page } = await watched(await launch(t), origin, {})
  await page.goto(`${origin}/debug/clinic/`)
  const says = (text: string) => async (): Promise<boolean> => (await page.textContent('#state')) === text
  await untilAnswered(says('live'), 'a live page', LONG_MS)
  await debugged.proxy.close()
  await untilAnswered(says('the proxy does not answer; what is shown is old'), 'a page that says so', LONG_MS)
})

testWith('chromium', 'the index and the list of profiles can be read on any screen', async (t) => {
  const { port } = await startDebugged(t)
  const origin = `http://localhost:${port}`
  const browser = await launch(t)
  for (const { width, height, colorScheme } of VIEWS) {
    const { page, faults } = await watched(browser, origin, { viewport: { width, height }, colorScheme })
    for (const name of ['', 'pprof/']) {
      await page.goto(`${origin}/debug/${name}`)
      await assertReadable(page)
      await screenshot(page, `${name === '' ? 'index' : 'profiles'}-${width}-${colorScheme}`)
    }
    assert.deepEqual(faults, [])
    await page.context().close()
  }
})
