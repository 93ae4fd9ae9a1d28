import { serve } from '../../src/serve.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'

// The proxy as users run it; only where its upstream's name leads is replaced. usage: subject.js REGISTRY_PORT CA_PEM
const [, , registryPort = '', ca = ''] = process.argv
await serve(process.env, { connector: simulatorConnector({ registryPort: Number(registryPort), ca }) })
