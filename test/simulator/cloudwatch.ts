import { gunzipSync } from 'node:zlib'
import type { Credentials } from './api-signature.ts'
import { refusalOf } from './api-signature.ts'
import type { Answer, Exchange, Handler } from './exchange.ts'
import { readBody } from './exchange.ts'
import { type Datum, InvalidDataError, readPutMetricData } from './metric-data.ts'

const MAX_BODY_BYTES = 1_000_000
const TARGET = 'GraniteServiceVersion20100801.PutMetricData'
const JSON_TYPE = 'application/x-amz-json-1.0'

/** One call that was taken. */
export interface PutCall {
  namespace: string
  data: Datum[]
  /** Of the request's body, as it came and after it was decompressed. */
  bytes: number
  plainBytes: number
}

/** CloudWatch's PutMetricData, in AWS JSON 1.0 as today's SDK speaks it; every call that it takes goes to `taken`. */
export function cloudWatchHandler(region: string, credentials: Credentials, taken: (call: PutCall) => void): Handler {
  return async (exchange) => {
    const body = await readBody(exchange.body, MAX_BODY_BYTES)
    if (body === undefined) return refusal('RequestEntityTooLarge', 'the request is larger than 1 MB', 413)
    return refusalOf(exchange, body, { credentials }, region, 'monitoring') ?? put(exchange, body, taken)
  }
}

function put({ method, headers }: Exchange, body: Buffer, taken: (call: PutCall) => void): Answer {
  if (method !== 'POST' || headers['x-amz-target'] !== TARGET || headers['content-type'] !== JSON_TYPE) {
    return refusal('UnknownOperationException', '')
  }
  try {
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    // Whether the limit is one of the compressed request nobody says; who keeps the stricter one is safe.
    if (plain.length > MAX_BODY_BYTES) return refusal('RequestEntityTooLarge', 'the request is larger than 1 MB', 413)
    const { namespace, data } = readPutMetricData(JSON.parse(plain.toString()))
    taken({ namespace, data, bytes: body.length, plainBytes: plain.length })
    return { status: 200, headers: { 'Content-Type': JSON_TYPE }, body: '{}' }
  } catch (error) {
    if (!(error instanceof InvalidDataError)) throw error
    return refusal('InvalidParameterValueException', error.message)
  }
}

/** With the header that tells the code of the query protocol which clients knew before. */
function refusal(type: string, message: string, status = 400): Answer {
  return {
    status,
    headers: { 'Content-Type': JSON_TYPE, 'x-amzn-query-error': `${type.replace(/Exception$/, '')};Sender` },
    body: JSON.stringify({ __type: `com.amazonaws.cloudwatch.v2010_08_01#${type}`, message }),
  }
}
