import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CelEngine, type Engine, TemplateFile, TemplateModel } from '@aws/cloudformation-validate'

const DEPLOY = new URL('../../../deploy/', import.meta.url)

let engine: Engine | undefined

/** The text of a file below deploy/. */
export function deployText(path: string): string {
  return readFileSync(new URL(path, DEPLOY), 'utf8')
}

/** The text of a template. */
export function templateText(name: string): string {
  return deployText(`cloudformation/${name}`)
}

/** What the validator says against a template, from warnings on. */
export function findings(text: string, given: Record<string, string>): string[] {
  // Made once, because that takes longer than a template.
  engine ??= new CelEngine()
  const validator = engine
  const { status, diagnostics } = withFile(text, (file) =>
    validator.validateStandard(file, {
      severityLevel: 'WARN',
      parameterOverrides: given,
      // W2509 takes a parameter with "Secret" in its name for a password; ours hold ARNs.
      exclude: { ids: ['W2509'] },
    }),
  )
  const found = diagnostics.map(({ ruleId, entity, message }) => `${ruleId} ${entity?.logicalId}: ${message}`)
  return status === 'OK' ? found : [`the validator did not finish: ${status}`, ...found]
}

/** The properties of each resource as plain JSON; what depends on a condition or a parameter is told by objects with keys such as `__conditional`. */
export function resourcesOf(text: string): Record<string, { resourceType: string; properties: unknown }> {
  return withModel(text, (model) => model.toDiagnosticModel().resources)
}

/** The parameters and what they allow. */
export function parametersOf(text: string): ReturnType<TemplateModel['parameters']> {
  return withModel(text, (model) => model.parameters())
}

function withModel<T>(text: string, use: (model: TemplateModel) => T): T {
  return withFile(text, (file) => {
    const model = new TemplateModel(file)
    try {
      return use(model)
    } finally {
      model.free()
    }
  })
}

/** The validator reads files only. */
function withFile<T>(text: string, use: (file: TemplateFile) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'template-'))
  try {
    const path = join(directory, 'template.yaml')
    writeFileSync(path, text)
    return use(new TemplateFile(path))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** The entries of a template by section and name, each as its lines are written. */
export function entriesOf(text: string): Map<string, string> {
  const entries = new Map<string, string>()
  let section = ''
  let name = ''
  for (const line of text.split('\n')) {
    const [, heading] = /^(\w+):/.exec(line) ?? []
    const [, entry] = /^ {2}(\S[^:]*):/.exec(line) ?? []
    if (heading !== undefined) section = heading
    if (entry !== undefined && !entry.startsWith('#')) name = `${section}/${entry}`
    if (heading !== undefined || name === '') continue
    entries.set(name, `${entries.get(name) ?? ''}${line}\n`)
  }
  return new Map([...entries].map(([key, lines]) => [key, lines.trimEnd()]))
}
