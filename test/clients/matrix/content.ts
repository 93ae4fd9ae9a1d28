import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArtifactOptions, type Descriptor, type ImageDescriptor, OciLayout } from '../oci-layout.ts'

/** What a task has a client push: an OCI layout with one thing in it, under one tag. */
export interface Content {
  readonly kind: 'image' | 'index' | 'empty layer' | 'artifact'
  readonly layout: string
  readonly tag: string
  readonly root: Descriptor
  /** Bytes of each layer before compression, for clients that cannot read a layout and make an image of their own. */
  readonly sizes: readonly number[]
}

const TAG = '1.0.0'
const PLATFORMS = ['amd64', 'arm64', 's390x']

export async function imageOf(directory: string, sizes: readonly number[]): Promise<Content> {
  const layout = await newLayout(directory)
  const root = await layout.addImage('amd64', sizes)
  return finished(layout, { kind: 'image', root, sizes })
}

/** An index with an image of one layer for each of three platforms. */
export async function indexOf(directory: string, size: number): Promise<Content> {
  const layout = await newLayout(directory)
  const images: ImageDescriptor[] = []
  for (const architecture of PLATFORMS) images.push(await layout.addImage(architecture, [size]))
  const root = await layout.addIndex(images)
  return finished(layout, { kind: 'index', root, sizes: [size] })
}

export async function emptyLayerOf(directory: string): Promise<Content> {
  const layout = await newLayout(directory)
  const root = await layout.addEmptyLayerImage()
  return finished(layout, { kind: 'empty layer', root, sizes: [0] })
}

export async function artifactOf(directory: string, options: ArtifactOptions): Promise<Content> {
  const layout = await newLayout(directory)
  const root = await layout.addArtifact(options)
  return finished(layout, { kind: 'artifact', root, sizes: [] })
}

async function newLayout(directory: string): Promise<OciLayout> {
  return new OciLayout(await mkdtemp(join(directory, 'layout-')))
}

async function finished(layout: OciLayout, content: Omit<Content, 'layout' | 'tag'>): Promise<Content> {
  await layout.tag(TAG, content.root)
  return { ...content, layout: layout.directory, tag: TAG }
}
