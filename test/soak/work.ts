import { leaveBeforeAnswer, leaveDownload, leaveUpload, stayHalfOpen } from './departures.ts'
import type { Operation } from './operation.ts'
import type { Kind } from './plan.ts'
import { pull, pullDirect, readSlowly } from './pulls.ts'
import { beRefusedEarly, inChunks, inDrips, inOnePost, inOnePut, mount, push } from './pushes.ts'
import { askForMissing, listTags } from './questions.ts'

const KIB = 1024

/** What an operation of each kind does. Each throws OperationFailure when it goes no further. */
export const WORK: Readonly<Record<Kind, (operation: Operation) => Promise<void>>> = {
  pull,
  'pull-direct': pullDirect,
  tags: listTags,
  missing: askForMissing,
  'push-chunked': (operation) => push(operation, inChunks, layerBytes(operation)),
  'push-monolithic': (operation) => push(operation, inOnePut, layerBytes(operation)),
  'push-one-post': (operation) => push(operation, inOnePost, layerBytes(operation)),
  mount,
  'early-refusal': beRefusedEarly,
  'slow-writer': (operation) => push(operation, inDrips, operation.plan.random.between(200 * KIB, 1000 * KIB)),
  'slow-reader': readSlowly,
  'leave-upload': leaveUpload,
  'leave-download': leaveDownload,
  'leave-before-answer': leaveBeforeAnswer,
  'half-open': stayHalfOpen,
}

/** Most layers are small, some are not. */
function layerBytes({ plan: { random } }: Operation): number {
  return random.pick([
    random.between(KIB, 64 * KIB),
    random.between(64 * KIB, 800 * KIB),
    random.between(KIB, 6000 * KIB),
  ])
}
