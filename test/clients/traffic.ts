import assert from 'node:assert/strict'
import type { RecordedRequest } from '../simulator/recorder.ts'
import type { Simulator } from '../simulator/simulator.ts'

/** Forgets what was asked so far, so that a test looks at its own requests only. */
export function forgetRequests(simulator: Simulator): void {
  simulator.requests.splice(0)
}

/** What the layer host was asked for since forgetRequests(): all of it, or the blobs of one repository. */
export function layerRequests(simulator: Simulator, repository?: string): RecordedRequest[] {
  const requests = simulator.requests.filter(({ listener }) => listener === 'layer')
  if (repository === undefined) return requests
  const blobs = simulator.store.repositories.get(repository)?.blobs ?? new Set()
  const paths = new Set([...blobs].map((digest) => simulator.store.blobs.get(digest)?.objectPath))
  return requests.filter(({ url }) => paths.has(url.replace(/\?.*/, '')))
}

/** The blobs of a repository that the layer host has given, whole or in part, since forgetRequests(). */
export function layersFetched(simulator: Simulator, repository: string): Set<string> {
  const given = layerRequests(simulator, repository).filter(({ status }) => status === 200 || status === 206)
  const paths = new Set(given.map(({ url }) => url.replace(/\?.*/, '')))
  const blobs = [...(simulator.store.repositories.get(repository)?.blobs ?? [])]
  return new Set(blobs.filter((digest) => paths.has(simulator.store.blobs.get(digest)?.objectPath ?? '')))
}

/** How many blobs of a repository ECR itself gave since forgetRequests(), which it never does. */
export function blobsServed(simulator: Simulator, repository: string): number {
  return simulator.requests.filter(
    ({ listener, method, status, url }) =>
      listener === 'registry' &&
      method === 'GET' &&
      (status === 200 || status === 206) &&
      url.startsWith(`/v2/${repository}/blobs/sha256:`),
  ).length
}

/** Asserts that at least so many blobs came from the layer host, and that it saw no token. */
export function assertFromLayerHost(simulator: Simulator, blobs: number): void {
  const { length } = layerRequests(simulator)
  assert.ok(length >= blobs, `${length} requests at the layer host, expected at least ${blobs}`)
  assertNoTokenAtLayerHost(simulator)
}

/** Asserts that ECR got a token since forgetRequests(), and that the layer host saw none. */
export function assertNoTokenAtLayerHost(simulator: Simulator): void {
  const tokens = tokensSeen(simulator)
  assert.ok(tokens.length > 0, 'no token was used at all')
  for (const { method, url, rawHeaders } of layerRequests(simulator)) {
    const all = [url, ...rawHeaders]
    const names = all.map((text) => text.toLowerCase())
    assert.ok(!names.includes('authorization'), `${method} at the layer host came with Authorization`)
    assert.ok(
      !tokens.some((token) => all.some((text) => text.includes(token))),
      `${method} told the layer host a token`,
    )
  }
}

/** How many requests of this method on such a path ECR got since forgetRequests(). */
export function countRequests(simulator: Simulator, method: string, path: RegExp): number {
  return simulator.requests.filter(
    (request) => request.listener === 'registry' && request.method === method && path.test(request.url),
  ).length
}

function tokensSeen(simulator: Simulator): string[] {
  const tokens = new Set<string>()
  for (const { listener, rawHeaders } of simulator.requests) {
    if (listener !== 'registry') continue
    const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization')
    const token = rawHeaders[at + 1]?.replace(/^Basic /i, '')
    if (at !== -1 && token !== undefined) tokens.add(token)
  }
  return [...tokens]
}
