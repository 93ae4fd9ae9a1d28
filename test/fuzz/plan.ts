/** What a run of the properties is told, from `make fuzz` to each test file; all undefined in `make test`. */
export interface Plan {
  /** Runs of each property. */
  runs: number | undefined
  seed: number | undefined
  /** fast-check's path to one counterexample. */
  at: string | undefined
}

/** The plan as the environment has it. */
export function readPlan(environment: NodeJS.ProcessEnv): Plan {
  return {
    runs: numberIn(environment['FUZZ_RUNS']),
    seed: numberIn(environment['FUZZ_SEED']),
    at: environment['FUZZ_AT'],
  }
}

/** The environment for the test files. */
export function environmentOf({ runs, seed, at }: Plan): Record<string, string> {
  return {
    ...(runs === undefined ? {} : { FUZZ_RUNS: String(runs) }),
    ...(seed === undefined ? {} : { FUZZ_SEED: String(seed) }),
    ...(at === undefined ? {} : { FUZZ_AT: at }),
  }
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
