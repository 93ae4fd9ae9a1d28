import { serve } from '../src/serve.ts'
import { simulatorConnector } from '../test/support/simulator-connector.ts'
import { simulatorEcrClient } from '../test/support/simulator-ecr-client.ts'

// The proxy as users run it; only where its upstream's name leads is replaced. usage: subject-ours.js REGISTRY_PORT API_PORT CA_PEM
const [, , registryPort = '', apiPort = '', ca = ''] = process.argv
const credentials = { accessKeyId: 'AKIABENCH', secretAccessKey: 'bench' }
await serve(process.env, {
  connector: simulatorConnector({ registryPort: Number(registryPort), ca }),
  makeEcrClient: () => simulatorEcrClient({ apiEndpoint: `http://127.0.0.1:${apiPort}`, credentials }, 'us-east-1'),
})
