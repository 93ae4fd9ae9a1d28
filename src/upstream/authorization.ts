import type { Token } from '../ecr/token-source.ts'

/** The Authorization that carries one token, as the two kinds of connections write it. */
export interface Authorization {
  /** The header's value. */
  value: string
  /** Its whole line. */
  line: Buffer
}

/** Makes a token's Authorization once for each token, and not once for each request: it is 5 KB. */
export function rememberedAuthorization(): (token: Token) => Authorization {
  let last: { token: Token; authorization: Authorization } | undefined
  return (token) => {
    if (last?.token !== token) {
      const value = `Basic ${token.value}`
      last = { token, authorization: { value, line: Buffer.from(`Authorization: ${value}\r\n`, 'latin1') } }
    }
    return last.authorization
  }
}
