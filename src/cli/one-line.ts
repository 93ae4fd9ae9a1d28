/** The text with its control characters escaped, so that it stays in its line of a table. */
export function oneLine(text: string): string {
  return /\p{Cc}/u.test(text) ? JSON.stringify(text) : text
}
