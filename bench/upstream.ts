import http from 'node:http'
import https from 'node:https'
import { readFileSync } from 'node:fs'
import { CIPHERS, KEPT_MS } from './ends.ts'

// A registry with no work of its own, so that what is measured is the proxy in front of it: answers from memory, layers
// of zeros, uploads thrown away. Also the one call of the ECR API. usage: upstream.js CERT KEY REGISTRY_PORT API_PORT
const [, , certificate = '', key = '', registryPort = '', apiPort = ''] = process.argv

const CHUNK = Buffer.alloc(256 * 1024)
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(7023),
    layers: Array.from({ length: 12 }, (_, i) => descriptor(1_000_000 + i)),
  }),
)
const DIGEST = `sha256:${'a'.repeat(64)}`
// A presigned URL with a security token is between 1 and 2 KB.
const PRESIGNED = `https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/layer?X-Amz-Security-Token=${'t'.repeat(1200)}`
const COMMON = { 'Docker-Distribution-Api-Version': 'registry/2.0', Connection: 'keep-alive' }

function descriptor(size: number) {
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', size, digest: `sha256:${'b'.repeat(64)}` }
}

const registry = https.createServer(
  { cert: readFileSync(certificate), key: readFileSync(key), ciphers: CIPHERS, honorCipherOrder: true },
  (request, response) => {
    const { method, url = '' } = request
    if (method === 'PATCH' || method === 'PUT') {
      request
        .on('data', () => {})
        .on('end', () => {
          response
            .writeHead(201, {
              ...COMMON,
              Location: '/v2/bench/app/blobs/uploads/1',
              Range: '0-0',
              'Content-Length': '0',
            })
            .end()
        })
    } else if (url.includes('/manifests/')) {
      const headers = {
        ...COMMON,
        'Content-Type': 'application/vnd.oci.image.manifest.v1+json',
        'Content-Length': MANIFEST.length,
        'Docker-Content-Digest': DIGEST,
      }
      response.writeHead(200, headers).end(method === 'HEAD' ? undefined : MANIFEST)
    } else if (url.includes('/blobs/sha256:')) {
      const bytes = /bytes=(\d+)/.exec(url)?.[1]
      if (bytes === undefined) response.writeHead(307, { ...COMMON, Location: PRESIGNED, 'Content-Length': '0' }).end()
      else sendZeros(response, Number(bytes))
    } else {
      response.writeHead(202, { ...COMMON, Location: '/v2/bench/app/blobs/uploads/1', 'Content-Length': '0' }).end()
    }
  },
)
// No subject pays for reconnects that the upstream made it do, and none sends an upload into a connection that is being closed.
registry.keepAliveTimeout = KEPT_MS

function sendZeros(response: http.ServerResponse, bytes: number): void {
  response.writeHead(200, { ...COMMON, 'Content-Length': bytes })
  let left = bytes
  const more = (): void => {
    while (left > 0) {
      const chunk = left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left)
      left -= chunk.length
      if (!response.write(chunk)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const api = http.createServer((request, response) => {
  request.resume()
  const expiresAt = Date.now() / 1000 + 12 * 3600
  const authorizationToken = Buffer.from(`AWS:${'x'.repeat(3580)}`).toString('base64')
  response
    .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify({ authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: 'https://bench' }] }))
})

registry.listen(Number(registryPort), '127.0.0.1', () => {
  api.listen(Number(apiPort), '127.0.0.1', () => process.stdout.write('ready\n'))
})
