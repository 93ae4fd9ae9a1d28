import { readFileSync, writeFileSync } from 'node:fs'
import { CLIENTS_PAGE, pageWith, RESULTS_FILE } from './page.ts'
import type { Row } from './table.ts'

const rows: Row[] = JSON.parse(readFileSync(RESULTS_FILE, 'utf8'))
writeFileSync(CLIENTS_PAGE, pageWith(readFileSync(CLIENTS_PAGE, 'utf8'), rows))
