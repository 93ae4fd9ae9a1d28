import { BARE_HTTPS, BARE_UNDICI } from './subjects.ts'
import { requestFigure, transferFigure } from './works.ts'

/** What this proxy means to hold, as a ratio to the Go proxy in the same run, or as a figure of its own. */
export interface Goal {
  figure: string
  atMost: number
  /** The figure itself, or its ratio to the Go proxy's. */
  of: 'ratio' | 'value'
}

export const GOALS: readonly Goal[] = [
  { figure: requestFigure('manifest GET'), atMost: 1.2, of: 'ratio' },
  { figure: requestFigure('manifest HEAD'), atMost: 1.2, of: 'ratio' },
  { figure: requestFigure('layer 307'), atMost: 1.2, of: 'ratio' },
  { figure: transferFigure('1 GiB up by PATCH'), atMost: 1.15, of: 'ratio' },
  { figure: transferFigure('1 GiB up by PUT'), atMost: 1.15, of: 'ratio' },
  { figure: transferFigure('1 GiB down'), atMost: 1.3, of: 'ratio' },
  { figure: '64 uploads at once, peak RSS MiB', atMost: 160, of: 'value' },
  { figure: 'added latency p50, ms', atMost: 1, of: 'value' },
  { figure: 'added latency p99, ms', atMost: 5, of: 'value' },
  { figure: 'start to ready, ms', atMost: 600, of: 'value' },
  { figure: 'idle RSS, MiB', atMost: 90, of: 'value' },
]

/** What a figure is, as a rule, as a ratio to that of a peer. */
export interface Usual {
  figure: string
  peer: string
  ratio: number
}

/**
 * What CI compares with. Not with Go: where others take the caches of a machine, anything in Node costs two to three times
 * what Go does, and these ratios move little (docs/performance.md).
 */
export const USUAL: readonly Usual[] = [
  { figure: requestFigure('manifest GET'), peer: BARE_UNDICI, ratio: 1.35 },
  { figure: requestFigure('manifest HEAD'), peer: BARE_UNDICI, ratio: 1.35 },
  { figure: requestFigure('layer 307'), peer: BARE_UNDICI, ratio: 1.45 },
  { figure: transferFigure('1 GiB down'), peer: BARE_HTTPS, ratio: 0.8 },
  { figure: transferFigure('1 GiB up by PATCH'), peer: BARE_HTTPS, ratio: 0.9 },
  { figure: transferFigure('1 GiB up by PUT'), peer: BARE_HTTPS, ratio: 0.85 },
]
