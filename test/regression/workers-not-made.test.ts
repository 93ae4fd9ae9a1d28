// A worker that could not be made, because there was no descriptor left for it or no memory, was a TypeError or an error that
// nobody caught, and the primary ended with all the workers that served.
import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import { simulatorFor } from '../simulator/client.ts'
import { send } from '../support/http-client.ts'
import { until } from '../support/until.ts'
import { LONG_MS, startCrew } from '../process/crew-process.ts'

/** What the system says to the third process that is made, and to the fourth: EMFILE, which Node tells by an event, and ENOMEM, which it throws. */
const NOT_MADE = `
  import { ChildProcess } from 'node:child_process'
  import { constants } from 'node:os'
  const { spawn } = ChildProcess.prototype
  const failures = [undefined, undefined, constants.errno.EMFILE, constants.errno.ENOMEM]
  ChildProcess.prototype.spawn = function (options) {
    const errno = failures.shift()
    if (errno !== undefined) this._handle.spawn = () => -errno
    return spawn.call(this, options)
  }`

test('workers that cannot be made are told and tried again, and the others serve on', async (t) => {
  const simulator = await simulatorFor(t)
  const { primary, port, workers } = await startCrew(t, simulator, { preload: NOT_MADE })
  const [victim = 0, survivor = 0] = workers()
  process.kill(victim, 'SIGKILL')
  const notMade = (): unknown[] =>
    primary.lines('a worker process could not be made').map(({ err }) => Object(err).code)
  await until(() => notMade().length === 2, 'two failures', LONG_MS)
  assert.deepEqual(notMade(), ['EMFILE', 'ENOMEM'])
  assert.deepEqual(workers(), [survivor])
  assert.equal((await send({ port }, 'GET', '/healthz')).status, 200)
  await until(() => primary.lines(`listening on 127.0.0.1 port ${port}`).length === 3, 'another worker', LONG_MS)
  primary.signal('SIGTERM')
  assert.equal((await primary.ended).code, 0)
})
