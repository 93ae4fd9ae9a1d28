import { GOALS, type Goal } from './targets.ts'
import type { Figures } from './works.ts'

export interface Measured {
  name: string
  version: string
  figures: Figures
}

const OURS = 'this proxy'
const GO = 'Go ReverseProxy'
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

/** Goals missed by a factor of two; only ratios, never absolute times. */
export function grossRegressions(subjects: readonly Measured[]): string[] {
  return GOALS.filter(({ of }) => of === 'ratio').flatMap((goal) => {
    const value = achieved(goal, subjects)
    return value !== undefined && value > goal.atMost * GROSS
      ? [`${goal.figure}: ${shown(value)} x Go, goal ${goal.atMost}`]
      : []
  })
}

function achieved({ figure, of }: Goal, subjects: readonly Measured[]): number | undefined {
  const ours = subjects.find(({ name }) => name === OURS)?.figures[figure]
  if (of === 'value') return ours
  const go = subjects.find(({ name }) => name === GO)?.figures[figure]
  return ours === undefined || go === undefined ? undefined : ours / go
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
