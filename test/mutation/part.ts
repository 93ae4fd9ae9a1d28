import { type Explanations, KINDS } from './explained.ts'

/** The table of docs/testing.md: why mutants live, how many may, and in how many files. */
export function mutantsPart(explanations: Explanations): string[] {
  const files = Object.values(explanations)
  const rows = Object.entries(KINDS).map(([kind, why]) => {
    const counts = files.flatMap((counts) => Object.entries(counts).filter(([each]) => each === kind))
    return `| ${why} | ${counts.reduce((sum, [, count]) => sum + count, 0)} | ${counts.length} |`
  })
  return ['| why a mutant may live | mutants | files |', '|---|---|---|', ...rows]
}
