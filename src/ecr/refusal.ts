/** What an upstream's answer says of the token that the request carried. */
export type TokenVerdict =
  | 'accepted'
  /** Refused for the token's sake: 401, or 403 with a body that speaks of an expired token. */
  | 'refused'
  /** 403 without a body (HEAD): a denial or an expired token, which look alike. */
  | 'doubtful'

/** Both wordings seen: "Your authorization token has expired. …" and the older "Your Authorization Token has expired. …". */
const EXPIRED = /authorization token has expired/i

/** Judges an answer of the upstream; `body` is what was read of a 403's body. */
export function tokenVerdict(method: string, status: number, body: string): TokenVerdict {
  if (status === 401) return 'refused'
  if (status !== 403) return 'accepted'
  if (method === 'HEAD') return 'doubtful'
  return EXPIRED.test(body) ? 'refused' : 'accepted'
}
