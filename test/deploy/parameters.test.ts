import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEcrHost } from '../../src/ecr/host.ts'
import { GIVEN, OUT_OF_RANGE, TEMPLATES } from './given.ts'
import { entriesOf, parametersOf, templateText } from './template.ts'

type Parameter = ReturnType<typeof parametersOf>[string]

/** As CloudFormation decides; each member of a list by itself. */
function allows({ paramType, allowedPattern, allowedValues, minValue, maxValue }: Parameter, value: string): boolean {
  if (allowedValues !== null && allowedValues !== undefined) return allowedValues.includes(value)
  if (paramType === 'Number') return Number(value) >= Number(minValue) && Number(value) <= Number(maxValue)
  const pattern = new RegExp(String(allowedPattern))
  return (paramType === 'CommaDelimitedList' ? value.split(',') : [value]).every((each) => pattern.test(each))
}

/** What exists in the account, CloudFormation looks up by itself. */
function isLookedUp({ paramType }: Parameter): boolean {
  return paramType.includes('AWS::')
}

for (const template of TEMPLATES) {
  const entries = entriesOf(templateText(template))
  for (const [name, parameter] of Object.entries(parametersOf(templateText(template)))) {
    if (isLookedUp(parameter)) continue
    test(`${template}: ${name} out of range gets a sentence`, () => {
      for (const value of OUT_OF_RANGE[name] ?? assert.fail('no value of it is tried')) {
        assert.equal(allows(parameter, value), false, value)
      }
      const [, sentence = ''] = /^ {4}ConstraintDescription: (.+)$/m.exec(entries.get(`Parameters/${name}`) ?? '') ?? []
      assert.match(sentence, new RegExp(`^${name} must be .{10}`))
    })

    test(`${template}: ${name} takes what is right`, () => {
      const right = [GIVEN[template][name], parameter.default].filter((value) => typeof value === 'string')
      assert.notDeepEqual(right, [])
      for (const value of right) assert.ok(allows(parameter, value), value)
    })
  }

  test(`${template} makes no fewer tasks at most than at least`, () => {
    const { MinTasks, MaxTasks } = parametersOf(templateText(template))
    assert.ok(Number(MaxTasks?.minValue) >= Number(MinTasks?.maxValue))
  })
}

test('EcrRegistry takes what the proxy takes', () => {
  const { EcrRegistry = assert.fail() } = parametersOf(templateText('nlb.yaml'))
  for (const host of [
    '123456789012.dkr.ecr.us-west-2.amazonaws.com',
    '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
    '123456789012.dkr-ecr-fips.us-west-2.on.aws',
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn',
    '123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu',
    '123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov',
    '123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov',
    '123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk',
    '123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov',
    ...(OUT_OF_RANGE['EcrRegistry'] ?? []),
  ]) {
    assert.equal(allows(EcrRegistry, host), parseEcrHost(host) !== undefined, host)
  }
})

test('what depends on another parameter gets a sentence, too', () => {
  const rules = [...entriesOf(templateText('nlb.yaml'))].filter(([name]) => name.startsWith('Rules/'))
  assert.deepEqual(
    rules.map(([name]) => name),
    ['Rules/SubnetsInVpc', 'Rules/PassthroughNeedsSecret', 'Rules/EndedNeedsCertificate'],
  )
  for (const [name, rule] of rules) assert.match(rule, /AssertDescription: \S+ .{10}/, name)
})
