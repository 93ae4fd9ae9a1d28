/** The code of an error, such as `ECONNRESET`; undefined where it has none. It holds nothing of what the error is about. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
