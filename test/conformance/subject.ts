import { serve } from '../../src/serve.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'

// The proxy as users run it, except that the name of its upstream leads to a port of loopback. usage: subject.js PORT CA_PEM
const [, , registryPort = '', ca = ''] = process.argv
await serve(process.env, { connector: simulatorConnector({ registryPort: Number(registryPort), ca }) })
