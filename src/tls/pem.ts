import { errorCode } from '../error-code.ts'
import { readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'

/** What a setting that is PEM text, or the path of it, has come to. */
export type Pem = { text: string } | { problem: string }

export type PemSetting = 'TLS_CERTIFICATE' | 'TLS_PRIVATE_KEY'

const PEM_MARK = '-----BEGIN '

/** Whether a setting is the text itself (as ECS and Kubernetes secrets give it), and so never changes. */
export function isPemText(value: string): boolean {
  return value.includes(PEM_MARK)
}

/** The PEM text of a setting. Problems name the setting and never repeat a PEM text. */
export function readPem(name: PemSetting, value: string): Pem {
  if (isPemText(value)) return given(value)
  try {
    return { text: readFileSync(value, 'utf8') }
  } catch (error) {
    return unreadable(name, value, error)
  }
}

/** The same once more, without holding the process up; `known` is what the first time has brought. */
export async function rereadPem(name: PemSetting, value: string, known: string): Promise<Pem> {
  if (isPemText(value)) return given(value)
  try {
    // A pipe gives its text once: opening it again would wait for a writer for ever.
    if ((await stat(value)).isFIFO()) return { text: known }
    return { text: await readFile(value, 'utf8') }
  } catch (error) {
    return unreadable(name, value, error)
  }
}

function given(value: string): Pem {
  // Some secret stores turn the line breaks of a PEM text into the two characters \n.
  return { text: value.replaceAll('\\n', '\n') }
}

function unreadable(name: PemSetting, value: string, error: unknown): Pem {
  const code = errorCode(error) ?? 'unknown error'
  return { problem: `${name}: ${shown(value)} cannot be read (${code}); expected the path of a PEM file, or PEM text` }
}

// So many characters of base64 in a row soon have a capital or a plus, where the names in a path seldom have one.
const LIKE_BASE64 = /(?=[a-z0-9/]*[A-Z+])[A-Za-z0-9+/=]{16}/
/** The same within one name of a path. */
const NAME_LIKE_BASE64 = /(?=[a-z0-9]*[A-Z+])[A-Za-z0-9+=]{16}/

/** A key given as bare base64, or a piece of one, is taken for a path, and must not stand in a log as one. */
function shown(value: string): string {
  const beginsAsPath = /^[./~]\S*$/.test(value)
  const hasExtension = /^\S+\.[A-Za-z]{2,5}$/.test(value)
  // With both, it may have capitals; a key that was damaged may end in what looks like an extension.
  const likeAKey = beginsAsPath && hasExtension ? NAME_LIKE_BASE64 : LIKE_BASE64
  const likeAPath = (beginsAsPath || hasExtension) && !likeAKey.test(value)
  return likeAPath && value.length <= 200 ? JSON.stringify(value) : 'the file'
}
