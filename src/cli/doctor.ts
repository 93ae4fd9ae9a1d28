import { reportJson, reportText, verdictOf } from '../doctor/report.ts'
import type { TaggedRepository } from './arguments.ts'
import { type ExaminationDependencies, examine } from './examine.ts'

export interface DoctorOptions {
  json: boolean
  repository: TaggedRepository | undefined
}

/** Checks the set-up; a warning alone leaves it well. */
export async function doctor(
  { json, repository }: DoctorOptions,
  environment: NodeJS.ProcessEnv,
  dependencies: ExaminationDependencies,
): Promise<{ well: boolean; text: string }> {
  const findings = await examine(environment, repository, dependencies)
  return { well: verdictOf(findings) !== 'fail', text: json ? reportJson(findings) : reportText(findings) }
}
