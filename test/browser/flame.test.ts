// docs/debugging.md
import assert from 'node:assert/strict'
import { startDebugged } from '../support/debugged.ts'
import { untilAnswered } from '../support/until.ts'
import { assertReadable, launch, screenshot, watched } from './browser.ts'
import { testWith } from './suite.ts'
import { underLoad } from './traffic.ts'

const LONG_MS = 30_000

const VIEWS = [
  { width: 1280, height: 900, colorScheme: 'light', kind: 'profile', told: 'CPU, 2 s' },
  { width: 390, height: 844, colorScheme: 'dark', kind: 'allocs', told: 'allocations, 2 s' },
] as const

testWith('chromium', 'a profile that is taken is a flame graph, and a table, with functions of ours', async (t) => {
  const debugged = await startDebugged(t)
  const origin = `http://localhost:${debugged.port}`
  const browser = await launch(t)
  await underLoad(debugged, async () => {
    for (const { width, height, colorScheme, kind, told } of VIEWS) {
      const { page, faults } = await watched(browser, origin, { viewport: { width, height }, colorScheme })
      await page.goto(`${origin}/debug/clinic/flame`)
      await page.selectOption('#kind', kind)
      await page.fill('#seconds', '2')
      await page.click('#button')
      const speedscope = page.frameLocator('iframe')
      await speedscope.getByText('Left Heavy').waitFor({ timeout: LONG_MS })
      await assertReadable(page)
      await screenshot(page, `flame-${width}-${colorScheme}`)
      // The graph is painted; its table of functions is text.
      await page.selectOption('#view', 'sandwich')
      await speedscope.getByText('Symbol Name').click({ timeout: LONG_MS })
      await page.keyboard.press('Control+f')
      await page.keyboard.type('src/upstream')
      const named = async (): Promise<boolean> => /\w+ src\/\S+\.ts/.test(await speedscope.locator('body').innerText())
      await untilAnswered(named, 'a function of ours', LONG_MS)
      await screenshot(page, `functions-${width}-${colorScheme}`)
      assert.equal(await page.textContent('#state'), told)
      assert.deepEqual(faults, [])
      await page.context().close()
    }
  })
})

testWith('chromium', 'while somebody else takes a profile, that is said', async (t) => {
  const debugged = await startDebugged(t)
  const origin = `http://localhost:${debugged.port}`
  const { page } = await watched(await launch(t), origin, {})
  await page.goto(`${origin}/debug/clinic/flame`)
  // It is cut when the proxy closes.
  void debugged.ask('/debug/pprof/heap?seconds=300').catch(() => undefined)
  const isTaken = async (): Promise<boolean> => (await debugged.ask('/debug/pprof/profile?seconds=1')).status === 409
  await untilAnswered(isTaken, 'the profile of somebody else')
  await page.click('#button')
  const state = async (): Promise<boolean> => /one at a time/.test((await page.textContent('#state')) ?? '')
  await untilAnswered(state, 'the reason', LONG_MS)
})
