/** What a flag call of `run` on alerts prints: calls, orders, result, callers, where the files are. */

import { join } from 'node:path'
import type { CallerRow } from '../../alerts/calls.ts'
import type { AlertRunFigures } from '../../artifacts/alert-report.ts'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import { generalNumber, markdownTable } from '../../base/markdown.ts'

const MOST_CALLERS = 20
const COLUMNS = ['caller', 'calls', 'hit_rate', 'median_peak_multiple', 'trades', 'win_rate', 'return_per_call']

/** The text; callers by their return, best first. */
export function multiTradeText(
  strategy: string,
  figures: AlertRunFigures,
  callers: readonly CallerRow[],
  directory: ArtifactDir,
): string {
  const { summary, alerts, execution } = figures
  const best = callers.toSorted((a, b) => b.return_per_call - a.return_per_call).slice(0, MOST_CALLERS)
  const number = (value: number | null) => (value === null ? 'undefined' : generalNumber(value))
  const lines = [
    '',
    '=== ALERTS ===',
    `strategy: ${strategy}`,
    `selected: ${alerts.selected}, with candles: ${alerts.with_candles}, traded: ${alerts.traded}`,
    `hit_rate: ${number(alerts.hit_rate)}`,
    `median_peak_multiple: ${number(alerts.median_peak_multiple)}`,
    '',
    '=== RESULT ===',
    `total_return: ${number(summary.total_return)}`,
    `max_drawdown: ${number(summary.max_drawdown)}`,
    `win_rate: ${number(summary.win_rate)}`,
    `sharpe_simple: ${number(summary.sharpe_simple)}`,
    `fills: ${number(summary.trades)}`,
    `orders: ${execution.orders}, failed: ${execution.failed}, partial: ${execution.partial}`,
    '',
    '=== CALLERS ===',
    markdownTable(COLUMNS, best as unknown as Record<string, unknown>[]),
    ...(callers.length > best.length ? [`${callers.length - best.length} more in callers.csv`] : []),
    '',
    ...['artifacts/equity.svg', 'alerts.csv', 'callers.csv', 'run_report.md', 'report.json'].map(
      name => `Saved: ${join(directory.path, name)}`,
    ),
    '',
  ]
  return lines.join('\n')
}
