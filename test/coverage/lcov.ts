/** What an lcov file says of one source file: how many lines and branches there are, and where the missed ones stand. */
export interface FileCoverage {
  file: string
  lines: number
  missedLines: number[]
  branches: number
  /** The line of each; a line with two missed branches is there twice. */
  missedBranches: number[]
}

/** Reads the records of an lcov tracefile (geninfo(1)): SF, DA and BRDA; the sums are made anew. Throws on a line of these that it cannot read. */
export function parseLcov(text: string): FileCoverage[] {
  const files: FileCoverage[] = []
  let current: FileCoverage | undefined
  for (const line of text.split('\n')) {
    const [keyword = '', rest = ''] = split(line)
    if (keyword === 'SF') {
      current = { file: rest, lines: 0, missedLines: [], branches: 0, missedBranches: [] }
      files.push(current)
    } else if (keyword === 'DA' || keyword === 'BRDA') {
      if (current === undefined) throw new Error(`not lcov, ${keyword} ahead of any SF: ${line}`)
      count(current, keyword, rest)
    } else if (line === 'end_of_record') {
      current = undefined
    }
  }
  return files
}

function split(line: string): [keyword: string, rest: string] {
  const colon = line.indexOf(':')
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)]
}

function count(file: FileCoverage, keyword: 'DA' | 'BRDA', rest: string): void {
  // DA:line,hits[,checksum] and BRDA:line,block,branch,hits, where - is for a branch that was never looked at.
  const pattern = keyword === 'DA' ? /^(\d+),(\d+)(?:,|$)/ : /^(\d+),[^,]+,[^,]+,(\d+|-)$/
  const [, at, hits] = pattern.exec(rest) ?? []
  if (at === undefined || hits === undefined) throw new Error(`not lcov: ${keyword}:${rest}`)
  const missed = hits === '-' || Number(hits) === 0
  if (keyword === 'DA') {
    file.lines += 1
    if (missed) file.missedLines.push(Number(at))
  } else {
    file.branches += 1
    if (missed) file.missedBranches.push(Number(at))
  }
}
