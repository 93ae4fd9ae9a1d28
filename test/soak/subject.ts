import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { serve } from '../../src/serve.ts'
import { answerNameFrom, namedConnector } from '../support/named-connector.ts'
import { simulatorConnector } from '../support/simulator-connector.ts'

// The proxy as users run it; only where its upstream's name leads is replaced, and SIGCONT, which it has no use for itself, collects all garbage, so that
// what is left is what is held. usage: subject.js REGISTRY_PORT CA_PEM [FILE_WITH_THE_ADDRESS]
const [, , registryPort = '', ca = '', addressFile] = process.argv
// In place of a flag on the command line, which `npm start` does not have.
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
process.on('SIGCONT', () => collect())
const upstream = { registryPort: Number(registryPort), ca }
if (addressFile !== undefined) answerNameFrom(addressFile, process.env['ECR_REGISTRY'] ?? '')
const connector = addressFile === undefined ? simulatorConnector(upstream) : namedConnector(upstream)
await serve(process.env, { connector })
