import assert from 'node:assert/strict'
import type { Page, Route } from 'playwright-core'
import { startDebugged } from '../support/debugged.ts'
import { untilAnswered } from '../support/until.ts'
import { launch, watched } from './browser.ts'
import { testWith } from './suite.ts'

const NUMBERS = '**/debug/clinic/numbers?*'
const OLD = 'the proxy does not answer; what is shown is old'
const LONG_MS = 30_000

async function untilSays(page: Page, id: string, text: string | RegExp): Promise<void> {
  const says = async (): Promise<boolean> => {
    const said = (await page.textContent(`#${id}`)) ?? ''
    return typeof text === 'string' ? said === text : text.test(said)
  }
  await untilAnswered(says, `${id} that says ${text}`, LONG_MS)
}

/** Points of the lines of a chart. */
async function points(page: Page): Promise<number> {
  const drawn = await page.locator('.panel', { hasText: 'resident' }).locator('path').first().getAttribute('d')
  return (drawn ?? '').split('L').length
}

testWith('chromium', 'a process that stands still is told, and one that goes on', async (t) => {
  const { port } = await startDebugged(t)
  const origin = `http://localhost:${port}`
  const { page } = await watched(await launch(t), origin, {})
  await page.goto(`${origin}/debug/clinic/`)
  await untilSays(page, 'state', 'live')
  await page.route(NUMBERS, () => {})
  await untilSays(page, 'state', OLD)
  await page.unroute(NUMBERS)
  await untilSays(page, 'state', 'live')
})

testWith('chromium', 'of another process than before nothing is added to what the one before has said', async (t) => {
  const { port } = await startDebugged(t)
  const origin = `http://localhost:${port}`
  const { page, faults } = await watched(await launch(t), origin, {})
  await page.goto(`${origin}/debug/clinic/`)
  await untilAnswered(async () => (await points(page)) >= 5, 'five moments', LONG_MS)
  const before = await points(page)
  const asked: string[] = []
  await page.route('**/debug/vars', async (route: Route) => {
    const json = await (await route.fetch()).json()
    await route.fulfill({ json: { ...json, process: { ...json.process, pid: 4242 } } })
  })
  await page.route(NUMBERS, async (route: Route) => {
    asked.push(new URL(route.request().url()).search)
    const json = await (await route.fetch()).json()
    const isNew = asked.length === 2
    const process = { ...json.process, pid: 4242 }
    await route.fulfill({ json: { ...json, process, rows: isNew ? json.rows.slice(-1) : json.rows } })
  })
  await untilSays(page, 'process', /^process 4242 · Node \d/)
  await untilAnswered(async () => (await points(page)) < before, 'a chart that begins anew', LONG_MS)
  await untilAnswered(async () => (await points(page)) >= 3, 'a chart that goes on', LONG_MS)
  assert.match(asked[0] ?? '', /^\?since=\d{13}$/)
  assert.equal(asked[1], '?since=0')
  assert.match(asked[2] ?? '', /^\?since=\d{13}$/)
  assert.deepEqual(faults, [])
})

testWith('chromium', 'what has the focus keeps it while the numbers change', async (t) => {
  const { port } = await startDebugged(t)
  const origin = `http://localhost:${port}`
  const { page, faults } = await watched(await launch(t), origin, {})
  let polls = 0
  await page.route(NUMBERS, async (route: Route) => {
    polls += 1
    const json = await (await route.fetch()).json()
    const findings = [{ level: 'warning', text: `for ${polls} s`, link: '/debug/clinic/flame' }]
    await route.fulfill({ json: { ...json, findings } })
  })
  await page.goto(`${origin}/debug/clinic/`)
  const link = page.getByRole('link', { name: 'take a profile' })
  await link.focus()
  const then = polls
  await untilSays(page, 'findings', new RegExp(`for ${then + 2} s`))
  assert.equal(await link.evaluate((element) => element === element.ownerDocument.activeElement), true)
  assert.deepEqual(faults, [])
})

testWith('chromium', 'keys lead through the moments of the charts', async (t) => {
  const { port } = await startDebugged(t)
  const origin = `http://localhost:${port}`
  const { page, faults } = await watched(await launch(t), origin, {})
  await page.goto(`${origin}/debug/clinic/`)
  await untilAnswered(async () => (await points(page)) >= 3, 'three moments', LONG_MS)
  const untilCursors = async (count: number): Promise<void> => {
    const found = async (): Promise<boolean> => (await page.locator('.cursor').count()) === count
    await untilAnswered(found, `${count} cursors`, LONG_MS)
  }
  await page.locator('.panel svg').first().focus()
  await page.keyboard.press('ArrowLeft')
  await untilCursors(await page.locator('.panel').count())
  await page.keyboard.press('PageDown')
  await untilCursors(0)
  await page.keyboard.press('PageUp')
  await untilCursors(await page.locator('.panel').count())
  await page.keyboard.press('Tab')
  await untilCursors(0)
  assert.deepEqual(faults, [])
})

testWith('chromium', 'commands to copy ask the server that the page is of', async (t) => {
  const { port } = await startDebugged(t)
  const origin = `http://127.0.0.1:${port}`
  const { page } = await watched(await launch(t), origin, {})
  for (const [path, count] of [
    ['', 1],
    ['pprof/', 3],
  ] as const) {
    await page.goto(`${origin}/debug/${path}`)
    const told = await page.locator('pre').allTextContents()
    assert.equal(told.length, count)
    for (const command of told) assert.ok(command.includes(`'${origin}/debug/`), command)
  }
})
