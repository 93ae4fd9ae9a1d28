import { readFileSync, writeFileSync } from 'node:fs'
import { EXPLAINED } from '../mutation/explained.ts'
import { mutantsPart } from '../mutation/part.ts'
import { metricsPage } from './metrics-page.ts'
import { METRICS_PAGE, TESTING_PAGE } from './pages.ts'
import { withPart } from './parts.ts'

writeFileSync(METRICS_PAGE, metricsPage(readFileSync(METRICS_PAGE, 'utf8')))
writeFileSync(TESTING_PAGE, withPart(readFileSync(TESTING_PAGE, 'utf8'), 'mutants', mutantsPart(EXPLAINED)))
