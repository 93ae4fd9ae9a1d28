import { readFileSync } from 'node:fs'
import https from 'node:https'
import { Pool } from 'undici'

// The least that node:https and undici can do as a proxy together. Arguments as the Go peer has them.
const [, , listen = '', upstreamPort = '', host = '', certificate = '', key = '', ca = '', token = ''] = process.argv

const connect = { ca: readFileSync(ca), servername: host }
const pool = new Pool(`https://127.0.0.1:${upstreamPort}`, { connect, connections: 1024, keepAliveTimeout: 60_000 })
https
  .createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming
    const { connection: _, 'transfer-encoding': chunked, ...headers } = incoming.headers
    const hasBody = chunked !== undefined || Number(headers['content-length'] ?? 0) > 0
    const sent = { ...headers, host, authorization: `Basic ${token}` }
    pool
      .stream(
        { method, path, headers: sent, body: hasBody ? incoming : null, reset: false, opaque: outgoing },
        ({ statusCode, headers: answered }) => {
          const { connection: __, 'keep-alive': ___, ...kept } = answered
          return outgoing.writeHead(statusCode, kept)
        },
      )
      .catch(() => outgoing.destroy())
  })
  .listen(Number(listen), '127.0.0.1')
