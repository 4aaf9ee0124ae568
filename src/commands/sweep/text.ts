/** What a flag call of `sweep` prints: the best rows, the verdict, where the files are. */

import type { SweepRow } from '../../../contracts/types.ts'
import type { SweepFigures } from '../../artifacts/sweep-report.ts'
import { type Table, tableOf } from '../../base/table.ts'

const METRICS = ['sharpe_simple', 'total_return', 'max_drawdown', 'trades']

/** The published tables, with what they do not say: how far the winner can be believed. */
export function sweepText(figures: SweepFigures, swept: readonly string[], folder: string): string {
  const { top, overfitting, split_summary, walk_forward, counts } = figures
  const title =
    walk_forward === null ? '=== EXPERIMENT LEADERBOARD (Top 10) ===' : '=== OUT-OF-SAMPLE LEADERBOARD (Top 10) ==='
  const names = walk_forward === null ? [...swept, ...METRICS] : ['split_name', ...swept, ...METRICS, 'rank_in_train']
  const trials =
    walk_forward === null
      ? `${counts.n_runs} experiments`
      : `${counts.n_train_runs} training runs, ${counts.n_test_runs} test runs`
  const lines = ['', `${trials}${counts.n_failed > 0 ? `, ${counts.n_failed} failed` : ''}`]
  for (const split of split_summary ?? []) {
    lines.push(
      `Summary split=${split.split_name} | n_train=${split.n_train_runs}, n_sel=${split.n_selected}, n_test=${split.n_test_runs} | ` +
        `train_best_sharpe=${shown(split.best_train_sharpe)} | test_best_sharpe=${shown(split.best_test_sharpe)} | test_best_return=${shown(split.best_test_return)}`,
    )
  }
  lines.push('', title, ...aligned(names, top))
  if (walk_forward?.stitched) {
    const { stitched, honest } = walk_forward
    lines.push(
      '',
      `Best in training, tested: total_return=${shown(stitched.total_return)} | max_drawdown=${shown(stitched.max_drawdown)} | mean sharpe_simple=${shown(honest.figures['sharpe_simple'] ?? null)}`,
    )
  }
  if (overfitting !== null) lines.push('', `Verdict: ${overfitting.verdict}`)
  return [...lines, '', `Run directory: ${folder}`, ''].join('\n')
}

/** The best rows for other formats. */
export function sweepTable({ top }: SweepFigures): Table {
  const columns = [...new Set(top.flatMap(row => Object.keys(row)))]
  const cells = top.map(row => Object.fromEntries(columns.map(name => [name, cell(row[name])])))
  return tableOf(columns, cells)
}

function cell(value: unknown): string | number | boolean | null {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return (value ?? null) as string | number | boolean | null
}

function aligned(names: readonly string[], rows: readonly SweepRow[]): string[] {
  if (rows.length === 0) return ['No trial is ranked.']
  const lines = [names, ...rows.map(row => names.map(name => shown(row[name])))]
  const widths = names.map((_, k) => Math.max(...lines.map(line => line[k].length)))
  return lines.map(line => line.map((text, k) => text.padStart(widths[k])).join('  '))
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(6)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
