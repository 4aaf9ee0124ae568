/** Find the directory of a run that a request names by id or by path. */

import { basename, join } from 'node:path'
import { isRunDir } from '../artifacts/run-reader.ts'
import { currentRuns } from '../artifacts/runs-index.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { layout } from '../base/layout.ts'
import { nearest } from '../base/near.ts'
import { resolvePath } from '../base/paths.ts'
import type { Context } from './command.ts'

type Place = Pick<Context, 'root' | 'cwd'>

/** True for what can be the name of a run rather than a path. */
export function isRunName(text: string): boolean {
  return !/[/\\]/.test(text) && text !== '.' && text !== '..'
}

/** The directory of a run: an id below outputs/runs (the directory name, else the id inside), else a path; null where there is none. */
export function locateRun(name: string, { root, cwd }: Place): string | null {
  const own = join(layout.runs(root), name)
  if (isRunName(name) && isRunDir(own)) return own
  const path = resolvePath(root, cwd, name)
  if (isRunDir(path)) return path
  return isRunName(name) ? (currentRuns(root).rows.find(row => row.run_id === name)?.path ?? null) : null
}

/** The error for run names that lead nowhere, each with the place it stands at in the request. */
export function noSuchRuns(missing: readonly { name: string; pointer: string }[], { root }: Place): Error {
  const names = currentRuns(root).rows.map(row => basename(row.path))
  const details = missing.map(({ name, pointer }): ErrorDetail => {
    const suggestion = isRunName(name) ? nearest(name, names) : undefined
    return { pointer, message: `no run ${JSON.stringify(name)}`, ...(suggestion === undefined ? {} : { suggestion }) }
  })
  return fail(
    'NOT_FOUND',
    { message: `No such run: ${missing.map(({ name }) => name).join(', ')}` },
    { details, hint: '`quantlab runs list` shows the runs; a run may also be named by the path of its directory.' },
  )
}
