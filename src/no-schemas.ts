/**
 * Fastify's `schemaController` for an app none of whose routes has a schema. Fastify's own loads two validators and a
 * serializer, a MiB of memory, and then compiles nothing with them.
 */
export const NO_SCHEMAS = { compilersFactory: { buildValidator: refuse, buildSerializer: refuse } }

function refuse(): never {
  throw new Error('a route has a schema, and nothing here would check it')
}
