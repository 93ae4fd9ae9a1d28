import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { Link } from '../link.ts'
import { onOpen } from './line-faults.ts'

// Refused connections never reach a link, so a fault that hit nobody passed.
test('what resets and refuses has not struck where nothing was open', async (t) => {
  const target = await Link.open(1)
  const link = await Link.open(target.port)
  t.after(() => Promise.all([link.close(), target.close()]))
  const refuse = async (): Promise<void> => {
    await link.refuse()
    await link.accept()
  }
  await assert.rejects(onOpen(link, refuse), /^Error: the fault did not strike: no connection was open$/)
  const client = connect(link.port, '127.0.0.1').on('error', () => {})
  t.after(() => client.destroy())
  await once(client, 'connect')
  await until(() => link.connections > 0, 'the connection')
  await onOpen(link, refuse)
})
