import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { headerValue, type RawHeaders } from '../registry/headers.ts'

// The client's Accept-Encoding goes upstream as it came, so that an error may come in any of these (RFC 9110 section 8.4.1).
const DECODERS = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
])

/** A body with these headers as text; empty when its coding is none of the known ones, damaged, or holds more than `limit` bytes. */
export function textOf(body: Buffer, headers: RawHeaders, limit: number): string {
  const coding = headerValue(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return body.toString('utf8')
  try {
    return DECODERS.get(coding)?.(body, { maxOutputLength: limit }).toString('utf8') ?? ''
  } catch {
    return ''
  }
}
