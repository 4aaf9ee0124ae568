/** `runs repair`: remove interrupted sweeps that nobody will continue. */

import type { InterruptedSweep, RunsRepairRequest, RunsRepairResult } from '../../../contracts/types.ts'
import { interruptedSweeps, interruptedWork, removeWork } from '../../artifacts/sweep-work.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { nearest } from '../../base/near.ts'
import { tableOf } from '../../base/table.ts'
import type { Command } from '../command.ts'

export const runsRepair: Command<RunsRepairRequest> = {
  run({ run_id, dry_run }, { root }) {
    const waiting = interruptedSweeps(root)
    if (run_id !== undefined && !waiting.includes(run_id)) throw notWaiting(run_id, waiting)
    const result: RunsRepairResult = { removed: [], kept: [] }
    for (const name of run_id === undefined ? waiting : [run_id]) {
      const found = described(root, name)
      if (dry_run || removeWork(root, name)) result.removed.push(found)
      else result.kept.push(found)
    }
    const verb = dry_run ? 'Would remove' : 'Removed'
    return {
      answer: { result },
      text: () => {
        if (waiting.length === 0) return 'No interrupted sweep.\n'
        const lines = result.removed.map(
          one => `${verb} ${one.run_id}: ${one.trials ?? '?'} trials of ${one.config_path ?? '?'}`,
        )
        const kept = result.kept.map(one => `Kept ${one.run_id}: another process goes on with it`)
        return `${[...lines, ...kept].join('\n')}\n`
      },
      table: () => tableOf(['run_id', 'mode', 'started_at', 'config_path', 'trials'], result.removed as never),
    }
  },
}

function notWaiting(runId: string, waiting: readonly string[]): Error {
  const suggestion = nearest(runId, waiting)
  const message = `No interrupted sweep ${runId}; ${waiting.length === 0 ? 'there is none' : `there are ${waiting.join(', ')}`}.`
  const detail = { pointer: '/params/run_id', message, ...(suggestion === undefined ? {} : { suggestion }) }
  return fail('NOT_FOUND', { message }, { details: [detail] })
}

/** What its record says; a record that cannot be read is a reason to remove it, not to fail. */
function described(root: string, run_id: string): InterruptedSweep {
  try {
    const record = interruptedWork(root, run_id)
    if (record !== null) {
      const { mode, started_at, config_path, trials } = record
      return { run_id, mode, started_at, config_path, trials }
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
  }
  return { run_id, mode: null, started_at: null, config_path: null, trials: null }
}
