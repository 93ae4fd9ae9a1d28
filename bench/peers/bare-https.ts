import { readFileSync } from 'node:fs'
import https from 'node:https'
import { pipeline } from 'node:stream'

// The least that node:https can do as a proxy: what the runtime itself costs. Arguments as the Go peer has them.
const [, , listen = '', upstreamPort = '', host = '', certificate = '', key = '', ca = '', token = ''] = process.argv

const agent = new https.Agent({ keepAlive: true, ca: readFileSync(ca), servername: host, maxSockets: 1024 })
https
  .createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (incoming, outgoing) => {
    const { connection: _, ...kept } = incoming.headers
    const headers = { ...kept, host, authorization: `Basic ${token}` }
    const options = {
      agent,
      host: '127.0.0.1',
      port: upstreamPort,
      method: incoming.method,
      path: incoming.url,
      headers,
    }
    const request = https.request(options, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
      pipeline(response, outgoing, () => {})
    })
    pipeline(incoming, request, () => {})
  })
  .listen(Number(listen), '127.0.0.1')
