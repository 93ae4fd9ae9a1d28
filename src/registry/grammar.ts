/** Longest repository name that ECR accepts, in characters. */
const MAX_NAME_LENGTH = 256

// OCI distribution spec 1.1, "Pulling manifests". ECR's own grammar is a subset.
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/
/** In characters: twice what sha512 has. The log repeats a digest, and its lines have a bound. */
const MAX_DIGEST_LENGTH = 256
const HEX_LENGTH = new Map([
  ['sha256', 64],
  ['sha512', 128],
])

/** Whether `text` is a repository name of the OCI distribution spec, at most 256 characters long. */
export function isRepositoryName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text)
}

/** Whether `text` is a tag of the OCI distribution spec. */
export function isTag(text: string): boolean {
  return TAG.test(text)
}

/** Whether `text` is a digest of the OCI image spec, at most 256 characters long; the registered algorithms must have their exact length in lower-case hex. */
export function isDigest(text: string): boolean {
  if (text.length > MAX_DIGEST_LENGTH || !DIGEST.test(text)) return false
  const colon = text.indexOf(':')
  const length = HEX_LENGTH.get(text.slice(0, colon))
  const encoded = text.slice(colon + 1)
  return length === undefined || (encoded.length === length && /^[a-f0-9]+$/.test(encoded))
}
