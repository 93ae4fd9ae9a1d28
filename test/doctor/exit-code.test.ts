import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessDenied } from '../simulator/fault-presets.ts'
import { goodSetUp, runDoctor, wrongIn } from './set-up.ts'

test('a failure is exit code 1, and two lines: what was found, and what to do', async (t) => {
  const setUp = await goodSetUp(t)
  setUp.simulator.faults.add({ listener: 'api', action: accessDenied() })
  const { code, stdout, stderr } = await runDoctor(t, setUp)
  assert.equal(stderr, '')
  assert.match(stdout, /^fail {2}token +AccessDeniedException: [^\n]+\n +-> add this statement/m)
  assert.match(stdout, /\n9 ok, 0 warn, 1 fail\n$/)
  assert.doesNotMatch(stdout, /arn:aws:sts/)
  assert.equal(code, 1)
})

test('a warning alone is exit code 0', async (t) => {
  const setUp = await goodSetUp(t)
  setUp.addresses = {}
  const { code, stdout } = await runDoctor(t, setUp)
  assert.match(stdout, /\n9 ok, 1 warn, 0 fail\n$/)
  assert.equal(code, 0)
})

test('without a token, the repository is not asked for', async (t) => {
  const setUp = await goodSetUp(t)
  setUp.simulator.faults.add({ listener: 'api', action: accessDenied() })
  const wrong = await wrongIn(t, setUp, '--repository', 'team/app:v1')
  assert.deepEqual(
    wrong.map(({ name, status }) => [name, status]),
    [
      ['token', 'fail'],
      ['repository', 'fail'],
    ],
  )
})
