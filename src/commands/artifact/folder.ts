/** The directory of a run or paper session, and the files in it. */

import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ArtifactFile } from '../../../contracts/types.ts'
import { newestAttempt } from '../../artifacts/experiment-attempt.ts'
import { isRunDir } from '../../artifacts/run-reader.ts'
import { sha256Hex } from '../../base/canonical.ts'
import { isFolder, listFolder, storing } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import type { Context } from '../command.ts'
import { isRunName, locateRun, noSuchRuns } from '../locate-run.ts'
import { findModelFolder } from '../model/folder.ts'

/** The directory a request names by the id of a run, session, model run or experiment (its newest attempt), or by its path; null where there is none. */
export function findFolder(name: string, context: Pick<Context, 'root' | 'cwd'>): string | null {
  const path = locateRun(name, context)
  if (path !== null) return path
  const model = findModelFolder(name, context)
  if (model !== null || !isRunName(name)) return model
  const attempt = newestAttempt(context.root, name)
  if (attempt !== null) return attempt
  const sessions = [layout.paperSession(context.root, name), layout.forwardRun(context.root, name)]
  return sessions.find(isRunDir) ?? null
}

/** The same; NOT_FOUND with the nearest name where there is none. */
export function runFolder(name: string, context: Pick<Context, 'root' | 'cwd'>): string {
  const path = findFolder(name, context)
  if (path === null) throw noSuchRuns([{ name, pointer: '/params/run_id' }], context)
  return path
}

/** The id of a run is the name of its directory; an attempt is told by its experiment. */
export function runIdIn(path: string): string {
  const name = basename(path)
  return /^attempt-\d+$/.test(name) ? basename(dirname(path)) : name
}

/** One file with its size and hash. */
export function fileOf(path: string, name: string): ArtifactFile {
  const bytes = storing(join(path, name), () => readFileSync(join(path, name)))
  return { file_name: name, size_bytes: bytes.length, sha256: sha256Hex(bytes) }
}

/** Names of all regular files below a directory, links to directories left out, in code-point order. */
export function filesBelow(path: string, prefix = ''): string[] {
  return listFolder(join(path, prefix)).flatMap(name => {
    const below = `${prefix}${name}`
    if (isFolder(join(path, below))) return filesBelow(path, `${below}/`)
    return statSync(join(path, below), { throwIfNoEntry: false })?.isFile() ? [below] : []
  })
}
