import type { Token, TokenSource } from '../ecr/token-source.ts'

/**
 * Renewals of refused tokens that are under way. Until one is done the refused token is still the current one: what can be
 * sent again finds out and waits, and what can be sent only once would be lost.
 */
export class Renewals {
  readonly #tokens: TokenSource
  readonly #underWay = new Map<Token, Promise<Token>>()

  constructor(tokens: TokenSource) {
    this.#tokens = tokens
  }

  /** As TokenSource.renew. */
  async renew(refused: Token): Promise<Token> {
    const renewal = this.#tokens.renew(refused)
    this.#underWay.set(refused, renewal)
    try {
      return await renewal
    } finally {
      this.#underWay.delete(refused)
    }
  }

  /** The token itself, or where it was refused and is being renewed, the next one; itself again when there is none. */
  async unrefused(token: Token): Promise<Token> {
    try {
      return (await this.#underWay.get(token)) ?? token
    } catch {
      return token
    }
  }
}
