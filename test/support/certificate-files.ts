import { mkdtemp, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Certificates } from './certificates.ts'

export type KeyPair = Pick<Certificates, 'cert' | 'key'>

const [CERTIFICATE, KEY] = ['tls.crt', 'tls.key']

/** A certificate and its key in a directory of a test's own, and the ways in which others renew them. */
export class CertificateFiles {
  readonly directory: string
  readonly certificate: string
  readonly privateKey: string

  private constructor(directory: string) {
    this.directory = directory
    this.certificate = join(directory, CERTIFICATE)
    this.privateKey = join(directory, KEY)
  }

  /** Two plain files. */
  static async plain(t: TestContext, pair: KeyPair): Promise<CertificateFiles> {
    const files = await CertificateFiles.#none(t)
    await files.overwrite(pair)
    return files
  }

  /** As Kubernetes mounts a secret: what the names lead to stands in a directory that `..data` leads to. */
  static async mounted(t: TestContext, pair: KeyPair): Promise<CertificateFiles> {
    const files = await CertificateFiles.#none(t)
    await files.swap(pair)
    for (const name of [CERTIFICATE, KEY]) await symlink(join('..data', name), join(files.directory, name))
    return files
  }

  static async #none(t: TestContext): Promise<CertificateFiles> {
    const directory = await mkdtemp(join(tmpdir(), 'certificate-files-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    return new CertificateFiles(directory)
  }

  /** Into the files that are there, as cp does. */
  async overwrite({ cert, key }: KeyPair): Promise<void> {
    await writeFile(this.certificate, cert)
    await writeFile(this.privateKey, key, { mode: 0o600 })
  }

  /** New files in the place of the old ones, as certbot and most programs do. */
  async replace({ cert, key }: KeyPair): Promise<void> {
    for (const [path, pem] of [
      [this.certificate, cert],
      [this.privateKey, key],
    ] as const) {
      await writeFile(`${path}.new`, pem, { mode: 0o600 })
      await rename(`${path}.new`, path)
    }
  }

  /** A new directory beside the old one, which `..data` leads to from one moment to the next, as Kubernetes does. */
  async swap({ cert, key }: KeyPair): Promise<void> {
    const version = await mkdtemp(`${this.directory}/..version-`)
    await writeFile(join(version, CERTIFICATE), cert)
    await writeFile(join(version, KEY), key)
    const [data, next] = [`${this.directory}/..data`, `${this.directory}/..data_tmp`]
    const old = await readlink(data).catch(() => undefined)
    await symlink(version, next)
    await rename(next, data)
    if (old !== undefined) await rm(old, { recursive: true })
  }
}
