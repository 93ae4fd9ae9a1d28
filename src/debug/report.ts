declare global {
  // Of Node 20.13 and later; the types have not got it.
  namespace NodeJS {
    interface ProcessReport {
      excludeNetwork: boolean
    }
  }
}

const HIDDEN = '(not shown)'
/** A flag with no value or a number, or a path of the program itself: what may stand in a command line without being a secret. */
const HARMLESS_ARGUMENT = /^--[a-z][a-z0-9_-]*(?:=\d+)?$|^[^=]+\.[cm]?[jt]s$/

/**
 * Node's diagnostic report of this process without its environment and whatever else of it may be a secret. It looks up no
 * name in the DNS: that would hold the process up, and tell it who is connected.
 */
export function diagnosticReport(): unknown {
  const { report } = process
  const { excludeNetwork } = report
  report.excludeNetwork = true
  try {
    return withoutSecrets(report.getReport())
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}

/** A report, or a part of it, without environments and without arguments of unknown meaning. */
export function withoutSecrets(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutSecrets)
  if (typeof part !== 'object' || part === null) return part
  const shown = Object.entries(part).filter(([name]) => name !== 'environmentVariables')
  return Object.fromEntries(
    shown.map(([name, value]) => [name, name === 'commandLine' ? shownArguments(value) : withoutSecrets(value)]),
  )
}

function shownArguments(commandLine: unknown): unknown {
  if (!Array.isArray(commandLine)) return HIDDEN
  const [program, ...rest] = commandLine.map(String)
  return [program, ...rest.map((argument) => (HARMLESS_ARGUMENT.test(argument) ? argument : HIDDEN))]
}
