/** What a flag call of a sweep over the monitor prints: the best runs, the verdict, what failed, where the files are. */

import type { SweepRow } from '../../../contracts/types.ts'
import type { RegimeSweepFigures } from '../../artifacts/regime-sweep-report.ts'
import { type Cell, type Table, tableOf } from '../../base/table.ts'

const SHOWN = ['rank', 'experiment_id', 'sharpe', 'total_return', 'max_drawdown', 'trades', 'run_id']

/** The text; `paths` are the swept keys. */
export function regimeSweepText(figures: RegimeSweepFigures, paths: readonly string[], folder: string): string {
  const { top, counts, overfitting } = figures
  const columns = [...SHOWN.slice(0, 2), ...paths, ...SHOWN.slice(2)]
  const failed = counts.n_failed > 0 ? `, ${counts.n_failed} failed` : ''
  const skipped = counts.n_skipped > 0 ? `, ${counts.n_skipped} left out` : ''
  const lines = ['', `${counts.n_runs} runs${failed}${skipped}`, '', '=== LEADERBOARD (Top 10) ===']
  lines.push(...aligned(columns, top))
  if (overfitting !== null) lines.push('', `Verdict: ${overfitting.verdict}`)
  return [...lines, '', `Run directory: ${folder}`, ''].join('\n')
}

/** The best rows for other formats. */
export function regimeSweepTable({ top }: RegimeSweepFigures): Table {
  const columns = [...new Set(top.flatMap(row => Object.keys(row)))]
  return tableOf(columns, top as readonly Record<string, Cell>[])
}

function aligned(columns: readonly string[], rows: readonly SweepRow[]): string[] {
  const cells = [columns, ...rows.map(row => columns.map(name => shown(row[name])))]
  const widths = columns.map((_, k) => Math.max(...cells.map(line => line[k].length)))
  return cells.map(line =>
    line
      .map((text, k) => text.padEnd(widths[k]))
      .join('  ')
      .trimEnd(),
  )
}

/** Six significant digits; a dash for what is not known. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return '-'
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value)
}
