/** Why a mutant may live. */
export const KINDS = {
  text: 'A text for people, such as a description, a log message or the name of an error. A test that repeats a sentence proves that it was copied; what tools read has one.',
  wiring: 'It constructs and wires. Tests of whole flows reach it, and those are not run for each mutant.',
  time: 'A time limit of calls to AWS. `test/ecr/token-timeout.test.ts` holds one in ten seconds of real time.',
  typed: 'A fallback for what only the types allow: nothing reaches it. `test/coverage/exceptions.ts` has the reasons.',
  shortcut:
    'A shortcut, or what is done once in place of each time: without it the result is the same, and later there.',
  implied:
    'Conditions that imply each other, or a value that is written again before it is read: what is decided is the same.',
  bound:
    '`<` for `<=`, or a sum for a difference, where a millisecond or a byte more is no difference to whoever reads it.',
} as const

export type Kind = keyof typeof KINDS

/** By file, how many of its mutants may live, and why. */
export type Explanations = Readonly<Record<string, Readonly<Partial<Record<Kind, number>>>>>

/** How many mutants of a file may live. */
export function explainedIn(explanations: Explanations, file: string): number {
  return Object.values(explanations[file] ?? {}).reduce((sum, count) => sum + count, 0)
}

export const EXPLAINED: Explanations = {}
