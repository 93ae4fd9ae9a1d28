import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { ROOT, textOf } from './packages.ts'

const WORKFLOWS = readdirSync(new URL('.github/workflows/', ROOT)).map((name) => `.github/workflows/${name}`)

test('CI on GitHub is .ci/run, and nothing that could differ from it', () => {
  const ci = textOf('.github/workflows/ci.yml')
  assert.match(ci, /^ {6}- run: bash \.ci\/run$/m)
  // The Node that .ci/run finds is the oldest that the README promises to run on.
  const { engines } = JSON.parse(textOf('package.json'))
  const [, major] = /^>=(\d+)/.exec(engines.node) ?? []
  assert.ok(ci.includes(`image: node:${major}-bookworm`))
})

test('each make target that a workflow or .ci/run calls is there', () => {
  const targets = new Set([...textOf('Makefile').matchAll(/^(\w+):/gm)].map(([, name]) => name))
  const called = [
    ...['.ci/run', ...WORKFLOWS]
      .map(textOf)
      .join('\n')
      .matchAll(/(?:run: |&& |' )make (\w+)/g),
  ]
  assert.ok(called.length > 5)
  for (const [line, name] of called) assert.ok(targets.has(name), line)
})

test('a workflow may only read unless a job says otherwise, and keeps no credentials in the checkout', () => {
  assert.equal(WORKFLOWS.length, 2)
  for (const path of WORKFLOWS) {
    const text = textOf(path)
    assert.match(text, /^permissions:\n {2}contents: read$/m)
    const checkouts = text.match(/uses: actions\/checkout@/g)?.length ?? 0
    assert.equal(text.match(/persist-credentials: false/g)?.length, checkouts)
    for (const [line] of text.matchAll(/uses: [^.].*/g)) assert.match(line, /^uses: [\w/-]+@v\d+$/)
  }
})

test('nothing gets a tag or becomes a release before all of CI has passed', () => {
  assert.match(textOf('.github/workflows/ci.yml'), /^ {2}workflow_call:$/m)
  const [, jobs = ''] = textOf('.github/workflows/release.yml').split('\njobs:\n')
  const byName = new Map(jobs.split(/^(?= {2}\w+:$)/m).map((job) => [job.trim().split(':', 1)[0], job]))
  assert.match(byName.get('check') ?? '', /^ {4}uses: \.\/\.github\/workflows\/ci\.yml$/m)
  for (const [name, job] of byName) {
    if (/--tag|gh release|tags:/.test(job)) assert.match(job, /^ {4}needs: \[check, /m, name)
  }
  assert.match(byName.get('publish') ?? '', /gh release create/)
})

test('a release has images for both architectures, by the digests of what they stand on, with provenance and SBOM', () => {
  const release = textOf('.github/workflows/release.yml')
  for (const architecture of ['amd64', 'arm64']) assert.ok(release.includes(`architecture: ${architecture},`))
  for (const name of ['BUILD_IMAGE', 'RUNTIME_IMAGE'])
    assert.match(release, new RegExp(`${name}=\\$\\{\\{ needs\\.bases\\.outputs`))
  for (const text of ['provenance: mode=max', 'sbom: true', 'attest-build-provenance', 'make sbom && npm pack']) {
    assert.ok(release.includes(text), text)
  }
})
