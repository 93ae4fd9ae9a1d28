/** Why a mutant may live. */
export const KINDS = {
  text: 'A text for people, such as a description, a log message or the name of an error. A test that repeats a sentence proves that it was copied; what tools read has one.',
  flows: 'What constructs, wires and examines. Tests of whole flows notice it, and those are not run for each mutant.',
  time: 'A time limit of calls to AWS. `test/ecr/token-timeout.test.ts` holds one in ten seconds of real time.',
  property: 'Property tests notice it, which are left out because they draw their cases anew each time.',
  typed: 'A fallback for what only the types allow: nothing reaches it. `test/coverage/exceptions.ts` has the reasons.',
  shortcut:
    'A shortcut, or what is done once in place of each time: without it the result is the same, and later there.',
  implied:
    'Conditions that imply each other, or a value that is written again before it is read: what is decided is the same.',
  bound:
    '`<` for `<=`, or a sum for a difference, where a millisecond or a byte more is no difference to whoever reads it.',
} as const

export type Kind = keyof typeof KINDS

/** By file, how many of its mutants may live, and why. */
export type Explanations = Readonly<Record<string, Readonly<Partial<Record<Kind, number>>>>>

/** How many mutants of a file may live. */
export function explainedIn(explanations: Explanations, file: string): number {
  return Object.values(explanations[file] ?? {}).reduce((sum, count) => sum + count, 0)
}

export const EXPLAINED: Explanations = {
  'src/config/effective.ts': { text: 1, implied: 1 },
  'src/config/keywords.ts': { typed: 5, implied: 4 },
  'src/config/load.ts': { text: 2, typed: 2, implied: 29 },
  'src/config/schema.ts': { text: 32, property: 3, implied: 5 },
  'src/config/units.ts': { typed: 2 },
  'src/debug/findings.ts': { text: 3, typed: 1, implied: 10, bound: 19 },
  'src/debug/history.ts': { bound: 1 },
  'src/debug/loopback.ts': { implied: 1 },
  'src/debug/past.ts': { implied: 1, bound: 1 },
  'src/debug/series.ts': { implied: 1, bound: 2 },
  'src/debug/source-frames.ts': { implied: 5, bound: 2 },
  'src/doctor/aws-refusal.ts': { text: 2, flows: 9 },
  'src/doctor/certificate.ts': { text: 9, flows: 18 },
  'src/doctor/chain.ts': { text: 1, flows: 4 },
  'src/doctor/clock.ts': { text: 2, flows: 2 },
  'src/doctor/configuration.ts': { text: 1, flows: 10 },
  'src/doctor/credentials.ts': { text: 13, flows: 21 },
  'src/doctor/port.ts': { text: 4, flows: 10 },
  'src/doctor/reachability.ts': { text: 15, flows: 33 },
  'src/doctor/registry-name.ts': { text: 4, flows: 7 },
  'src/doctor/report.ts': { text: 2, flows: 14 },
  'src/doctor/repository.ts': { text: 11, flows: 8 },
  'src/doctor/token.ts': { text: 12, flows: 18 },
  'src/doctor/trouble.ts': { flows: 8 },
  'src/ecr/create-token-source.ts': { text: 3, flows: 16 },
  'src/ecr/ecr-token-source.ts': { text: 1, typed: 2, implied: 8, bound: 3 },
  'src/ecr/host.ts': { typed: 2, implied: 1 },
  'src/ecr/token-client.ts': { time: 4, implied: 1, bound: 1 },
  'src/metrics/cloudwatch-sink.ts': { text: 4, time: 3, implied: 1, bound: 5 },
  'src/metrics/create-flusher.ts': { text: 1, flows: 17 },
  'src/metrics/distribution.ts': { implied: 2, bound: 1 },
  'src/metrics/emf-sink.ts': { implied: 1, bound: 2 },
  'src/metrics/flusher.ts': { text: 4, typed: 1, shortcut: 2 },
  'src/metrics/operation.ts': { typed: 1 },
  'src/metrics/prometheus.ts': { text: 1, bound: 1 },
  'src/metrics/readings.ts': { implied: 4 },
  'src/metrics/recorder.ts': { text: 1, typed: 1, implied: 1, bound: 2 },
  'src/metrics/sink.ts': { text: 1 },
  'src/registry/headers.ts': { typed: 5, shortcut: 2, bound: 2 },
  'src/registry/location.ts': { text: 3, typed: 1 },
  'src/registry/parse.ts': { text: 8, typed: 1, shortcut: 4 },
  'src/registry/query.ts': { typed: 2, shortcut: 3, implied: 1, bound: 1 },
  'src/registry/request.ts': { typed: 1 },
  'src/registry/response-head.ts': { typed: 1, shortcut: 1, bound: 2 },
  'src/registry/upstream-error.ts': { typed: 4, shortcut: 1 },
  'src/shedding/admission.ts': { implied: 1 },
  'src/shedding/memory-usage.ts': { flows: 5 },
  'src/shedding/shedder.ts': { implied: 2, bound: 1 },
  'src/shedding/starts-work.ts': { typed: 1, implied: 1 },
  'src/upstream/missing-repository.ts': { typed: 1, implied: 2 },
  'src/upstream/request-payload.ts': { implied: 1 },
  'src/upstream/retry-policy.ts': { typed: 1, implied: 4, bound: 1 },
}
