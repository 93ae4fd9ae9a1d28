import { lineWriter } from '../log.ts'
import { parseArguments, UsageError } from './arguments.ts'
import type { ExaminationDependencies } from './examine.ts'

/**
 * Runs the command that the arguments ask for; resolves with the exit code. What is wrong is printed in plain lines on
 * stderr, with exit code 1. Each command loads by itself, because a health check may not wait for the others.
 */
export async function runCommand(
  args: string[],
  environment: NodeJS.ProcessEnv,
  dependencies: ExaminationDependencies = {},
): Promise<number> {
  const print = lineWriter(undefined)
  try {
    const command = parseArguments(args)
    switch (command.name) {
      case 'help': {
        const { HELP } = await import('./help.ts')
        print(HELP)
        return 0
      }
      case 'version': {
        const { version } = await import('./version.ts')
        print(`${version()}\n`)
        return 0
      }
      case 'healthcheck': {
        const { healthcheck } = await import('./healthcheck.ts')
        const { healthy, text } = await healthcheck(environment)
        print(`${text}\n`)
        return healthy ? 0 : 1
      }
      case 'config': {
        const { config } = await import('./config.ts')
        const { right, text } = config(environment, command.json)
        if (right || command.json) print(text)
        else process.stderr.write(text)
        return right ? 0 : 1
      }
      case 'doctor': {
        const { doctor } = await import('./doctor.ts')
        const { well, text } = await doctor(command, environment, dependencies)
        print(text)
        return well ? 0 : 1
      }
      default:
        return command satisfies never
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`ecr-reverse-proxy: ${error.message}\n`)
    return 1
  }
}
