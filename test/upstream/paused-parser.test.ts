// docs/request-handling.md: 19
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { type TestContext, test } from 'node:test'
import { Deferred } from '../../src/deferred.ts'
import type { Exchange } from '../../src/upstream/exchange.ts'
import { HeadWriter } from '../../src/upstream/head-writer.ts'
import { survivingPause } from '../../src/upstream/paused-parser.ts'
import { Places } from '../../src/upstream/places.ts'
import { sendPooled } from '../../src/upstream/pooled.ts'
import { Pool } from '../../src/upstream/undici.ts'

/** A connection without a network, of which a test says what comes when: the end of an answer together with its last byte, as with TLS. */
class Line extends Socket {
  /** Settles when a request has been written. */
  readonly asked = new Deferred<void>()

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: BufferEncoding, written: () => void): void {
    written()
    this.asked.resolve()
  }

  override _final(ended: () => void): void {
    ended()
  }
}

/** A request over `line`. */
function askedOver(t: TestContext, line: Line): Exchange {
  const heads = new HeadWriter()
  const connect = heads.over(survivingPause((_options, callback) => setImmediate(() => callback(null, line))))
  const pool = new Pool('http://upstream', { connect })
  t.after(() => pool.destroy())
  const authorization = { value: 'Basic token', line: Buffer.from('Authorization: Basic token\r\n') }
  const request = { method: 'GET', path: '/', headers: [], authorization, body: null, silenceMs: 5000 }
  return sendPooled({ pool, heads, places: new Places(1, setImmediate) }, request)
}

interface Taken {
  text: string
  /** `whole`, or why not. */
  over: Promise<string>
}

/** What comes of an answer whose head has come. Each chunk is one too many for its reader, who never asks for more, unless it `takesAll`. */
async function takenPaused(exchange: Exchange, line: Line, head: string, takesAll = false): Promise<Taken> {
  await line.asked.promise
  await turn()
  line.push(`HTTP/1.1 200 OK\r\n${head}\r\n`)
  await exchange.head
  const over = new Deferred<string>()
  const taken = { text: '', over: over.promise }
  exchange.into({
    chunk: (bytes) => {
      taken.text += bytes.toString()
      return takesAll
    },
    end: () => over.resolve('whole'),
    failed: ({ message }) => over.resolve(message),
  })
  return taken
}

const CLOSES = 'Connection: close\r\n'

// With a connection that was to close each of these ended the process, and one that was kept broke off an answer that was whole.
for (const [what, head] of [
  ['', `${CLOSES}Content-Length: 4\r\n`],
  [' of a connection that is kept', 'Content-Length: 4\r\n'],
] as const) {
  test(`a whole answer${what} ends as one when its connection ends while it is paused`, async (t) => {
    const line = new Line()
    const taken = await takenPaused(askedOver(t, line), line, head)
    line.push('body')
    line.push(null)
    assert.equal(await taken.over, 'whole')
    assert.equal(taken.text, 'body')
  })
}

for (const [what, head] of [
  ['that is not whole', `${CLOSES}Content-Length: 5\r\n`],
  ['that is not whole, of a connection that is kept,', 'Content-Length: 5\r\n'],
  ['that does not say how long it is', CLOSES],
] as const) {
  test(`an answer ${what} breaks off when its connection ends while it is paused`, async (t) => {
    const line = new Line()
    const taken = await takenPaused(askedOver(t, line), line, head)
    line.push('body')
    line.push(null)
    assert.notEqual(await taken.over, 'whole')
    assert.equal(taken.text, 'body')
  })
}

test('an answer breaks off when its connection is reset while it is paused', async (t) => {
  const line = new Line()
  const taken = await takenPaused(askedOver(t, line), line, `${CLOSES}Content-Length: 5\r\n`)
  line.push('body')
  await turn()
  line.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
  assert.notEqual(await taken.over, 'whole')
  assert.equal(taken.text, 'body')
})

// undici takes a reset for the end of an answer without a length, and a part of a list was passed on as all of it.
for (const takesAll of [false, true]) {
  test(`an answer that does not say how long it is breaks off when its connection is reset, ${takesAll ? 'not ' : ''}paused`, async (t) => {
    const line = new Line()
    const taken = await takenPaused(askedOver(t, line), line, CLOSES, takesAll)
    line.push('body')
    await turn()
    line.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
    assert.notEqual(await taken.over, 'whole')
    assert.equal(taken.text, 'body')
  })
}

test('an answer that does not say how long it is ends with its connection', async (t) => {
  const line = new Line()
  const taken = await takenPaused(askedOver(t, line), line, CLOSES, true)
  line.push('body')
  line.push(null)
  assert.equal(await taken.over, 'whole')
  assert.equal(taken.text, 'body')
})
