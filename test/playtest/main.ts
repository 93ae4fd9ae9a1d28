import { parseEcrHost } from '../../src/ecr/host.ts'
import { serve } from '../../src/serve.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'
import { simulatorEcrClient } from '../support/simulator-ecr-client.ts'
import { startSimulatorProcess } from './simulator-process.ts'
import { trialText } from './trial-text.ts'

// `make playtest`: the proxy against the ECR that is named, or else against a simulated one, so that anybody can try it.
// Workers would run this script again, and each start a simulator of its own.
const environment: NodeJS.ProcessEnv = { ...process.env, WORKERS: '1' }
const {
  REGISTRY: registry = 'localhost:5000',
  TLS_CERTIFICATE: certificate = '',
  TLS_PRIVATE_KEY: key = '',
  DEBUG_PORT: debugPort = '6060',
} = environment
const real = environment['ECR_REGISTRY']
const tls = environment['TLS'] !== 'off'

if (real !== undefined && real !== '') {
  await serve(environment)
  process.stdout.write(trialText({ registry, upstream: real, simulated: false, tls, debugPort }))
} else {
  const simulator = await startSimulatorProcess({
    region: environment['REGION'] ?? 'us-east-1',
    layerPort: Number(environment['PORT'] ?? 5000) + 1,
    certificate,
    key,
  })
  const region = parseEcrHost(simulator.registryHost)?.region ?? ''
  await serve(
    { ...environment, ECR_REGISTRY: simulator.registryHost },
    { makeEcrClient: () => simulatorEcrClient(simulator, region), connector: simulatorConnector(simulator) },
  )
  process.stdout.write(trialText({ registry, upstream: simulator.registryHost, simulated: true, tls, debugPort }))
}
