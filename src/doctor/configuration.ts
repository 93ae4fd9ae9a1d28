import type { Config } from '../config/load.ts'
import { type Finding, fail, ok } from './finding.ts'

const NAME = 'configuration'

/** Whether every variable is as it should be; problems of the certificate are the certificate's own check. */
export function configurationFinding(config: Config | undefined, problems: readonly string[]): Finding {
  if (config === undefined || problems.length > 0) {
    const cure = 'set the variables named to what is expected (docs/configuration.md has the list)'
    return fail(
      NAME,
      problems.join('\n'),
      config === undefined ? `${cure}; what depends on them has not been checked` : cure,
    )
  }
  const { upstream, REGISTRY, HOST, PORT, TLS, metrics } = config
  return ok(
    NAME,
    `account ${upstream.account} in ${upstream.region} as ${REGISTRY}, on port ${PORT} of ${HOST}, TLS ${TLS}, metrics ${metrics.to}`,
  )
}
