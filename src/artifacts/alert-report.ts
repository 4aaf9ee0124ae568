/** Build metrics, report.json and run_report.md of a run of an alert-driven strategy; pure. */

import type {
  AlertExecutionFigures,
  AlertFigures,
  AlertRunConfig,
  AlertRunMetrics,
  AlertRunReport,
  RunMetadata,
} from '../../contracts/types.ts'
import { markdownTable } from '../base/markdown.ts'
import type { WrittenFile } from './artifact-dir.ts'
import { runReportMarkdown } from './render.ts'
import { type RunFigures, type RunIdentity, reportWith } from './report.ts'

/** The figures of a run. */
export interface AlertRunFigures extends RunFigures {
  alerts: AlertFigures
  execution: AlertExecutionFigures
}

/** metrics.json. */
export function alertMetrics({ mode, command }: RunIdentity, figures: AlertRunFigures): AlertRunMetrics {
  return { mode, command, status: 'success', leaderboard_size: 1, ...figures }
}

/** report.json: what every run tells, with the figures of calls and orders. */
export function alertReport(
  identity: RunIdentity,
  metadata: RunMetadata,
  config: AlertRunConfig,
  figures: AlertRunFigures,
  ...rest: [files: readonly WrittenFile[], warnings: readonly string[]]
): AlertRunReport {
  const { alerts, execution } = figures
  return reportWith(identity, metadata, config, figures, ...rest, { alerts, execution })
}

/** Columns of callers.csv that stand in run_report.md. */
const CALLER_COLUMNS = [
  ...['caller', 'calls', 'hit_rate', 'median_peak_multiple', 'median_drawdown_to_peak', 'median_minutes_to_peak'],
  ...['trades', 'win_rate', 'return_per_call'],
]
const MOST_CALLERS = 50

/** run_report.md: the report every run has, then the calls, the orders and the callers. */
export function alertReportMarkdown(
  report: AlertRunReport,
  figures: AlertRunFigures,
  callers: readonly Readonly<Record<string, unknown>>[],
): string {
  const shown = callers.slice(0, MOST_CALLERS)
  const rest = callers.length - shown.length
  const sections = [
    ['Alerts', pairs(figures.alerts)],
    ['Execution', pairs(figures.execution)],
    ['Callers', markdownTable(CALLER_COLUMNS, shown) + (rest > 0 ? `\n\n${rest} more in callers.csv.` : '')],
  ]
  const more = sections.map(([heading, body]) => `\n## ${heading}\n${body}\n`).join('')
  return runReportMarkdown(report, figures.extended) + more
}

function pairs(figures: object): string {
  const rows = Object.entries(figures).map(([figure, value]) => ({ figure, value }))
  return markdownTable(['figure', 'value'], rows)
}
