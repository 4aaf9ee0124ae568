/** Find the directory of a model run by its id or its path. */

import { join } from 'node:path'
import { isModelDir } from '../../artifacts/model-run.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { isFolder, listFolder } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import { nearest } from '../../base/near.ts'
import { resolvePath } from '../../base/paths.ts'
import type { Context } from '../command.ts'
import { isRunName } from '../locate-run.ts'

/** Directory of the model run that `id` names, by its id or its path; NOT_FOUND with a near miss. */
export function modelFolder(id: string, context: Pick<Context, 'root' | 'cwd'>): string {
  const path = findModelFolder(id, context)
  if (path !== null) return path
  const suggestion = nearest(id, modelNames(context.root))
  const detail: ErrorDetail = { pointer: '/params/id', message: `no model run ${JSON.stringify(id)}` }
  throw fail(
    'NOT_FOUND',
    { message: `No such model run: ${id}${suggestion === undefined ? '' : `. Did you mean ${suggestion}?`}` },
    {
      details: [suggestion === undefined ? detail : { ...detail, suggestion }],
      hint: '`quantlab model list` shows them; a model run may also be named by the path of its directory.',
    },
  )
}

/** The same; null where there is none. */
export function findModelFolder(id: string, { root, cwd }: Pick<Context, 'root' | 'cwd'>): string | null {
  const own = layout.modelRun(root, id)
  if (isRunName(id) && isModelDir(own)) return own
  const path = resolvePath(root, cwd, id)
  return isModelDir(path) ? path : null
}

/** Ids of all model runs, newest first. */
export function modelNames(root: string): string[] {
  const folder = layout.modelRuns(root)
  return listFolder(folder)
    .filter(name => !name.startsWith('.') && isFolder(join(folder, name)))
    .reverse()
}
