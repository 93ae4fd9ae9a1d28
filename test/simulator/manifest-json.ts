import type { Descriptor, ManifestJson } from './store.ts'

/** A manifest of any kind, or undefined when the bytes are not one. */
export function parseManifest(body: Buffer): ManifestJson | undefined {
  try {
    const json: unknown = JSON.parse(body.toString())
    return isManifest(json) ? json : undefined
  } catch {
    return undefined
  }
}

// ECR takes the fields of the image spec and no other (containers-roadmap#2439, opcr-io/policy#149).
const MANIFEST_FIELDS = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'manifests',
  'subject',
  'annotations',
]
const DESCRIPTOR_FIELDS = ['mediaType', 'digest', 'size', 'urls', 'annotations', 'data', 'artifactType', 'platform']
const PLATFORM_FIELDS = ['architecture', 'os', 'os.version', 'os.features', 'variant']

function isManifest(json: unknown): json is ManifestJson {
  if (!isObject(json) || !hasOnly(json, MANIFEST_FIELDS)) return false
  const { mediaType, artifactType, config, layers, manifests, subject, annotations } = json
  return (
    isOptional(mediaType, isString) &&
    isOptional(artifactType, isString) &&
    isOptional(config, isDescriptor) &&
    isOptional(subject, isDescriptor) &&
    isOptional(layers, isDescriptors) &&
    isOptional(manifests, isDescriptors) &&
    isOptional(annotations, isStringMap)
  )
}

function isDescriptor(value: unknown): value is Descriptor {
  if (!isObject(value) || !hasOnly(value, DESCRIPTOR_FIELDS)) return false
  const { digest, mediaType, platform } = value
  return isString(digest) && isOptional(mediaType, isString) && isOptional(platform, isPlatform)
}

function isPlatform(value: unknown): boolean {
  return isObject(value) && hasOnly(value, PLATFORM_FIELDS)
}

function hasOnly(object: Record<string, unknown>, fields: readonly string[]): boolean {
  return Object.keys(object).every((field) => fields.includes(field))
}

function isDescriptors(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => isDescriptor(each))
}

function isStringMap(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((each) => isString(each))
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || value === null || is(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
