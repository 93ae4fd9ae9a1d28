import type { RegistryContext } from './context.ts'
import { urlOf } from './context.ts'
import type { Answer, Exchange } from './exchange.ts'
import { pageOf } from './paging.ts'
import { nameUnknown } from './registry-errors.ts'

export function tagsAnswer(exchange: Exchange, name: string, context: RegistryContext): Answer {
  const repository = context.store.repositories.get(name)
  if (repository === undefined) return nameUnknown(name, context.host.account)
  return listAnswer([...repository.tags.keys()], exchange, context, (tags) => ({ name, tags }))
}

export function catalogAnswer(exchange: Exchange, context: RegistryContext): Answer {
  return listAnswer([...context.store.repositories.keys()], exchange, context, (repositories) => ({ repositories }))
}

function listAnswer(
  all: string[],
  exchange: Exchange,
  context: RegistryContext,
  render: (items: string[]) => object,
): Answer {
  const page = pageOf(all, exchange.path, exchange, context.cursors)
  if ('status' in page) return page
  const link =
    page.next === undefined ? {} : { Link: `<${urlOf(context, `${exchange.path}?${page.next}`)}>; rel="next"` }
  return {
    status: 200,
    // JSON in fact; ECR says text (deitch/docker_registry2#34).
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...link },
    body: `${JSON.stringify(render(page.items))}\n`,
  }
}
