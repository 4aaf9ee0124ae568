/** What ties a run or session to the one it executes again; apart, so that neither has to know `replay`. */

import type { ReplayVerdict } from '../../../contracts/types.ts'

/** A result in memory, just before its report is written. */
export interface MadeRun {
  run_id: string
  git_commit: string
  /** The figures of metrics.json. */
  metrics: object
  trades_csv: string
  /** Columns by name, as they are stored. */
  equity: Record<string, Float64Array>
  result_hash: string
}

/** The run that is executed again, and how the new result compares with it. */
export interface ReplayLink {
  of: string
  judge(made: MadeRun): ReplayVerdict
}
