const LAST_PORT = 65_535

/** What is wrong with a DEBUG_PORT behind which each of so many workers needs one of its own; undefined where they have it. */
export function debugPortProblem(port: number | 'off', workers: number): string | undefined {
  if (port === 'off' || workers === 1 || port + workers <= LAST_PORT) return undefined
  return `DEBUG_PORT: ${port} leaves no ports for ${workers} workers; expected one up to ${LAST_PORT - workers}, or off`
}
