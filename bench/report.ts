import { GO, OURS } from './subjects.ts'
import { GOALS, type Goal, USUAL } from './targets.ts'
import type { Figures } from './works.ts'

export interface Measured {
  name: string
  version: string
  figures: Figures
}

/** CI's machines are noisy, and it shall only see what no noise explains. */
const GROSS = 2

/** The results as a Markdown table: a line for each figure, a column for each subject, and whether the goal holds. */
export function table(subjects: readonly Measured[]): string {
  const names = Object.keys(subjects[0]?.figures ?? {})
  const head = ['figure', ...subjects.map(({ name, version }) => `${name} (${version})`), 'goal', 'holds']
  const lines = names.map((name) => {
    const goal = GOALS.find(({ figure }) => figure === name)
    const values = subjects.map(({ figures }) => shown(figures[name]))
    const judged = goal === undefined ? ['', ''] : [goalText(goal), verdict(goal, subjects)]
    return [name].concat(values, judged)
  })
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Figures off their usual ratio by a factor of two; never absolute times. */
export function grossRegressions(subjects: readonly Measured[]): string[] {
  return USUAL.flatMap(({ figure, peer, ratio }) => {
    const value = ratioTo(peer, figure, subjects)
    // What was not measured is no pass.
    return value !== undefined && value <= ratio * GROSS
      ? []
      : [`${figure}: ${shown(value)} x ${peer}, as a rule ${ratio}`]
  })
}

function achieved({ figure, of }: Goal, subjects: readonly Measured[]): number | undefined {
  return of === 'value' ? valueOf(OURS, figure, subjects) : ratioTo(GO, figure, subjects)
}

function ratioTo(peer: string, figure: string, subjects: readonly Measured[]): number | undefined {
  const ours = valueOf(OURS, figure, subjects)
  const theirs = valueOf(peer, figure, subjects)
  return ours === undefined || theirs === undefined ? undefined : ours / theirs
}

function valueOf(subject: string, figure: string, subjects: readonly Measured[]): number | undefined {
  return subjects.find(({ name }) => name === subject)?.figures[figure]
}

function goalText({ atMost, of }: Goal): string {
  return of === 'ratio' ? `<= ${atMost} x Go` : `<= ${atMost}`
}

function verdict(goal: Goal, subjects: readonly Measured[]): string {
  const value = achieved(goal, subjects)
  if (value === undefined) return 'unknown'
  const text = goal.of === 'ratio' ? `${shown(value)} x` : shown(value)
  return value <= goal.atMost ? `yes (${text})` : `no (${text})`
}

function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}
