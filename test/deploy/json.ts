/** A member of an object, however deep: `at(x, 'a', 0, 'b')` is x.a[0].b; undefined where there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.entries(here).find(([name]) => name === String(key))?.[1]
  }
  return here
}

/** The members of a list; none where it is no list. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** Every object within a value, itself included. */
export function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap((member) => objectsIn(member))]
}

/** The values that a resolved property of a template may have: both of a condition, and all of a mapping. */
export function alternatives(value: unknown): unknown[] {
  if (at(value, '__conditional') !== undefined) {
    return [at(value, '__if_true'), at(value, '__if_false')].filter((each) => each !== null).flatMap(alternatives)
  }
  const all = at(value, '__enum')
  return Array.isArray(all) ? [...new Set(all)] : [value]
}
