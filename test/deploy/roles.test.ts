import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { TEMPLATES } from './given.ts'
import { alternatives, at, listOf } from './json.ts'
import { deployText, resourcesOf, templateText } from './template.ts'

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

/** The actions that the README's table gives for something. */
function readmeActions(row: string): string[] {
  const line = README.split('\n').find((each) => each.startsWith(`| ${row} |`)) ?? ''
  return [...line.matchAll(/`(ecr:\w+)`/g)].flatMap(([, action = '']) => action).toSorted()
}

function actionsOf(statement: unknown): string[] {
  const action = at(statement, 'Action')
  return typeof action === 'string' ? [action] : listOf(action).map(String)
}

function policyActions(path: string): string[] {
  return listOf(at(JSON.parse(deployText(path)), 'Statement'))
    .flatMap(actionsOf)
    .toSorted()
}

test('the policies are those of the README', () => {
  assert.deepEqual(policyActions('iam/pull.json'), readmeActions('pull'))
  assert.deepEqual(policyActions('iam/push.json'), readmeActions('push, besides'))
  assert.ok(readmeActions('pull').length > 3 && readmeActions('push, besides').length > 3)
})

for (const template of TEMPLATES) {
  test(`${template}: the role of a task may pull, and push only where that is asked for`, () => {
    const policies = listOf(at(resourcesOf(templateText(template)), 'TaskRole', 'properties', 'Policies'))
    assert.equal(policies.length, 1)
    const statements = listOf(at(policies[0], 'PolicyDocument', 'Statement'))
    const always = statements.filter((each) => at(each, '__conditional') === undefined)
    const asked = statements.filter((each) => at(each, '__conditional') === 'Push').flatMap(alternatives)
    assert.equal(always.length + asked.length, statements.length)
    assert.deepEqual(always.flatMap(actionsOf).toSorted(), readmeActions('pull'))
    assert.deepEqual(asked.flatMap(actionsOf).toSorted(), readmeActions('push, besides'))
    for (const statement of [...always, ...asked]) {
      const free = actionsOf(statement).join() === 'ecr:GetAuthorizationToken'
      const resource = free ? '*' : 'parameter RepositoryArns value unknown'
      assert.equal(at(statement, 'Resource', '__dynamic') ?? at(statement, 'Resource'), resource)
    }
  })
}
