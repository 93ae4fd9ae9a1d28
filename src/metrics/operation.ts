import type { RegistryRequest } from '../registry/request.ts'

/** The kinds of work that are counted apart; in this order wherever they are listed. */
export const OPERATIONS = ['manifest-pull', 'manifest-push', 'layer-pull', 'layer-push', 'tags', 'other'] as const

export type Operation = (typeof OPERATIONS)[number]

/** One of something for each operation. */
export function byOperation<T>(make: (operation: Operation) => T): Record<Operation, T> {
  return {
    'manifest-pull': make('manifest-pull'),
    'manifest-push': make('manifest-push'),
    'layer-pull': make('layer-pull'),
    'layer-push': make('layer-push'),
    tags: make('tags'),
    other: make('other'),
  }
}

/** The operation that a request counts under; what could not be parsed, or asks nothing of the registry, is `other`. */
export function operationOf(request: RegistryRequest | undefined): Operation {
  switch (request?.kind) {
    case 'manifest':
      if (request.method === 'DELETE') return 'other'
      return request.method === 'PUT' ? 'manifest-push' : 'manifest-pull'
    case 'blob':
      return request.method === 'DELETE' ? 'other' : 'layer-pull'
    case 'upload':
      return 'layer-push'
    case 'tags':
      return 'tags'
    case 'referrers':
    case 'catalog':
    case 'ping':
    case undefined:
      return 'other'
    default:
      return request satisfies never
  }
}
