import { type Config, ConfigError, loadConfig } from '../config/load.ts'

/** The configuration as far as it can be used, and everything that is wrong with it. */
export interface ReadConfiguration {
  /** With what is wrong taken as not set; undefined when nothing can be done without it. */
  config: Config | undefined
  problems: string[]
  /** Those of the certificate and its key. */
  tlsProblems: string[]
}

const OF_TLS = /^TLS_(?:CERTIFICATE|PRIVATE_KEY): /
/** Nothing of it is used where there are problems of TLS. */
const NO_CREDENTIALS = { tls: { cert: '', key: '' }, isWorker: false }

/** Reads the configuration, so that one wrong variable does not keep the others from being looked at. */
export function readConfiguration(environment: NodeJS.ProcessEnv): ReadConfiguration {
  try {
    return { config: loadConfig(environment), problems: [], tlsProblems: [] }
  } catch (error) {
    const all = problemsOf(error)
    const wrong = new Set(all.map((problem) => problem.slice(0, problem.indexOf(':'))))
    // METRICS=cloudwatch is none without its region, and would take everything else with it.
    if (wrong.has('REGION')) wrong.add('METRICS')
    const rest = Object.fromEntries(Object.entries(environment).filter(([name]) => !wrong.has(name)))
    return {
      config: leftOf(
        rest,
        all.some((problem) => OF_TLS.test(problem)),
      ),
      problems: all.filter((problem) => !OF_TLS.test(problem)),
      tlsProblems: all.filter((problem) => OF_TLS.test(problem)),
    }
  }
}

function leftOf(rest: NodeJS.ProcessEnv, withoutTls: boolean): Config | undefined {
  try {
    return withoutTls ? loadConfig(rest, NO_CREDENTIALS) : loadConfig(rest)
  } catch (error) {
    problemsOf(error)
    return undefined
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (!(error instanceof ConfigError)) throw error
  return error.problems
}
