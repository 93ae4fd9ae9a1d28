import { readFileSync, writeFileSync } from 'node:fs'
import { metricsPage } from './metrics-page.ts'
import { METRICS_PAGE } from './pages.ts'

writeFileSync(METRICS_PAGE, metricsPage(readFileSync(METRICS_PAGE, 'utf8')))
