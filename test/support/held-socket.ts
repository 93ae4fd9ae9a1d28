import { Socket } from 'node:net'

/** One end of a connection that takes what is written when it is told to. */
export class HeldSocket extends Socket {
  readonly taken: (() => void)[] = []

  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.taken.push(done)
  }

  override _writev(_chunks: unknown, done: () => void): void {
    this.taken.push(done)
  }
}
