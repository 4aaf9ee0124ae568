/** `advanced_report.md`: a run taken apart, for people, under the published headings. */

import type { AdvancedReport } from '../../contracts/types.ts'
import { codeSpan, markdownTable, markdownText } from '../base/markdown.ts'
import { type NumberFormat, valueText } from './charts-scale.ts'

type Figure = readonly [name: string, value: number | null | undefined, format: NumberFormat]

/** The text of advanced_report.md. */
export function advancedMarkdown(report: AdvancedReport): string {
  const sections = [
    `# Advanced Run Report: ${markdownText(report.run_id ?? 'unnamed')}`,
    section(
      'Summary',
      [
        ['Mode', report.mode],
        ['Created At', report.created_at],
        ['Equity Curve', report.equity_source],
        ['Round Trips', report.trades_source],
      ]
        .map(([label, value]) => `- **${label}:** ${markdownText(value ?? '–')}`)
        .join('\n'),
    ),
    ...curveSections(report),
    ...tradeSection(report),
    section(
      'Charts',
      report.charts.map(name => `- ${codeSpan(name)}`).join('\n') || 'None: the run has no equity curve.',
    ),
    ...(report.warnings.length === 0
      ? []
      : [section('Warnings', report.warnings.map(text => `- ${markdownText(text)}`).join('\n'))]),
    section('Artifacts', markdownTable(['file', 'size_bytes'], report.artifacts)),
  ]
  return `${sections.join('\n\n')}\n`
}

function curveSections(report: AdvancedReport): string[] {
  const { equity_metrics: equity, drawdown_metrics: fall, return_distribution: returns, rolling } = report
  if (equity.n_days === undefined) return []
  return [
    section(
      'Core Metrics',
      figures([
        ['Total Return', equity.total_return, 'percent'],
        ['CAGR', equity.cagr, 'percent'],
        ['Sharpe Ratio', equity.sharpe, 'number'],
        ['Sortino Ratio', equity.sortino, 'number'],
        ['Annualised Volatility', equity.annualized_volatility, 'percent'],
        ['Days', equity.n_days, 'number'],
      ]),
    ),
    section(
      'Drawdown Analysis',
      figures([
        ['Max Drawdown', fall.max_drawdown, 'percent'],
        ['Avg Drawdown', fall.avg_drawdown, 'percent'],
        ['Current Drawdown', fall.current_drawdown, 'percent'],
        ['Calmar Ratio', fall.calmar, 'number'],
        ['Longest DD (days)', fall.longest_dd_days, 'number'],
        ['# Drawdown Periods', fall.n_drawdown_periods, 'number'],
      ]),
    ),
    ...(report.drawdowns.length === 0 ? [] : [section('Deepest Drawdowns', drawdownTable(report))]),
    section('Time Window Analysis', monthText(report)),
    section(
      'Yearly Returns',
      markdownTable(
        ['year', 'return'],
        report.yearly_returns.map(row => ({ ...row, year: String(row.year) })),
      ),
    ),
    section(
      'Rolling Figures',
      `Over ${rolling.window_bars} bars, ${rolling.periods_per_year} bars a year.\n\n${markdownTable(
        ['figure', 'last', 'min', 'median', 'max'],
        [
          { figure: 'Sharpe ratio', ...rolling.sharpe },
          { figure: 'Volatility', ...rolling.volatility },
        ],
        '–',
      )}${rolling.reason === undefined ? '' : `\n\n_Undefined: ${markdownText(rolling.reason)}._`}`,
    ),
    section(
      'Return Distribution',
      markdownTable(
        ['figure', 'value'],
        Object.entries(returns).map(([figure, value]) => ({ figure, value })),
        '–',
      ),
    ),
  ]
}

function drawdownTable({ drawdowns }: AdvancedReport): string {
  const rows = drawdowns.map(({ depth, ...row }, k) => ({ '#': k + 1, depth: valueText(depth, 'percent'), ...row }))
  return markdownTable(['#', 'depth', 'peak', 'trough', 'recovered', 'bars', 'days', 'bars_to_trough'], rows, 'not yet')
}

function monthText({ time_window_metrics: months }: AdvancedReport): string {
  if (months.monthly_returns === undefined) return 'Too few bars for months.'
  const head = [
    `- **Best month:** ${valueText(months.best_month ?? null, 'percent')}`,
    `- **Worst month:** ${valueText(months.worst_month ?? null, 'percent')}`,
    `- **Positive months:** ${valueText(months.positive_months_pct ?? null, 'percent')}`,
    ...(months.insufficient_data === undefined ? [] : [`- **Note:** ${months.insufficient_data}`]),
  ].join('\n')
  if (months.monthly_returns.length === 0) return head
  return `${head}\n\n${markdownTable(['month', 'return'], months.monthly_returns)}`
}

function tradeSection({ trade_distribution: trades }: AdvancedReport): string[] {
  const rows = Object.entries(trades).map(([figure, value]) => ({ figure, value }))
  return [section('Trade Distribution', markdownTable(['figure', 'value'], rows, '–'))]
}

function figures(rows: readonly Figure[]): string {
  return markdownTable(
    ['Metric', 'Value'],
    rows.map(([Metric, value, format]) => ({ Metric, Value: valueText(value ?? null, format) })),
  )
}

function section(heading: string, body: string): string {
  return `## ${heading}\n\n${body}`
}
