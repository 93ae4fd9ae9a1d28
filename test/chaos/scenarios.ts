import type { Scenario } from './scenario.ts'
import { CREDENTIALS } from './scenarios/credentials.ts'
import { HOST } from './scenarios/host.ts'
import { LINES } from './scenarios/lines.ts'
import { TOKENS } from './scenarios/tokens.ts'

/** All of them, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [...LINES, ...TOKENS, ...CREDENTIALS, ...HOST]
