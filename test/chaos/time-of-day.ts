import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const LIBRARIES = '/usr/lib'
/** The one for programs with threads. */
const NAME = 'faketime/libfaketimeMT.so.1'

/** Where Debian's libfaketime is. Throws where it is not. */
export function fakeTimeLibrary(): string {
  const found = readdirSync(LIBRARIES)
    .map((directory) => join(LIBRARIES, directory, NAME))
    .find((path) => existsSync(path))
  if (found === undefined) throw new Error(`no ${NAME} below ${LIBRARIES}; expected Debian's package libfaketime`)
  return found
}

/**
 * A time of day for one process, that can jump; its monotonic clock goes on, as a kernel's does when the time of day is set.
 * libfaketime and not an injected clock: what must not be led astray is everything below the proxy's own clock, too: TLS, the
 * SDK's signatures, timers.
 */
export class TimeOfDay {
  readonly #file: string

  constructor(directory: string) {
    this.#file = join(directory, 'time-of-day')
  }

  /** What the process needs in its environment. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: fakeTimeLibrary(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
  }

  /** From now on it is so many hours later than it is, or earlier. */
  async shift(hours: number): Promise<void> {
    await writeFile(this.#file, `${hours < 0 ? '' : '+'}${hours}h`)
  }
}
