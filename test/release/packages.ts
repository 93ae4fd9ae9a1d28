import { readFileSync } from 'node:fs'

export const ROOT = new URL('../../../', import.meta.url)

interface LockedPackage {
  resolved?: string
  integrity?: string
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  os?: string[]
  cpu?: string[]
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

export function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

/** package-lock.json: each package by its folder; this project itself by ''. */
export function lockedPackages(): Record<string, LockedPackage> {
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(textOf('package-lock.json'))
  return packages
}

/** The folders of the packages that are in the image. */
export function productionFolders(): string[] {
  return Object.entries(lockedPackages())
    .filter(([folder, { dev }]) => folder !== '' && dev !== true)
    .map(([folder]) => folder)
}
