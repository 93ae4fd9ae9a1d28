import { download, type RequestShape, type Target, upload } from './load.ts'

/** One figure of one subject; smaller is better unless the name says otherwise. */
export type Figures = Record<string, number>

export interface Scale {
  /** How often each subject is started until it is ready, and again until its first manifest; each time is the median of these. */
  starts: number
  /** How often each subject has its turn at each kind of work. CPU is that of all turns together. */
  turns: number
  /** Requests of each kind in a turn. */
  requests: number
  /** Bytes of each kind of transfer in a turn. */
  bytes: number
  /** How often each subject has its turn at many uploads, at connections and at a steady rate; peaks and latencies are medians of these. */
  rounds: number
  /** Bytes of each of the uploads that run at once. */
  manyBytes: number
  coldConnections: number
  pacedSeconds: number
}

export const FULL: Scale = {
  starts: 3,
  turns: 10,
  requests: 5000,
  bytes: 2 ** 27,
  rounds: 3,
  manyBytes: 64 * 2 ** 20,
  coldConnections: 100,
  pacedSeconds: 5,
}
export const SHORT: Scale = {
  starts: 1,
  turns: 3,
  requests: 2000,
  bytes: 2 ** 26,
  rounds: 1,
  manyBytes: 8 * 2 ** 20,
  coldConnections: 50,
  pacedSeconds: 3,
}

const MANIFEST = '/v2/bench/app/manifests/1'
const LAYER = `/v2/bench/app/blobs/sha256:${'c'.repeat(64)}`
export const PULL: RequestShape = { method: 'GET', path: MANIFEST, status: 200 }

export const SHAPES: Record<string, RequestShape> = {
  'manifest GET': PULL,
  'manifest HEAD': { method: 'HEAD', path: MANIFEST, status: 200 },
  'layer 307': { method: 'GET', path: LAYER, status: 307 },
}

export type Transfer = (target: Target, bytes: number) => Promise<unknown>

export const TRANSFERS: Record<string, Transfer> = {
  '1 GiB down': (target, bytes) => download(target, `${LAYER}?bytes=${bytes}`, bytes),
  '1 GiB up by PATCH': (target, bytes) => upload(target, 'PATCH', bytes),
  '1 GiB up by PUT': (target, bytes) => upload(target, 'PUT', bytes),
}

/** The name of the figure that goals are set on, for a kind of request. */
export function requestFigure(name: string): string {
  return `${name}, CPU us per request`
}

/** The same for a kind of transfer. */
export function transferFigure(name: string): string {
  return `${name}, CPU s`
}
