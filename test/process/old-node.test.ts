import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProxyProcess } from './proxy-process.ts'

// An older Node is played by its number alone, because none can be had without installing it: what is tested is that
// the number is looked at before anything else of the proxy is loaded.
function withVersion(node: string): string {
  return `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } })`
}

for (const version of ['18.20.8', '20.18.3', '8.0.0']) {
  test(`Node ${version} is told in one line that it is too old`, async (t) => {
    const { code, stdout, stderr } = await new ProxyProcess(t, {}, { preload: withVersion(version) }).ended
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.equal(stderr, `ecr-reverse-proxy: Node ${version} is too old; expected 20.19 or newer\n`)
  })
}

for (const version of ['20.19.0', '22.0.0', '100.0.0']) {
  test(`Node ${version} is taken`, async (t) => {
    const { stderr } = await new ProxyProcess(t, {}, { preload: withVersion(version) }).ended
    assert.match(stderr, /^ecr-reverse-proxy: the configuration has 4 problems:\n/)
  })
}
