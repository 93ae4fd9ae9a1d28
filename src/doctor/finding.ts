export type Status = 'ok' | 'warn' | 'fail'

/** What one check has found. */
export interface Finding {
  name: string
  status: Status
  text: string
  /** What to do about it; there is one unless the status is ok. */
  cure?: string
}

/** What an observation brought, or why it failed. */
export type Outcome<T> = { value: T } | { error: unknown }

export function ok(name: string, text: string): Finding {
  return { name, status: 'ok', text }
}

export function warn(name: string, text: string, cure: string): Finding {
  return { name, status: 'warn', text, cure }
}

export function fail(name: string, text: string, cure: string): Finding {
  return { name, status: 'fail', text, cure }
}
