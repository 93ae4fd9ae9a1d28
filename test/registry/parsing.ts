import assert from 'node:assert/strict'
import { RegistryError, type RegistryErrorCode } from '../../src/registry/errors.ts'
import { parseRegistryRequest } from '../../src/registry/parse.ts'
import { type RegistryRequest, upstreamTarget } from '../../src/registry/request.ts'

export const SHA256 = `sha256:${'0123456789abcdef'.repeat(4)}`
export const UPLOAD = '/v2/team/app/blobs/uploads/'

/** What a request line comes to, in the way a table can show. */
export function parsed(method: string, target: string): RegistryRequest {
  return parseRegistryRequest(method, target)
}

/** What is sent upstream for a request line. */
export function sent(method: string, target: string): string {
  return upstreamTarget(parseRegistryRequest(method, target))
}

export function refused(method: string, target: string, status: number, code: RegistryErrorCode): void {
  try {
    parseRegistryRequest(method, target)
  } catch (error) {
    assert.ok(error instanceof RegistryError, String(error))
    assert.deepEqual([error.status, error.code], [status, code])
    return
  }
  assert.fail(`${method} ${target} is accepted`)
}
