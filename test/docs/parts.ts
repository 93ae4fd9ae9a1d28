const END = '<!-- end -->'

/** The lines of a page between the marks of one of its generated parts. Throws where the page has no such part. */
export function partOf(page: string, name: string): string[] {
  const { lines, from, to } = found(page, name)
  return lines.slice(from, to)
}

/** The page with the lines of that part made anew. */
export function withPart(page: string, name: string, made: readonly string[]): string {
  const { lines, from, to } = found(page, name)
  return [...lines.slice(0, from), ...made, ...lines.slice(to)].join('\n')
}

function found(page: string, name: string): { lines: string[]; from: number; to: number } {
  const lines = page.split('\n')
  const from = lines.indexOf(`<!-- begin: ${name} -->`) + 1
  const to = lines.indexOf(END, from)
  if (from === 0 || to === -1) throw new Error(`the page has no whole part ${name}`)
  return { lines, from, to }
}
