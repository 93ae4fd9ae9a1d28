/** What the debug server answers in place of what was asked for: a status, and a sentence that says why. */
export class DebugRefusal extends Error {
  override readonly name = 'DebugRefusal'
  readonly status: number

  constructor(status: number, sentence: string) {
    super(sentence)
    this.status = status
  }
}
