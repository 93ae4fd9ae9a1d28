import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Debian's. */
const CHROMIUM = '/usr/bin/chromium'

const ROOT = new URL('../../../', import.meta.url)
const INSPECT = fileURLToPath(new URL('test/browser/page/inspect.js', ROOT))
/** Not committed; CI keeps what it finds here. */
const SCREENSHOTS = fileURLToPath(new URL('build/screenshots/', ROOT))

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function launch(t: TestContext): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
  t.after(() => browser.close())
  return browser
}

/** A page of one window, and everything that it should not have done. */
export interface Watched {
  page: Page
  /** Errors of scripts and of the console, and requests to anywhere but `origin`. */
  faults: string[]
}

export async function watched(browser: Browser, origin: string, options: BrowserContextOptions): Promise<Watched> {
  const context = await browser.newContext(options)
  await context.addInitScript({ path: INSPECT })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) faults.push(`request to ${url}`)
  })
  return { page, faults }
}

/** What a chart shows, and how many of its lines rise above 0; see page/inspect.js. */
export interface ShownChart {
  title: string
  drawn: number
  values: string[]
  told: string
}

export async function chartsOf(page: Page): Promise<ShownChart[]> {
  return page.evaluate<ShownChart[]>('inspect.charts()')
}

/** Nothing is wider than the window, lies over anything else or is hard to read. */
export async function assertReadable(page: Page): Promise<void> {
  assert.ok((await page.evaluate<number>('inspect.texts()')) > 10)
  assert.deepEqual(await page.evaluate('inspect.faintTexts()'), [])
  assert.equal(await page.evaluate('inspect.overflow()'), 0)
  assert.deepEqual(await page.evaluate('inspect.collisions()'), [])
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
}
