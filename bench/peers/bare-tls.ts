import { readFileSync } from 'node:fs'
import { pipeline } from 'node:stream'
import tls from 'node:tls'

// What node:tls costs with nothing on top of it, not even HTTP: each connection has one to the upstream, and bytes go from
// one to the other. Below this nothing in Node can come. It reads no request, so it adds no token. Arguments as the Go peer has them.
const [, , listen = '', upstreamPort = '', host = '', certificate = '', key = '', ca = ''] = process.argv

const secureContext = tls.createSecureContext({ ca: readFileSync(ca) })
// Of 16 KiB, which is Node's own, each record would stop and start the sender.
const highWaterMark = 256 * 1024
tls
  .createServer({ cert: readFileSync(certificate), key: readFileSync(key), highWaterMark }, (incoming) => {
    const options = { host: '127.0.0.1', port: Number(upstreamPort), servername: host, secureContext, highWaterMark }
    pipeline(incoming, tls.connect(options), incoming, () => {})
  })
  .listen(Number(listen), '127.0.0.1')
