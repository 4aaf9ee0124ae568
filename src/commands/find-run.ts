/** A run named by its id or by the path of its directory. */

import { resolve } from 'node:path'
import { isRunDir } from '../artifacts/run-reader.ts'
import { fail } from '../base/errors.ts'
import { layout } from '../base/layout.ts'
import type { Context } from './command.ts'

/** Absolute directory of a run; NOT_FOUND where neither the id nor the path leads to one. */
export function findRun(run: string, context: Pick<Context, 'root' | 'cwd'>, pointer = '/params/run_id'): string {
  const places = [/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(run) ? layout.run(context.root, run) : undefined, resolve(context.cwd, run)]
  for (const place of places) if (place !== undefined && isRunDir(place)) return place
  const message = `There is no run ${JSON.stringify(run)}.`
  throw fail('NOT_FOUND', { message }, { details: [{ pointer, message }], hint: 'quantlab runs list shows the runs there are.' })
}
