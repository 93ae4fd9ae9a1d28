import type { CpuProfile } from './profiler.ts'
import type { SourceFrames } from './source-frames.ts'

/** A CPU profile for Chrome DevTools (`.cpuprofile`), with our own TypeScript in the place of what it was compiled to. */
export function devToolsProfile(profile: CpuProfile, frames: SourceFrames): CpuProfile {
  const nodes = profile.nodes.map(({ positionTicks: _linesOfJavaScript, ...node }) => {
    const { file, line } = frames.frameOf(node.callFrame)
    // DevTools counts from 0.
    return { ...node, callFrame: { ...node.callFrame, url: file, lineNumber: line - 1, columnNumber: 0 } }
  })
  return { ...profile, nodes }
}
