import { isIP } from 'node:net'
import { Ajv, type SchemaValidateFunction } from 'ajv'
import { parseEcrHost } from '../ecr/host.ts'
import { parseDuration, parseSize } from './units.ts'

const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/
const NAMESPACE = /^(?!AWS\/|:)[A-Za-z0-9 ._#:/-]{0,254}[A-Za-z0-9._#:/-]$/
const HOST_PORT = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?$/

/** What is wrong with a value, where it is more than "not as expected"; undefined when it is right. */
const CHECKS = {
  ecrHost: (value: string) => (parseEcrHost(value) === undefined ? whyNoEcrHost(value) : undefined),
  hostPort: (value: string) => {
    if (value.includes('//')) return 'is a URL'
    const port = HOST_PORT.exec(value)
    return port !== null && (port[1] === undefined || isPort(port[1])) ? undefined : 'is no host name'
  },
  region: (value: string) => (REGION.test(value) ? undefined : 'is no region'),
  namespace: (value: string) => (NAMESPACE.test(value) ? undefined : 'is no namespace'),
  addresses: (value: string) =>
    value.split(',').every((entry) => isAddressRange(entry.trim())) ? undefined : 'is no list of addresses',
} satisfies Record<string, (value: string) => string | undefined>

type CheckName = keyof typeof CHECKS

function whyNoEcrHost(value: string): string {
  if (/^(?:https?:\/\/)?(?:public\.ecr\.aws|ecr-public\.aws\.com)/i.test(value)) {
    return 'is ECR Public, which needs no credentials to pull and has another kind of token; this proxy serves private ECR only'
  }
  if (value.includes('/')) return 'has a scheme or a path; write the host name alone'
  if (/:\d+$/.test(value)) return 'has a port; write the host name alone'
  return 'is no host name of a private ECR registry'
}

function isPort(digits: string): boolean {
  const port = Number(digits)
  return port >= 1 && port <= 65_535
}

/** As strict as Fastify's own reader, which throws at a prefix of 0, at a second slash, and at a zone that is no word. */
function isAddressRange(entry: string): boolean {
  const [, address = '', prefix = '1'] = /^([^/%]*(?:%[0-9a-z]+)?)(?:\/(\d{1,3}))?$/i.exec(entry) ?? []
  const bits = Number(prefix)
  const family = isIP(address)
  return family !== 0 && bits >= 1 && bits <= (family === 6 ? 128 : 32)
}

/** `check: NAME` refuses a text by one of CHECKS and says why. */
const checkText: SchemaValidateFunction = function checkText(name: CheckName, value: string) {
  return report(checkText, 'check', CHECKS[name](value))
}

interface UnitRule {
  unit: 'duration' | 'size'
  from: string
  to: string
  words?: readonly string[]
}

/** `unit: { … }` reads a number with its unit and puts the number (milliseconds, bytes) in the text's place. */
const readQuantity: SchemaValidateFunction = function readQuantity(rule: UnitRule, value: unknown, _schema, context) {
  if (rule.words?.includes(String(value)) === true) return true
  const parse = rule.unit === 'duration' ? parseDuration : parseSize
  const number = parse(String(value))
  const right = report(readQuantity, 'unit', quantityProblem(number, value, parse(rule.from) ?? 0, parse(rule.to) ?? 0))
  if (right) Object.assign(context?.parentData ?? {}, { [String(context?.parentDataProperty)]: number })
  return right
}

function quantityProblem(number: number | undefined, value: unknown, from: number, to: number): string | undefined {
  if (number === undefined) return /^\d+(?:\.\d+)?$/.test(String(value)) ? 'has no unit' : 'is not a number with a unit'
  if (number < from) return 'is too small'
  return number > to ? 'is too large' : undefined
}

/** An ajv keyword reports its errors by a property of its own function. */
function report(keyword: SchemaValidateFunction, name: string, problem: string | undefined): boolean {
  keyword.errors = problem === undefined ? [] : [{ keyword: name, message: problem, params: {} }]
  return problem === undefined
}

/** The ajv that env-schema is to use: every problem at once, our keywords, and the annotations that our messages read. */
export function createAjv(): Ajv {
  return new Ajv({
    allErrors: true,
    removeAdditional: true,
    useDefaults: true,
    coerceTypes: true,
    verbose: true,
    addUsedSchema: false,
    keywords: [
      { keyword: 'check', type: 'string', errors: true, validate: checkText },
      { keyword: 'unit', modifying: true, errors: true, validate: readQuantity },
      'expected',
      'from',
      'to',
      'secret',
      'words',
    ],
  })
}
