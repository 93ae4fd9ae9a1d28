import { createReadStream } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { Answer, Exchange, Handler } from './exchange.ts'
import type { Presigner } from './presigned.ts'
import type { Store, StoredBlob } from './store.ts'

/** Plays S3: hands out layers to who comes with a valid presigned query and no Authorization. */
export function layerHandler(store: Store, presigner: Presigner): Handler {
  return (exchange) => {
    const answer = refusalOf(exchange, presigner) ?? objectAnswer(exchange, store.blobAt(exchange.path))
    return { ...answer, headers: { ...requestIds(), Server: 'AmazonS3', ...answer.headers } }
  }
}

function refusalOf(exchange: Exchange, presigner: Presigner): Answer | undefined {
  if (exchange.headers.authorization !== undefined) {
    const message =
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter ' +
      'or the Authorization header should be specified'
    return xmlError(400, 'InvalidArgument', message, { ArgumentName: 'Authorization', ArgumentValue: 'redacted' })
  }
  const verdict = presigner.verify(exchange)
  if (verdict === 'valid') return undefined
  if (verdict === 'unsigned') return xmlError(403, 'AccessDenied', 'Access Denied')
  if (verdict === 'mismatch') {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.'
    return xmlError(403, 'SignatureDoesNotMatch', message)
  }
  return xmlError(403, 'AccessDenied', 'Request has expired', {
    'X-Amz-Expires': exchange.query.get('X-Amz-Expires') ?? '',
    Expires: isoDate(verdict.expiredAt),
    ServerTime: isoDate(Date.now()),
  })
}

function objectAnswer(exchange: Exchange, blob: StoredBlob | undefined): Answer {
  if (blob === undefined) return xmlError(404, 'NoSuchKey', 'The specified key does not exist.')
  const headers = {
    'Last-Modified': new Date(blob.modifiedAt).toUTCString(),
    // Multipart objects have an MD5 of MD5s and the number of parts; only its looks matter here.
    ETag: `"${blob.digest.slice(7, 39)}-1"`,
    'Accept-Ranges': 'bytes',
    'Content-Type': 'binary/octet-stream',
  }
  const range = rangeOf(exchange.headers.range, blob.size)
  if (range === 'unsatisfiable') {
    const details = { RangeRequested: exchange.headers.range ?? '', ActualObjectSize: String(blob.size) }
    const error = xmlError(416, 'InvalidRange', 'The requested range is not satisfiable', details)
    return { ...error, headers: { ...error.headers, 'Content-Range': `bytes */${blob.size}` } }
  }
  if (range === undefined) {
    const body = blob.size === 0 ? '' : () => createReadStream(blob.file)
    return { status: 200, headers: { ...headers, 'Content-Length': String(blob.size) }, body }
  }
  const { start, end } = range
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Range': `bytes ${start}-${end}/${blob.size}`,
      'Content-Length': String(end - start + 1),
    },
    body: () => createReadStream(blob.file, { start, end }),
  }
}

/** Several ranges, like anything else that S3 does not understand, mean the whole object. */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined
  return start > end ? 'unsatisfiable' : { start, end }
}

function xmlError(status: number, code: string, message: string, details: Record<string, string> = {}): Answer {
  const elements = Object.entries({ Code: code, Message: message, ...details })
  const inner = elements.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('')
  return {
    status,
    headers: { 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`,
  }
}

function requestIds(): Record<string, string> {
  return {
    'x-amz-id-2': randomBytes(56).toString('base64'),
    'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase(),
  }
}

function isoDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}/, '')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
