import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { buildConnector } from 'undici'
import type { Config } from '../config/load.ts'
import { certificateFinding, noCertificateFinding, unusableCertificateFinding } from '../doctor/certificate.ts'
import { clockFinding } from '../doctor/clock.ts'
import { announcedSources } from '../doctor/credentials.ts'
import { configurationFinding } from '../doctor/configuration.ts'
import type { Finding } from '../doctor/finding.ts'
import { portFinding } from '../doctor/port.ts'
import { registryHostName, registryNameFinding } from '../doctor/registry-name.ts'
import { DOCTOR_CHECK_MS } from '../limits.ts'
import { outcomeWithin } from '../probes/outcome.ts'
import { portState } from '../probes/port.ts'
import { knownRoots } from '../tls/roots.ts'
import { verifyingConnector } from '../upstream/connector.ts'
import type { TaggedRepository } from './arguments.ts'
import { examineAws } from './examine-aws.ts'
import { readConfiguration } from './read-configuration.ts'

/** What a test puts in the place of the network and of the time of day. */
export interface ExaminationDependencies {
  /** Connects to the registry, the layer host and CloudWatch. */
  connector?: buildConnector.connector
  /** The addresses of a name; throws as node:dns does. */
  addresses?: (name: string) => Promise<string[]>
  /** Milliseconds since the epoch. */
  now?: () => number
}

/** Checks the set-up that an environment describes: everything that can be at once, each for a bounded time. In a fixed order. */
export async function examine(
  environment: NodeJS.ProcessEnv,
  repository: TaggedRepository | undefined,
  dependencies: ExaminationDependencies = {},
): Promise<Finding[]> {
  const { connector = verifyingConnector(), addresses = addressesOf, now = Date.now } = dependencies
  const { config, problems, tlsProblems } = readConfiguration(environment)
  const configuration = configurationFinding(config, problems)
  if (config === undefined) return [configuration, ...tlsProblemsFinding(tlsProblems)]
  const certificate = ofCertificate(config, tlsProblems, environment, now())
  const [name, ports, aws] = await Promise.all([
    ofName(config.REGISTRY, addresses),
    ofPorts(config),
    examineAws({ config, repository, connector, now, announced: announcedSources(environment) }),
  ])
  const { credentials, token, clock, destinations, manifest } = aws
  return [
    configuration,
    certificate,
    name,
    ...ports,
    credentials,
    token,
    clockFinding(clock),
    ...destinations,
    ...manifest,
  ]
}

function tlsProblemsFinding(problems: readonly string[]): Finding[] {
  return problems.length === 0 ? [] : [unusableCertificateFinding(problems)]
}

function ofCertificate(
  { tls, REGISTRY: registry }: Config,
  problems: readonly string[],
  environment: NodeJS.ProcessEnv,
  now: number,
): Finding {
  if (problems.length > 0) return unusableCertificateFinding(problems)
  if (tls === undefined) return noCertificateFinding(registry)
  return certificateFinding(tls.cert, { registry, now, roots: knownRoots(environment) })
}

async function ofName(registry: string, addresses: (name: string) => Promise<string[]>): Promise<Finding> {
  const name = registryHostName(registry)
  const outcome = await outcomeWithin(DOCTOR_CHECK_MS, async () => (isIP(name) === 0 ? addresses(name) : [name]))
  return registryNameFinding(registry, outcome)
}

async function addressesOf(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true })
  return [...new Set(found.map(({ address }) => address))]
}

async function ofPorts({ HOST: host, PORT, STATUS_PORT, TLS }: Config): Promise<Finding[]> {
  const port = portFinding('port', PORT, await portState('PORT', { host, port: PORT, tls: TLS === 'on' }))
  if (STATUS_PORT === undefined) return [port]
  const state = await portState('STATUS_PORT', { host, port: STATUS_PORT, tls: false })
  return [port, portFinding('status port', STATUS_PORT, state)]
}
