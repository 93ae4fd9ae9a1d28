import { readFileSync, writeFileSync } from 'node:fs'
import { CLIENTS } from './clients.ts'
import { CLIENTS_PAGE, pageWith, RESULTS_FILE, tableOf } from './page.ts'
import { completed, type Row } from './table.ts'

const run: Row[] = JSON.parse(readFileSync(RESULTS_FILE, 'utf8'))
const page = readFileSync(CLIENTS_PAGE, 'utf8')
const names = CLIENTS.map(({ name }) => name)
writeFileSync(CLIENTS_PAGE, pageWith(page, completed(run, tableOf(page), names)))
