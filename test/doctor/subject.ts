import { runCommand } from '../../src/cli/run.ts'
import { verifyingConnector } from '../../src/upstream/connector.ts'

// The command as users run it; only where names of AWS lead is replaced, and REGISTRY's resolver. What has no entry does
// not resolve. usage: subject.js JSON ARGUMENTS
const [, , json = '', ...args] = process.argv
const { ports, ca, addresses }: { ports: Record<string, number>; ca: string; addresses: Record<string, string> } =
  JSON.parse(json)
const connect = verifyingConnector(ca)

function notFound(name: string): Error {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
}

const code = await runCommand(args, process.env, {
  connector: (options, callback) => {
    const { hostname, protocol } = options
    const port = protocol === 'http:' ? options.port : ports[hostname]
    if (port === undefined) return callback(notFound(hostname), null)
    const to = { hostname: '127.0.0.1', host: '127.0.0.1', port: String(port), servername: hostname }
    return connect({ ...options, ...to }, callback)
  },
  addresses: async (name) => {
    const address = addresses[name]
    if (address === undefined) throw notFound(name)
    return [address]
  },
})
process.exit(code)
