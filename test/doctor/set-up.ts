import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Finding } from '../../src/doctor/finding.ts'
import { awsOf, type Ended, freePort, ProxyProcess } from '../process/proxy-process.ts'
import { simulatorFor } from '../simulator/client.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { answering } from '../support/answering.ts'
import { makeCertificates } from '../support/certificates.ts'
import { imageManifest, MANIFEST_TYPE } from '../support/registry-client.ts'

const SUBJECT = fileURLToPath(new URL('subject.js', import.meta.url))

export const REGISTRY = 'registry.example.com'
const CLOUDWATCH_HOST = 'monitoring.us-east-1.amazonaws.com'
export const LAYER_HOST = 'prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com'

/** A set-up in which everything is right, for a test to break one thing of it. */
export interface SetUp {
  simulator: Simulator
  /** How often CloudWatch was asked something. */
  cloudWatch: { asked: number }
  environment: NodeJS.ProcessEnv
  /** Where the names of AWS lead; a name without an entry does not resolve. */
  ports: Record<string, number>
  /** The authority of what is there. */
  ca: string
  /** What the resolver knows. */
  addresses: Record<string, string>
  /** Runs in the child ahead of it. */
  preload?: string
}

/** An image in team/app:v1, credentials, certificate, a name, a free port, and CloudWatch. */
export async function goodSetUp(t: TestContext): Promise<SetUp> {
  const simulator = await simulatorFor(t)
  const blob = await simulator.store.addBlob('team/app', '{}')
  simulator.store.addManifest('team/app', imageManifest(blob, [blob]), MANIFEST_TYPE, 'v1')
  const cloudWatch = { asked: 0 }
  const ofCloudWatch = await makeCertificates([CLOUDWATCH_HOST])
  const cloudWatchPort = await answering(
    t,
    (_request, response) => {
      cloudWatch.asked += 1
      response.writeHead(404).end()
    },
    ofCloudWatch,
  )
  const { ca, cert, key } = await makeCertificates([REGISTRY])
  const environment = {
    ...awsOf(simulator),
    REGION: 'us-east-1',
    ECR_REGISTRY: simulator.registryHost,
    REGISTRY,
    PORT: String(await freePort()),
    // The authority behind the certificate, so that its chain is whole.
    TLS_CERTIFICATE: `${cert}${ca}`,
    TLS_PRIVATE_KEY: key,
  }
  return {
    simulator,
    cloudWatch,
    environment,
    ports: {
      [simulator.registryHost]: simulator.registryPort,
      [LAYER_HOST]: simulator.layerPort,
      [CLOUDWATCH_HOST]: cloudWatchPort,
    },
    ca: `${simulator.ca}${ofCloudWatch.ca}`,
    addresses: { [REGISTRY]: '10.1.2.3' },
  }
}

/** Runs the doctor as a process of its own. */
export async function runDoctor(t: TestContext, setUp: SetUp, ...options: string[]): Promise<Ended> {
  const { ports, ca, addresses, preload, environment } = setUp
  const program = [SUBJECT, JSON.stringify({ ports, ca, addresses })]
  const started = { program, args: ['doctor', ...options], ...(preload === undefined ? {} : { preload }) }
  return new ProxyProcess(t, environment, started).ended
}

/** What the doctor finds wrong, of the JSON that it prints. */
export async function wrongIn(t: TestContext, setUp: SetUp, ...options: string[]): Promise<Finding[]> {
  const { stdout, stderr } = await runDoctor(t, setUp, '--json', ...options)
  if (stderr !== '') throw new Error(stderr)
  const { checks }: { checks: Finding[] } = JSON.parse(stdout)
  return checks.filter(({ status }) => status !== 'ok')
}
