import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { open } from './client.ts'
import type { FaultAction } from '../simulator/faults.ts'
import type { Operation } from './operation.ts'
import { inOwnRepository, startUpload } from './pushes.ts'
import { soon } from './soon.ts'

const KIB = 1024
const CONNECT_MS = 5000
const TAKEN_MS = 20_000
const PART = Buffer.alloc(512 * KIB, 'a part of a layer ')

/** Leaves while a layer goes up, to an upstream that takes it or to one that has stopped doing so. */
export async function leaveUpload(operation: Operation): Promise<void> {
  const { plan, ground } = operation
  const stalls = plan.random.pick([true, false])
  await inOwnRepository(operation, async (repository) => {
    const path = operation.marked(await startUpload(operation, repository))
    const fault = stalls ? stall(operation, path, { kind: 'stall-reading' }) : undefined
    const headers = { ...operation.ownHeaders, 'Transfer-Encoding': 'chunked' }
    const patch = open(ground.proxyOnce, { method: 'PATCH', path, headers }).on('error', () => {})
    patch.write(PART)
    await operation.upstreamRecord('the upload upstream', ({ bodyBytes, status }) => {
      return stalls || bodyBytes > 0 || status !== undefined
    })
    patch.destroy()
    // One that does not read does not hear either; that the proxy's own end is closed, its descriptors tell.
    if (!stalls) await operation.upstreamRecord('the end of the upload upstream', ({ finished }) => finished)
    fault?.remove()
  })
}

/** Leaves in the middle of a big layer, or of one that has stopped coming. */
export async function leaveDownload(operation: Operation): Promise<void> {
  const { plan, ground } = operation
  const { repository, blobs } = ground.images.big
  const digest = [...blobs.keys()].at(-1)
  const path = operation.marked(`/v2/${repository}/blobs/${digest}`)
  const stalls = plan.random.pick([true, false])
  const fault = stalls ? stall(operation, path, { kind: 'stall-body', bytes: 100 * KIB }) : undefined
  const get = open(ground.proxyOnce, { method: 'GET', path, headers: operation.ownHeaders }).on('error', () => {})
  let began = false
  get.once('response', (response) => {
    response
      .on('error', () => {})
      .once('data', () => {
        began = true
        // A client that does not read and then goes.
        response.pause()
      })
  })
  get.end()
  // Refused for want of a token, or cut: it is over before it began.
  const settled = await soon(() => began || get.closed || undefined, TAKEN_MS)
  operation.check(settled === true, `no byte of ${path} came within ${TAKEN_MS} ms`)
  get.destroy()
  await operation.upstreamRecord('the end of the download upstream', ({ finished, status }) => {
    return finished || status !== 200
  })
  fault?.remove()
}

/** Leaves while the upstream still thinks. */
export async function leaveBeforeAnswer(operation: Operation): Promise<void> {
  const { repository } = operation.plan.random.pick(operation.ground.images.pulled)
  const path = operation.marked(`/v2/${repository}/manifests/v1`)
  const fault = stall(operation, path, { kind: 'stall' })
  const get = open(operation.ground.proxyOnce, { method: 'GET', path, headers: operation.ownHeaders })
  get.on('error', () => {}).end()
  await operation.upstreamRecord('the request upstream', () => true)
  await sleep(operation.plan.random.between(0, 300))
  get.destroy()
  await operation.upstreamRecord('the end of the request upstream', ({ finished }) => finished)
  fault.remove()
}

/** A connection that says nothing, or stops in the middle of a head or a body, and then goes, in order or not. */
export async function stayHalfOpen(operation: Operation): Promise<void> {
  const { host, port, servername, ca } = operation.ground.proxyOnce
  const { random } = operation.plan
  const stage = random.pick(['nothing', 'handshake', 'head', 'body'])
  const raw = connect(port, host).on('error', () => {})
  await once(raw, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
  if (stage !== 'nothing') {
    const secure = connectTls({ socket: raw, servername, ca }).on('error', () => {})
    await once(secure, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS) })
    if (stage !== 'handshake') secure.write(unfinished(operation, stage === 'body'))
  }
  await sleep(random.between(200, 4000))
  leave(raw, random.pick(['fin', 'rst']))
}

function unfinished(operation: Operation, withBody: boolean): string {
  const { repository } = operation.plan.random.pick(operation.ground.images.pulled)
  const head = `PUT ${operation.marked(`/v2/${repository}/manifests/half`)} HTTP/1.1\r\nHost: localhost\r\n`
  return withBody ? `${head}Content-Length: 1000\r\n\r\n{"schemaVersion":` : head
}

function leave(raw: Socket, by: 'fin' | 'rst'): void {
  if (by === 'rst') raw.resetAndDestroy()
  else raw.destroy()
}

function stall(operation: Operation, path: string, action: FaultAction): { remove(): void } {
  const mark = /op=[\d-]+$/.exec(path)?.[0] ?? path
  return operation.ground.simulator.faults.add({ path: new RegExp(`${mark}$`), action })
}
