import type { Exception } from './verdict.ts'

const NEVER = 'the default of a switch over all members of a union; only the compiler gets there'

/** What tests cannot reach in the pure files. The check fails when one of these is not exact any more. */
export const exceptions: readonly Exception[] = [
  { file: 'src/registry/request.ts', what: 'lines', missed: 2, reason: NEVER },
  { file: 'src/registry/request.ts', what: 'branches', missed: 1, reason: NEVER },
]
