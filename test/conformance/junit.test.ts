import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resultsIn } from './junit.ts'

const REPORT = `<testsuites tests="3"><testsuite name="OCI Conformance Test">
    <properties><property name="Config" value="a &lt;testcase&gt;"></property></properties>
    <testcase name="OCI Conformance Test/ping" classname="" time="0.1" status="passed">
      <system-err>GET /v2/</system-err>
    </testcase>
    <testcase name="OCI Conformance Test/a &amp; b/pull" classname="" status="failure">
      <system-out>expected &#34;1&#x22;&#xA;got &lt;2&gt;</system-out>
    </testcase>
    <testcase name="OCI Conformance Test/a/delete" classname="" status="skipped"></testcase>
    <testcase name="OCI Conformance Test/a/crash" classname="" status="error"></testcase>
</testsuite></testsuites>`

test('every test of a report has its path, its outcome and its reason; an error of the suite is a failure', () => {
  assert.deepEqual(resultsIn(REPORT), [
    { test: 'ping', outcome: 'passed', reason: '' },
    { test: 'a & b/pull', outcome: 'failed', reason: 'expected "1"\ngot <2>' },
    { test: 'a/delete', outcome: 'skipped', reason: '' },
    { test: 'a/crash', outcome: 'failed', reason: '' },
  ])
})

test('a report without a test, or with a status that nobody knows, is an error', () => {
  assert.throws(() => resultsIn('<testsuites></testsuites>'), /no test/)
  assert.throws(() => resultsIn(REPORT.replace('passed', 'sunny')), /the status 'sunny'/)
})
