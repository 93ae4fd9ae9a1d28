import { alternatives, at, listOf } from './json.ts'
import { GIVEN, TEMPLATES } from './given.ts'
import { deployText, resourcesOf, templateText } from './template.ts'

/** What starts the proxy: its variables, each with the values that it may have there, and those that come as secrets. */
export interface Start {
  file: string
  values: Record<string, string[]>
  secrets: string[]
  /** The least time from SIGTERM to SIGKILL, in milliseconds. */
  graceMs: number
}

/** Every file below deploy/ that starts the proxy. */
export const STARTS: Start[] = [
  ...TEMPLATES.map(ofTemplate),
  ofTaskDefinition(),
  ...['irsa', 'pod-identity'].map(ofOverlay),
]

function ofTemplate(template: (typeof TEMPLATES)[number]): Start {
  const container = at(resourcesOf(templateText(template)), 'TaskDefinition', 'properties', 'ContainerDefinitions', 0)
  const values = listOf(at(container, 'Environment')).map((entry): [string, string[]] => [
    String(at(entry, 'Name')),
    alternatives(at(entry, 'Value')).map((value) => given(value, GIVEN[template])),
  ])
  const secrets = listOf(alternatives(at(container, 'Secrets'))[0]).map((entry) => String(at(entry, 'Name')))
  return {
    file: template,
    values: Object.fromEntries(values),
    secrets,
    graceMs: Number(at(container, 'StopTimeout')) * 1000,
  }
}

/** A parameter without a default has the value of the person. */
function given(value: unknown, parameters: Record<string, string>): string {
  if (typeof value === 'string') return value
  const [, name = ''] = /^parameter (\w+) /.exec(String(at(value, '__dynamic'))) ?? []
  return parameters[name] ?? JSON.stringify(value)
}

function ofTaskDefinition(): Start {
  const file = 'task-definition.json'
  const container = at(JSON.parse(deployText(file)), 'containerDefinitions', 0)
  const values = listOf(at(container, 'environment')).map((entry): [string, string[]] => [
    String(at(entry, 'name')),
    [String(at(entry, 'value'))],
  ])
  const secrets = listOf(at(container, 'secrets')).map((entry) => String(at(entry, 'name')))
  return { file, values: Object.fromEntries(values), secrets, graceMs: Number(at(container, 'stopTimeout')) * 1000 }
}

/** Settings are in files of their own; `make manifests` holds that the pods get them. */
function ofOverlay(overlay: string): Start {
  const lines = ['base', overlay].flatMap((directory) =>
    deployText(`kubernetes/${directory}/settings.env`).trim().split('\n'),
  )
  const values = lines
    .filter((line) => !line.startsWith('#'))
    .map((line): [string, string[]] => {
      const [name = '', ...value] = line.split('=')
      return [name, [value.join('=')]]
    })
  const [, seconds] = /terminationGracePeriodSeconds: (\d+)/.exec(deployText('kubernetes/base/deployment.yaml')) ?? []
  return { file: overlay, values: Object.fromEntries(values), secrets: [], graceMs: Number(seconds) * 1000 }
}
