import type { Task } from './task.ts'
import { layer200MiB, layer2GiB } from './tasks/big-layer.ts'
import { configOnly, emptyLayer, image, index, signature } from './tasks/contents.ts'
import { mount, remove, tagPages } from './tasks/others.ts'
import { resume } from './tasks/resume.ts'

/** The columns of the table. */
export const TASKS: readonly Task[] = [
  image,
  index,
  signature,
  emptyLayer,
  configOnly,
  layer200MiB,
  layer2GiB,
  resume,
  mount,
  remove,
  tagPages,
]
