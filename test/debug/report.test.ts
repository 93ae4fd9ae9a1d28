import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnosticReport, withoutSecrets } from '../../src/debug/report.ts'

test('a report has no environment, that of a worker thread included, and no argument that may hold something', () => {
  const report = {
    header: {
      commandLine: [
        'node',
        '--max-semi-space-size=2',
        '--expose-gc',
        'dist/src/main.js',
        '--token=abc',
        'secret',
        '-e',
      ],
      cwd: '/srv',
    },
    environmentVariables: { AWS_SECRET_ACCESS_KEY: 'abc' },
    workers: [{ environmentVariables: { AWS_SECRET_ACCESS_KEY: 'abc' }, header: { commandLine: 'node --token=abc' } }],
    nothing: null,
    number: 1,
  }
  assert.deepEqual(withoutSecrets(report), {
    header: {
      commandLine: [
        'node',
        '--max-semi-space-size=2',
        '--expose-gc',
        'dist/src/main.js',
        '(not shown)',
        '(not shown)',
        '(not shown)',
      ],
      cwd: '/srv',
    },
    workers: [{ header: { commandLine: '(not shown)' } }],
    nothing: null,
    number: 1,
  })
})

test('the report of this process says what its heap and its handles are, and leaves Node’s settings as they were', () => {
  const before = process.report.excludeNetwork
  const text = JSON.stringify(diagnosticReport())
  assert.equal(process.report.excludeNetwork, before)
  for (const part of ['"javascriptHeap"', '"libuv"', '"resourceUsage"']) assert.ok(text.includes(part), part)
  for (const part of ['environmentVariables', 'networkInterfaces']) assert.ok(!text.includes(part), part)
})
