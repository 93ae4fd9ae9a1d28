import type { Answer } from './exchange.ts'

/** An error of an AWS JSON 1.1 service. */
export function awsError(type: string, message: string, status = 400): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: type, message }),
  }
}
