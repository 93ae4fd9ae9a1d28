import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CLIENTS } from '../clients/matrix/clients.ts'
import { CLIENTS_PAGE, pageWith, tableOf } from '../clients/matrix/page.ts'
import { completed, parse, render, type Row, worse } from '../clients/matrix/table.ts'

const yes = { verdict: 'yes', note: '' } as const
const OLD: Row[] = [
  {
    client: 'one',
    version: '1',
    cells: { image: yes, mount: { verdict: 'no', note: 'has no way: none' }, '2 GiB layer': yes },
  },
  { client: 'two', version: '2', cells: {}, missing: 'not served' },
]

function changed(cells: Row['cells']): Row[] {
  return OLD.map((row) => (row.client === 'one' ? { ...row, cells: { ...row.cells, ...cells } } : row))
}

test('docs/clients.md has a row for each client; if not, `make clients clientsTable`', () => {
  const table = tableOf(readFileSync(CLIENTS_PAGE, 'utf8'))
  assert.deepEqual(
    table.map(({ client }) => client),
    CLIENTS.map(({ name }) => name),
  )
})

test('what is written is read again, reasons included', () => {
  const [one, two] = parse(render(OLD, []))
  assert.deepEqual(one?.cells.mount, { verdict: 'no', note: 'has no way: none' })
  assert.deepEqual(one?.cells.index, { verdict: 'not run', note: '' })
  assert.equal(two?.missing, 'not served')
})

test('a cell that gets worse is told, and one that gets better is not', () => {
  const partly = { verdict: 'partly', note: 'half' } as const
  assert.deepEqual(worse(changed({ image: partly }), OLD), ['one, image: yes is now partly: half'])
  assert.deepEqual(worse(changed({ image: { verdict: 'fails', note: '' } }), OLD), ['one, image: yes is now fails'])
  assert.deepEqual(worse(changed({ mount: yes }), OLD), [])
})

test('a client that is gone or cannot be had any more is worse', () => {
  assert.deepEqual(worse(OLD.slice(1), OLD), ['one is gone'])
  assert.deepEqual(worse([{ client: 'one', version: '', cells: {}, missing: 'no' }, ...OLD.slice(1)], OLD), [
    'one cannot be had: no',
  ])
})

test('a cell that this run leaves out is not worse, and stays in the table', () => {
  const now = changed({ '2 GiB layer': { verdict: 'not run', note: '' } })
  assert.deepEqual(worse(now, OLD), [])
  assert.deepEqual(parse(render(now, OLD))[0]?.cells['2 GiB layer'], yes)
})

test('a run of some rows keeps the others, in their order', () => {
  const now = changed({ mount: yes }).slice(0, 1)
  const all = completed(now, OLD, ['two', 'one', 'three'])
  assert.deepEqual(all, [OLD[1], now[0]])
})

test('a page changes between its marks alone', () => {
  const page = `above\n<!-- begin: matrix -->\n${render(OLD, []).join('\n')}\n<!-- end -->\nbelow\n`
  assert.equal(pageWith(page, OLD), page)
  const [first] = tableOf(pageWith(page, changed({ image: { verdict: 'no', note: 'x' } })))
  assert.deepEqual(first?.cells.image, { verdict: 'no', note: 'x' })
  assert.throws(() => pageWith('no marks', OLD), /the page has no/)
})
