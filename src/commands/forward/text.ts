/** What a flag call of `forward` prints. */

import { join } from 'node:path'
import { EQUITY, RETURNS, STATE, TRADES } from '../../artifacts/forward-session.ts'
import { printable } from '../../base/markdown.ts'
import type { ForwardSession } from './documents.ts'

/** The published text; `source` as the caller named it. */
export function forwardText(place: string, { state, summary }: ForwardSession, source: string): string {
  const { candidate } = state
  const resumed = state.resume_attempt_count > 0
  const files = [TRADES, EQUITY, STATE, RETURNS, 'forward_report.json', 'forward_report.md']
  const lines = [
    '',
    resumed ? '=== STAGE L.2: RESUMING FORWARD SESSION ===' : '=== STAGE L: FORWARD EVALUATION ===',
    `  ${resumed ? 'Session dir' : 'Source run '}: ${source}`,
    `  Strategy  : ${candidate.strategy_name}`,
    `  Source ID : ${candidate.source_run_id}`,
    `  Params    : ${JSON.stringify(candidate.strategy_params)}`,
    '',
    `  Bars fetched   : ${state.last_segment_bars_fetched}`,
    `  Bars evaluated : ${state.last_segment_bars_evaluated}${state.is_noop ? ' (nothing new)' : ''}`,
    `  Fills (session): ${state.n_trades}`,
    `  Ending equity  : ${state.current_equity}`,
    `  Total return   : ${summary.total_return}`,
    '',
    ...files.map(name => `  -> ${join(place, name)}`),
    '',
  ]
  return `${lines.map(printable).join('\n')}\n`
}
