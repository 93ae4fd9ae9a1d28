import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorForLog, loggerOptions } from '../src/log.ts'

const SECRET = 'QVdTOnNlY3JldA=='

test('an error in the log is its type, message, stack and code, and none of what a client hung on it', () => {
  const request = { headers: { authorization: `Basic ${SECRET}` } }
  const error = Object.assign(new TypeError('it failed'), { code: 'EFAIL', request, $response: request, port: 443 })
  const logged = errorForLog(error)
  assert.deepEqual(logged, { type: 'TypeError', message: 'it failed', stack: error.stack, code: 'EFAIL' })
  assert.ok(!JSON.stringify(logged).includes(SECRET))
})

test('causes are told in the same way, four of them at most', () => {
  let error: Error = Object.assign(new Error('cause 0'), { token: SECRET })
  for (let i = 1; i <= 6; i++) error = Object.assign(new Error(`cause ${i}`, { cause: error }), { token: SECRET })
  const messages: string[] = []
  let logged: ReturnType<typeof errorForLog> | undefined = errorForLog(error)
  assert.ok(!JSON.stringify(logged).includes(SECRET))
  for (; logged !== undefined; logged = logged.cause) messages.push(logged.message)
  assert.deepEqual(messages, ['cause 6', 'cause 5', 'cause 4', 'cause 3', 'cause 2'])
})

test('an error that is its own cause ends, too', () => {
  const error = new Error('round')
  error.cause = error
  assert.equal(errorForLog(error).message, 'round')
})

for (const [thrown, type, message] of [
  ['a text', 'string', 'a text'],
  [undefined, 'undefined', 'undefined'],
  [{ token: SECRET }, 'object', '[object Object]'],
] as const) {
  test(`${type} that was thrown is told as text`, () => {
    assert.deepEqual(errorForLog(thrown), { type, message, stack: '' })
  })
}

test('a code that is no text is left out, and so is a stack that is not there', () => {
  const error = Object.assign(new Error('x'), { code: { secret: SECRET } })
  delete error.stack
  assert.deepEqual(errorForLog(error), { type: 'Error', message: 'x', stack: '' })
})

test('lines are JSON on stdout; only where a person looks does a formatter stand in between', () => {
  assert.deepEqual(Object.keys(loggerOptions('info', false, undefined)), ['level', 'serializers'])
  assert.ok('transport' in loggerOptions('info', true, undefined))
  const stream = { write: () => {} }
  const options = loggerOptions('warn', false, stream)
  assert.equal('stream' in options && options.stream, stream)
  assert.equal(options.level, 'warn')
})
