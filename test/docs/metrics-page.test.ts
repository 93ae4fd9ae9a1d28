import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ConfigSchema } from '../../src/config/schema.ts'
import { metricsPage } from './metrics-page.ts'
import { METRICS_PAGE } from './pages.ts'

const PAGE = readFileSync(METRICS_PAGE, 'utf8')

test('docs/metrics.md says what src/metrics/definitions.ts says; if not, run `make docs`', () => {
  assert.equal(metricsPage(PAGE), PAGE)
  assert.match(PAGE, /^\| `ECRImagePulls` \| Count \| Repository \|/m)
  assert.match(PAGE, /^\| 200 repositories x 2 metrics \| 400 \|$/m)
})

test('the bill is that of the default', () => {
  assert.equal(ConfigSchema.properties.METRICS_REPOSITORIES.default, 200)
})

test('a page that is stale is made anew, between its marks alone', () => {
  const stale = PAGE.replace(/^\| `Throttles` .*\n/m, '').replace('metrics | 400 |', 'metrics | 300 |')
  assert.notEqual(stale, PAGE)
  assert.equal(metricsPage(stale), PAGE)
  assert.equal(metricsPage('before\nafter\n'), 'before\nafter\n')
})

test('a part that is unknown or has no end is an error', () => {
  assert.throws(() => metricsPage('<!-- begin: weather -->\n<!-- end -->\n'), /no part weather/)
  assert.throws(() => metricsPage('<!-- begin: bill -->\n'), /no <!-- end -->/)
})
