import { relative } from 'node:path'
import { type Explanations, explainedIn } from './explained.ts'

/** As much of a mutant's fate as the verdict looks at. */
export interface Mutant {
  /** Absolute, or from the root of the project. */
  fileName: string
  status: string
  location: { start: { line: number; column: number } }
  mutatorName: string
  replacement?: string | undefined
}

/** Least share of the mutants that tests must notice. */
const LEAST = 0.85

interface Count {
  noticed: number
  all: number
}

/** A row for each file with its score, one for all, and then what is wrong. */
export function verdictOn(
  mutants: readonly Mutant[],
  explanations: Explanations,
): { rows: string[]; problems: string[] } {
  const files = new Map<string, Count>()
  const total = { noticed: 0, all: 0 }
  for (const { fileName, status } of mutants) {
    // What does not run, and what a comment takes out, says nothing of the tests.
    if (status === 'Ignored' || status === 'CompileError' || status === 'RuntimeError') continue
    const name = relative('.', fileName)
    const file = files.get(name) ?? { noticed: 0, all: 0 }
    files.set(name, file)
    for (const count of [file, total]) {
      count.all += 1
      if (status === 'Killed' || status === 'Timeout') count.noticed += 1
    }
  }
  const inOrder = [...files].toSorted(([one], [other]) => one.localeCompare(other))
  const rows = [...inOrder, ['all', total] as const].map(([name, count]) => `${name.padEnd(36)}${shown(count)}`)
  if (total.all === 0) return { rows, problems: ['no mutant was made'] }
  const enough = total.noticed / total.all >= LEAST
  const unexplained = inOrder.flatMap(([name, { noticed, all }]) => {
    const living = all - noticed
    const most = explainedIn(explanations, name)
    return living > most ? [`${name}: ${living} mutants live, and ${most} are explained`] : []
  })
  return {
    rows,
    problems: [
      ...(enough ? [] : [`${percent(total)} of the mutants are noticed; expected at least 85 %`]),
      ...unexplained,
    ],
  }
}

/** A line for each mutant that no test noticed. */
export function survivorsOf(mutants: readonly Mutant[]): string[] {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map(({ fileName, location, mutatorName, replacement }) => {
      const { line, column } = location.start
      return `${relative('.', fileName)}:${line}:${column} ${mutatorName}: ${(replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 80)}`
    })
}

function shown(count: Count): string {
  return `${percent(count).padStart(9)}  ${count.noticed} of ${count.all}`
}

/** Cut, not rounded: 85.00 % is said of nothing less. */
function percent({ noticed, all }: Count): string {
  return `${(Math.floor((noticed / all) * 10_000) / 100).toFixed(2)} %`
}
