import type { Outcome } from './junit.ts'
import type { Registry, Way } from './stage.ts'

/** Something that ECR does otherwise than the spec has it: every test that matches comes out so, and no other. */
export interface Deviation {
  tests: RegExp
  /** The same in words. */
  what: string
  outcome: Exclude<Outcome, 'passed'>
  ways: readonly Way[]
  why: string
  /** Where somebody saw or documented it; for an assumption, that it is one. */
  source: string
}

const BOTH = ['direct', 'proxied'] as const
const ROADMAP = 'https://github.com/aws/containers-roadmap/issues/'

export const DEVIATIONS: readonly Deviation[] = [
  {
    tests: /\/blob-patch-(chunked|stream)$/,
    what: 'pushes of a blob by PATCH',
    outcome: 'failed',
    ways: ['direct'],
    why: 'PATCH is answered 201 and not 202. The proxy makes it 202.',
    source: `[roadmap 2831](${ROADMAP}2831), [tart 273](https://github.com/cirruslabs/tart/issues/273)`,
  },
  {
    tests: /^(?!bad-digest-image\/).*\/push\/manifest-by-(digest|tag)$/,
    what: 'pushes of a manifest, but for those that have to fail',
    outcome: 'failed',
    ways: BOTH,
    why: 'PUT of a manifest is answered 201 without a Location. The manifest is there: the pulls that follow pass.',
    source: '[swift-container-plugin 27](https://github.com/apple/swift-container-plugin/pull/27)',
  },
  {
    tests: /\/chunked out-of-order.*\/blob-patch-chunked$/,
    what: 'chunks out of order',
    outcome: 'failed',
    ways: BOTH,
    why: 'A chunk out of order is refused with 416, as it has to be, but GET of the upload, which then tells how to go on, is 404.',
    source:
      '[.NET SDK 33019](https://github.com/dotnet/sdk/pull/33019), seen on ECR Public; the same is assumed of private ECR',
  },
  {
    tests: /^(artifacts|index)-with-subject\/tag-list$/,
    what: 'tag lists of more than one tag',
    outcome: 'failed',
    ways: BOTH,
    why: '`last` of a tag list is a cursor that ECR made, and a tag in its place is 405.',
    source:
      '[drydock 927](https://github.com/CodesWhat/drydock/pull/927), seen on ECR Public; the same is assumed of private ECR',
  },
  {
    tests: /^custom-fields\/(push\/manifest|tag-list|head\/manifest|pull\/manifest)/,
    what: 'manifests and configurations with other fields',
    outcome: 'failed',
    ways: BOTH,
    why: 'A manifest with a field that ECR does not know is 405, so there is nothing to list and to pull.',
    source: `[roadmap 2439](${ROADMAP}2439), [policy 149](https://github.com/opcr-io/policy/issues/149)`,
  },
  {
    tests: /^no-layers\/(push\/manifest|tag-list|head\/manifest|pull\/manifest)/,
    what: 'images without layers',
    outcome: 'failed',
    ways: BOTH,
    why: 'An image without layers is refused.',
    source: 'comments in the tests of [chalk](https://github.com/crashappsec/chalk)',
  },
  {
    tests:
      /^sha512(?: blobs)?\/(?!bad digest).*(?:blob-(?:post-put|post-only|patch-stream|patch-chunked|mount|mount-anonymous|head|get)|manifest-(?:head-)?by-digest)$/,
    what: 'everything by a sha512 digest',
    outcome: 'failed',
    ways: BOTH,
    why: 'Only digests by sha256 are taken.',
    source: 'assumed: nobody is known to have tried another',
  },
  {
    tests: /\/blob-delete$/,
    what: 'deletion of a blob',
    outcome: 'skipped',
    ways: BOTH,
    why: 'Blobs cannot be deleted (405), which the spec allows; ECR removes what no image needs.',
    source: 'assumed: the API of ECR has no such call',
  },
  {
    tests: /^sha256 blobs\/mount( anonymous)?\/blob-mount/,
    what: 'mounts of a blob',
    outcome: 'skipped',
    ways: BOTH,
    why: 'A blob is mounted only when a manifest of the repository it comes from needs it; else an upload begins, which the spec allows.',
    source: `[roadmap 2860](${ROADMAP}2860)`,
  },
  {
    tests: /^sha256 blobs\/range requests\/range 500-0$/,
    what: 'the range 500-0',
    outcome: 'skipped',
    ways: BOTH,
    why: 'S3 ignores a range that ends before it begins, and answers with the whole blob.',
    source: 'RFC 9110, section 14.1.1, by which such a range is invalid and may be ignored',
  },
  {
    tests: /\/post cancel\/blob-post-cancel$/,
    what: 'cancelled uploads',
    outcome: 'skipped',
    ways: BOTH,
    why: 'Version 1.1 of the spec cannot cancel an upload.',
    source: 'the suite',
  },
]

/** Where a test passes through the proxy that fails, or cannot even begin, without it. */
export interface Improvement {
  registry: Registry
  tests: RegExp
  /** The same in words. */
  what: string
  why: string
}

export const IMPROVEMENTS: readonly Improvement[] = [
  {
    registry: 'simulator',
    tests:
      /^sha256 blobs\/(?:chunked single|chunked multi|chunked multi and put chunk|stream)\/blob-(?:patch-chunked|patch-stream|head|get)$/,
    what: 'pushes by PATCH, in one chunk, in several and as a stream',
    why: "ECR's 201 to a PATCH becomes the 202 of the spec, so a push in chunks or as a stream goes through, and what it pushed is pulled.",
  },
  {
    registry: 'simulator',
    tests: /^sha\d+ blobs\/bad digest (?:chunked|chunked and put chunk|stream)\/blob-patch-(?:chunked|stream)$/,
    what: 'the same with a wrong digest',
    why: 'The same 202 lets such a push come as far as its wrong digest, which is refused as it has to be.',
  },
  {
    registry: 'plain',
    tests: /^invalid-digest-format\/manifest-(?:put|get)$/,
    what: 'references of a wrong form',
    why: 'A reference that is neither a tag nor a digest is 500 from docker-registry; the proxy refuses it itself, with 400 and 404.',
  },
]
