import { randomUUID } from 'node:crypto'
import { digestOf } from '../simulator/store.ts'
import type { Answer } from './client.ts'
import { TAGS } from './images.ts'
import type { Operation } from './operation.ts'

const PAGE = 3

/** Lists tags page by page, by the Link of each answer. */
export async function listTags(operation: Operation): Promise<void> {
  const { repository } = operation.plan.random.pick(operation.ground.images.pulled)
  const listed: string[] = []
  let next: string | undefined = `/v2/${repository}/tags/list?n=${PAGE}`
  while (next !== undefined) {
    const page: Answer = await operation.ask({ step: 'read', method: 'GET', path: next, status: 200 })
    const { tags }: { tags: string[] } = JSON.parse(page.body.toString())
    listed.push(...tags)
    next = /^<(\/v2\/[^>]+)>; *rel="?next"?$/.exec(String(page.headers['link'] ?? ''))?.[1]
  }
  operation.check(listed.toSorted().join() === TAGS.join(), `the tags are ${listed.join()}`)
}

/** Asks for what is not there, as every push does, and for a repository that is not. */
export async function askForMissing(operation: Operation): Promise<void> {
  const { repository } = operation.plan.random.pick(operation.ground.images.pulled)
  const nowhere = `soak/nowhere-${operation.number}`
  const digest = digestOf(randomUUID())
  const status = 404
  const read = async (path: string, code: string): Promise<void> => {
    const missing = await operation.ask({ step: 'read', method: 'GET', path, status })
    checkCode(operation, missing, code)
  }
  await read(`/v2/${repository}/manifests/not-there`, 'MANIFEST_UNKNOWN')
  await operation.ask({ step: 'head', method: 'HEAD', path: `/v2/${repository}/blobs/${digest}`, status })
  await read(`/v2/${repository}/blobs/${digest}`, 'BLOB_UNKNOWN')
  await read(`/v2/${nowhere}/tags/list`, 'NAME_UNKNOWN')
  const path = `/v2/${nowhere}/blobs/uploads/`
  const start = await operation.ask({ step: 'start', method: 'POST', path, status, headers: { 'Content-Length': '0' } })
  checkCode(operation, start, 'NAME_UNKNOWN')
}

/** Fails the operation unless an answer is a registry error with this code. */
export function checkCode(operation: Operation, { body }: Answer, code: string): void {
  const { errors }: { errors: { code: string }[] } = JSON.parse(body.toString())
  operation.check(errors[0]?.code === code, `${code} expected, got ${body.toString()}`)
}
