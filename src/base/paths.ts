/** Paths that callers name: what they are relative to, and the fence around directories written to. */

import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fail } from './errors.ts'
import { hasCode } from './files.ts'

/**
 * Absolute form of a caller's path: relative ones start at the working directory `cwd`, those into `outputs/` or `lake/`
 * at `root`, where these folders are. Both are absolute. INVALID_CONFIG for a path that no file can have.
 */
export function resolvePath(root: string, cwd: string, path: string): string {
  if (path === '' || path.includes('\0')) throw badPath(path, 'is no path')
  if (isAbsolute(path)) return resolve(path)
  const [first] = relative(cwd, resolve(cwd, path)).split(sep)
  return resolve(first === 'outputs' || first === 'lake' ? root : cwd, path)
}

/**
 * Absolute form of a directory that a caller names for output, spelled from `root` with every link below it resolved.
 * INVALID_CONFIG unless it lies in the root; it may be absent, its missing part is then to be created.
 */
export function insideRoot(root: string, cwd: string, path: string): string {
  const asked = resolvePath(root, cwd, path)
  const inside = relative(realPath(resolve(root), path), realPath(asked, path))
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw badPath(
      path,
      `leads out of the root ${root}`,
      'Name a directory below the root, or move the root with --root.',
    )
  }
  return join(resolve(root), inside)
}

/** Links resolved as far as the path exists; the rest as it is, since what does not exist is no link. */
function realPath(path: string, asked: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) throw badPath(asked, 'has a file where a directory must be')
    // A link that leads nowhere is there and yet is not: creating the directory would follow it.
    const absent = hasCode(error, 'ENOENT') && lstatSync(path, { throwIfNoEntry: false }) === undefined
    if (!absent) throw badPath(asked, `cannot be followed (${(error as NodeJS.ErrnoException).code})`)
  }
  return join(realPath(dirname(path), asked), basename(path))
}

function badPath(path: string, why: string, hint?: string): Error {
  return fail(
    'INVALID_CONFIG',
    { message: `The path ${JSON.stringify(path)} ${why}` },
    hint === undefined ? {} : { hint },
  )
}
