import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Client, Hands } from './client.ts'
import { CLIENTS } from './clients.ts'
import { handshake } from './handshake.ts'
import type { Lane } from './lanes.ts'
import { CLIENTS_PAGE, RESULTS_FILE, tableOf } from './page.ts'
import { runCell } from './run-cell.ts'
import { type Row, worse } from './table.ts'
import type { Task, TaskName } from './task.ts'
import { TASKS } from './tasks.ts'
import { startWorld, type World } from './world.ts'

// One row of the table, by its name.
const ONLY = process.env.CLIENT ?? ''
const CHOSEN = CLIENTS.filter(({ name }) => ONLY === '' || name === ONLY)
const FORM = process.env.LAYERS === 'long' ? 'long' : 'short'
// A layer of 2 GiB into a store that copies it twice.
const CELL_MS = 20 * 60_000

const COMMITTED = tableOf(readFileSync(CLIENTS_PAGE, 'utf8'))
const rows: Row[] = []
let world: World | undefined

function theWorld(): World {
  assert.ok(world !== undefined, 'the world did not start')
  return world
}

describe('clients', () => {
  before(async () => {
    world = await startWorld()
  })
  after(async () => {
    await world?.close()
    await mkdir(new URL('.', RESULTS_FILE), { recursive: true })
    await writeFile(RESULTS_FILE, JSON.stringify(rows, undefined, 2))
  })

  test('CLIENT, where it is given, names a row of the table', () => {
    assert.ok(CHOSEN.length > 0, `CLIENT=${ONLY} is none of ${CLIENTS.map(({ name }) => name).join('; ')}`)
  })

  test('each lane speaks its own version of TLS only, at an address of its own family', async () => {
    for (const { tls, ip, registry } of theWorld().lanes) {
      const other = tls === '1.2' ? '1.3' : '1.2'
      assert.deepEqual(await handshake(registry, tls, theWorld().simulator.ca), [`TLSv${tls}`, `IPv${ip}`])
      await assert.rejects(handshake(registry, other, theWorld().simulator.ca), /alert|protocol|version/i)
    }
  })

  for (const [at, client] of CHOSEN.entries()) {
    const missing = client.missing()
    const row: Row = { client: client.name, version: '', cells: {}, ...(missing === undefined ? {} : { missing }) }
    rows.push(row)
    if (missing === undefined) void describe(client.name, () => rowOf(client, at, row))
  }

  test('all that docs/clients.md has was had; if it cannot be, `make clientsTable`', () => {
    assert.deepEqual(
      COMMITTED.map(({ client }) => client),
      CLIENTS.map(({ name }) => name),
    )
    const names = new Set(CHOSEN.map(({ name }) => name))
    const lost = worse(
      rows,
      COMMITTED.filter(({ client }) => names.has(client)),
    )
    assert.deepEqual(lost, [])
  })
})

/** One test for each task of this client. */
function rowOf(client: Client, at: number, row: Row): void {
  const { cells } = row
  let hands: Hands | undefined
  before(async () => {
    row.version = await client.version(theWorld())
    hands = await client.start(theWorld())
  })

  for (const task of TASKS) {
    if (task.lanes[FORM] === 0) {
      cells[task.name] = { verdict: 'not run', note: '' }
      continue
    }
    test(`${client.name}: ${task.name}`, { timeout: CELL_MS }, async (t) => {
      cells[task.name] = { verdict: 'fails', note: '' }
      assert.ok(hands !== undefined, `${client.name} did not start`)
      const lanes = lanesOf(task, at, theWorld().lanes)
      const cell = await runCell({ world: theWorld(), client, hands, task, lanes })
      cells[task.name] = cell
      t.diagnostic(`${cell.verdict} ${cell.note}`)
      const old = COMMITTED.filter(({ client: name }) => name === client.name)
      assert.deepEqual(
        worse([{ client: client.name, version: '', cells: { [task.name]: cell } }], only(old, task.name)),
        [],
      )
    })
  }
}

/** All of them, or one that changes from client to client, so that all are taken by some. */
function lanesOf(task: Task, at: number, all: readonly Lane[]): readonly Lane[] {
  const first = at % all.length
  return [...all.slice(first), ...all.slice(0, first)].slice(0, task.lanes[FORM])
}

/** These rows with one column. */
function only(table: readonly Row[], task: TaskName): Row[] {
  return table.map((row) => {
    const cell = row.cells[task]
    return { ...row, cells: cell === undefined ? {} : { [task]: cell } }
  })
}
