import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
// `make manifests` puts the tools there.
const TOOLS = join(ROOT, 'build/manifests')

/** What kustomize makes of an overlay, as YAML. */
export function rendered(overlay: string): string {
  const directory = join(ROOT, 'deploy/kubernetes', overlay)
  return execFileSync(join(TOOLS, 'kustomize'), ['build', directory], { encoding: 'utf8' })
}

/** The objects of a YAML text. */
export function objectsOf(yaml: string): unknown[] {
  const program = 'import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)'
  const json = execFileSync(join(TOOLS, 'venv/bin/python'), ['-c', program], { input: yaml, encoding: 'utf8' })
  return JSON.parse(json)
}

/** What Kubernetes' schemas of a version have against a YAML text, a property that they do not know included; empty when nothing. */
export function complaints(yaml: string, version: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'manifests-'))
  try {
    const path = join(directory, 'manifests.yaml')
    writeFileSync(path, yaml)
    const { status, stdout, stderr, error } = spawnSync(
      join(TOOLS, 'venv/bin/kubernetes-validate'),
      ['--strict', '--quiet', '--kubernetes-version', version, path],
      { encoding: 'utf8' },
    )
    if (error !== undefined) throw error
    // A kind that it has no schema for is a warning to it, with status 0.
    return status === 0 ? `${stdout}${stderr}` : `ended with ${status}: ${stdout}${stderr}`
  } finally {
    rmSync(directory, { recursive: true })
  }
}
