import { readFileSync } from 'node:fs'
import type { Runtime } from 'node:inspector'
import { SourceMap } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Where a function stands, as its author knows it. */
export interface Frame {
  name: string
  /** From the root of this project where it is in there. */
  file: string
  /** Counted from 1; 0 where V8 knows none. */
  line: number
}

/** The root of this project, for code in dist/src/debug/. */
const ROOT = new URL('../../../', import.meta.url).href

/**
 * Finds the TypeScript behind V8's frames, by the source maps beside the files that occur, each read once. For one
 * profile: it is thrown away with it.
 */
export class SourceFrames {
  readonly #maps = new Map<string, SourceMap | undefined>()

  frameOf({ functionName, url, lineNumber, columnNumber }: Runtime.CallFrame): Frame {
    const { file, line } = this.#place(url.startsWith('/') ? pathToFileURL(url).href : url, lineNumber, columnNumber)
    return { name: distinct(functionName, file, line), file, line }
  }

  #place(url: string, row: number, column: number): { file: string; line: number } {
    const entry = this.#mapOf(url)?.findEntry(row, column)
    if (entry === undefined || !('originalSource' in entry)) return { file: shown(url), line: row + 1 }
    return { file: shown(new URL(entry.originalSource, url).href), line: entry.originalLine + 1 }
  }

  /** Only what this project has compiled: packages that have maps would be read in vain. */
  #mapOf(url: string): SourceMap | undefined {
    if (!url.startsWith(`${ROOT}dist/`)) return undefined
    if (!this.#maps.has(url)) this.#maps.set(url, readMap(url))
    return this.#maps.get(url)
  }
}

/** pprof tells functions apart by their names alone, and there are many `get`, `emit` and functions without one. */
function distinct(name: string, file: string, line: number): string {
  const place = file.replace(/^node_modules\//, '')
  if (place === '') return name === '' ? '(anonymous)' : name
  return name === '' ? `(anonymous) ${place}:${line}` : `${name} ${place}`
}

function readMap(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')))
  } catch {
    // Without its map, a function is named by its JavaScript.
    return undefined
  }
}

function shown(url: string): string {
  return url.startsWith(ROOT) ? decodeURIComponent(url.slice(ROOT.length)) : url
}
