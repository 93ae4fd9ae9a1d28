import { SourceMap } from 'node:module'

/**
 * The lines of the one source file of a source map (its JSON text) that became code; `generated` is that code. Lines of
 * types became none, and the offsets of V8, mapped back, may still call one of them missed.
 */
export function codeLines(sourceMap: string, generated: string): Set<number> {
  const map = new SourceMap(JSON.parse(sourceMap))
  const lines = new Set<number>()
  for (const [row, text] of generated.split('\n').entries()) {
    for (let column = 0; column < text.length; column++) {
      const entry = map.findEntry(row, column)
      // What stands ahead of the first mapping of its line is found in the line before.
      if ('originalLine' in entry && entry.generatedLine === row) lines.add(entry.originalLine + 1)
    }
  }
  return lines
}
