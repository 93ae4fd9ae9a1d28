import { ConfigSchema } from '../config/schema.ts'

/** The settings, as far as they are no secrets: whatever is marked as one in the schema is left out. */
export function shownSettings(settings: object): Record<string, unknown> {
  const shown = Object.entries(ConfigSchema.properties).filter(([, setting]) => !('secret' in setting))
  const names = new Set(shown.map(([name]) => name))
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.has(name)))
}
