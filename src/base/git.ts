/** The commit checked out around a directory, read from `.git` itself: starting git would cost more than a run. */

import { lstatSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readTextIfPresent } from './files.ts'

/** Full hash of HEAD, or `unknown` outside a repository or where it cannot be read. */
export function gitCommit(folder: string): string {
  try {
    for (let at = resolve(folder); ; at = dirname(at)) {
      const git = gitFolder(join(at, '.git'))
      if (git !== null) return headOf(git) ?? 'unknown'
      if (dirname(at) === at) return 'unknown'
    }
  } catch {
    return 'unknown'
  }
}

/** `.git` is a folder, or in a work tree a file that names one. */
function gitFolder(path: string): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  if (stat.isDirectory()) return path
  const target = /^gitdir: (.+)$/m.exec(readTextIfPresent(path) ?? '')?.[1]
  return target === undefined ? null : resolve(dirname(path), target)
}

function headOf(git: string): string | undefined {
  const head = readTextIfPresent(join(git, 'HEAD'))?.trim() ?? ''
  const ref = /^ref: (.+)$/.exec(head)?.[1]
  if (ref === undefined) return /^[0-9a-f]{40,64}$/.test(head) ? head : undefined
  const common = readTextIfPresent(join(git, 'commondir'))?.trim()
  const shared = common === undefined ? git : resolve(git, common)
  const loose = readTextIfPresent(join(git, ref)) ?? readTextIfPresent(join(shared, ref))
  if (loose !== null) return loose.trim()
  const packed = readTextIfPresent(join(shared, 'packed-refs')) ?? ''
  return packed
    .split('\n')
    .find(line => line.endsWith(` ${ref}`))
    ?.split(' ')[0]
}
