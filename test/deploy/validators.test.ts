import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GIVEN, TEMPLATES } from './given.ts'
import { deployText, findings, templateText } from './template.ts'

for (const template of TEMPLATES) {
  const variants: Record<string, string>[] = [
    ...['512', '1024', '2048', '4096'].map((Cpu) => ({ Cpu })),
    { Access: 'pull-and-push' },
    { Architecture: 'ARM64', Scheme: 'internet-facing', TaskPublicIp: 'ENABLED' },
    ...(template === 'nlb.yaml' ? [{ Tls: 'nlb' }] : []),
  ]
  for (const variant of variants) {
    test(`${template} is valid with ${JSON.stringify(variant)}`, () => {
      assert.deepEqual(findings(templateText(template), { ...GIVEN[template], ...variant }), [])
    })
  }
}

test('task-definition.json is valid', () => {
  assert.deepEqual(taskFindings(deployText('task-definition.json')), [])
})

for (const [fault, from, to] of [
  ['a number that is a word', 'StopTimeout: 120', 'StopTimeout: long'],
  ['a word that is none of those allowed', 'NetworkMode: awsvpc', 'NetworkMode: awsvcp'],
  ['a property that does not exist', 'ReadonlyRootFilesystem: true', 'ReadOnlyRootFileSystem: true'],
  [
    'an attribute that does not exist',
    '!GetAtt TaskRole.Arn\n      ExecutionRoleArn',
    '!GetAtt TaskRole.ARN\n      ExecutionRoleArn',
  ],
  ['a reference to nothing', 'Cluster: !Ref Cluster', 'Cluster: !Ref Clusters'],
  ['a condition that does not exist', 'Condition: Dns', 'Condition: DNS'],
  ['a default out of its own range', 'Default: 443', 'Default: 70000'],
  ['memory that Fargate does not sell with the CPU', `'1024': { Memory: '2048'`, `'1024': { Memory: '1024'`],
  ['a required property that is missing', '      MaxCapacity: !Ref MaxTasks\n', ''],
  ['a parameter that nothing uses', 'TaskPublicIp:', 'TaskPublicIps:'],
] as const) {
  test(`the validator finds ${fault}`, () => {
    for (const template of TEMPLATES) {
      const text = templateText(template)
      assert.ok(text.includes(from), `${template} has no ${from}`)
      assert.notDeepEqual(findings(text.replace(from, to), GIVEN[template]), [], template)
    }
  })
}

test('the validator finds a fault in task-definition.json', () => {
  const text = deployText('task-definition.json')
  for (const [from, to] of [
    ['"stopTimeout": 120', '"stopTimeout": "long"'],
    ['"awsvpc"', '"awsvcp"'],
    ['"memory": "2048"', '"memory": "1000"'],
    ['"readonlyRootFilesystem"', '"readOnlyRoot"'],
  ] as const) {
    assert.ok(text.includes(from), from)
    assert.notDeepEqual(taskFindings(text.replace(from, to)), [], to)
  }
})

/** Of a template, W9002 and W9013 want that it has no ARN in it; these are examples to be replaced. */
function taskFindings(text: string): string[] {
  return findings(asTemplate(text), {}).filter((finding) => !/^W90(?:02|13) /.test(finding))
}

/** The API has the names of CloudFormation, but for the first letter; the names of log options are no properties. */
function asTemplate(text: string): string {
  const capital = (key: string): string =>
    key.startsWith('awslogs-') ? key : key.replace(/^./, (c) => c.toUpperCase())
  const properties: unknown = JSON.parse(text, (key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && key !== 'options'
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [capital(name), member]))
      : value,
  )
  return JSON.stringify({ Resources: { Task: { Type: 'AWS::ECS::TaskDefinition', Properties: properties } } })
}
