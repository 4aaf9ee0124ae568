/** `portfolio_report.md` and `portfolio_compare.md` under the published headings. */

import type { PortfolioCompare, PortfolioReport, PortfolioScan, PortfolioSelection } from '../../contracts/types.ts'
import { codeSpan, markdownTable, markdownText } from '../base/markdown.ts'
import { fixedText, valueText } from './charts-scale.ts'

type Pair = readonly [label: string, value: string | number]

/** The report of one portfolio. */
export function portfolioMarkdown(report: PortfolioReport): string {
  const { allocation, portfolio_summary: summary, candidates } = report
  const weight = candidates.reduce((total, candidate) => total + candidate.assigned_weight, 0)
  return document([
    '# Portfolio Aggregation Report',
    lines([['Generated At', report.generated_at]]),
    section('Scanning & Deduplication', lines(scanPairs(report.scanning_stats))),
    section('Selection Rules', lines(selectionPairs(report.selection))),
    section(
      'Allocation',
      lines([
        ['Mode', codeSpan(allocation.mode)],
        ['Included Sessions', candidates.length],
        ['Weights Normalized', allocation.normalized_weights ? 'yes' : 'no'],
        ['Total Assigned Weight', fixedText(weight, 4)],
      ]),
    ),
    section(
      'Portfolio Summary',
      lines([
        ['Starting Value', fixedText(summary.starting_value, 2)],
        ['Ending Value', fixedText(summary.ending_value, 2)],
        ['Total PnL', fixedText(summary.total_pnl, 2)],
        ['Total Return', valueText(summary.total_return, 'percent')],
        ['Max Drawdown', valueText(summary.max_drawdown, 'percent')],
        ['Annualised Volatility', valueText(summary.annualized_volatility, 'percent')],
        ['Aggregate Bars', summary.n_bars],
      ]),
    ),
    section('Candidate Breakdown', candidateTable(candidates)),
    ...(candidates.length > 1 ? [section('Correlation', correlationTable(report.correlation))] : []),
    section('Charts', report.charts.map(name => `- ${codeSpan(name)}`).join('\n')),
    ...warningSection(report.warnings),
  ])
}

/** The comparison of the modes. */
export function compareMarkdown(report: PortfolioCompare): string {
  const modes = Object.entries(report.comparison).filter(([, result]) => result !== undefined)
  const rule = report.selection_criteria
  const { top_n, rank_metric, min_return, max_drawdown, latest_per_source_run } = rule
  const row = (metric: string, value: (summary: PortfolioReport['portfolio_summary']) => string) => ({
    Metric: metric,
    ...Object.fromEntries(modes.map(([mode, result]) => [mode, value(result.portfolio_summary)])),
  })
  const names = modes.map(([mode]) => mode)
  return document([
    '# Portfolio Mode Comparison Report',
    lines([
      ['Generated At', report.generated_at],
      ['Eligible Sessions', report.n_sessions],
    ]),
    section(
      'Selection Context',
      lines([
        ['Top N', top_n ?? 'All'],
        ['Rank Metric', codeSpan(rank_metric)],
        [
          'Filters Applied',
          `min_ret=${min_return ?? 'None'}, max_dd=${max_drawdown ?? 'None'}, latest_only=${latest_per_source_run}`,
        ],
      ]),
    ),
    section(
      'Side-by-Side Comparison',
      markdownTable(
        ['Metric', ...names],
        [
          row('Starting Value', summary => fixedText(summary.starting_value, 2)),
          row('Ending Value', summary => fixedText(summary.ending_value, 2)),
          row('Total PnL', summary => fixedText(summary.total_pnl, 2)),
          row('Total Return', summary => valueText(summary.total_return, 'percent')),
          row('Max Drawdown', summary => valueText(summary.max_drawdown, 'percent')),
          row('Annualised Volatility', summary => valueText(summary.annualized_volatility, 'percent')),
          row('Aggregate Bars', summary => String(summary.n_bars)),
        ],
      ),
    ),
    section('Weight Comparison', weightTable(report, names)),
    section('Charts', report.charts.map(name => `- ${codeSpan(name)}`).join('\n')),
    ...warningSection(report.warnings),
  ])
}

function weightTable(report: PortfolioCompare, names: readonly string[]): string {
  const { raw_capital } = report.comparison
  const rows = raw_capital.candidates.map(({ session_id, ticker }, k) => ({
    'Session ID': session_id,
    Ticker: ticker,
    ...Object.fromEntries(
      names.map(mode => {
        const result = report.comparison[mode as 'raw_capital']
        return [mode, valueText(result.candidates[k].assigned_weight, 'percent')]
      }),
    ),
  }))
  return markdownTable(['Session ID', 'Ticker', ...names], rows)
}

function candidateTable(candidates: PortfolioReport['candidates']): string {
  const rows = candidates.map(candidate => ({
    'Session ID': candidate.session_id,
    Ticker: candidate.ticker,
    Strategy: candidate.strategy,
    Weight: valueText(candidate.assigned_weight, 'percent'),
    'Start Cash': fixedText(candidate.starting_cash, 2),
    'End Equity': fixedText(candidate.ending_equity, 2),
    PnL: fixedText(candidate.total_pnl, 2),
    Return: valueText(candidate.total_return, 'percent'),
    'Return Contribution': valueText(candidate.contribution_return, 'percent'),
    'Share of PnL': valueText(candidate.contribution_pct, 'percent'),
    'Share of Risk': valueText(candidate.risk_contribution, 'percent'),
  }))
  return markdownTable(Object.keys(rows[0]), rows)
}

function correlationTable({ session_ids, matrix, n_returns }: PortfolioReport['correlation']): string {
  const rows = session_ids.map((id, i) => ({
    Session: id,
    ...Object.fromEntries(session_ids.map((other, j) => [other, matrix[i][j]])),
  }))
  return `Of ${n_returns} bar returns in common.\n\n${markdownTable(['Session', ...session_ids], rows, '–')}`
}

function scanPairs(stats: PortfolioScan): Pair[] {
  return [
    ['Sessions Scanned', stats.sessions_scanned],
    ['Sessions Included (Final)', stats.sessions_included],
    ['Sessions Excluded (Incomplete)', stats.sessions_excluded_incomplete],
    ['Sessions Collapsed (Duplicates)', stats.sessions_collapsed_duplicates],
    ['Sessions After Hygiene', stats.sessions_after_hygiene],
    ['Sessions After Dedup', stats.sessions_after_dedup],
    ['Sessions After Selection', stats.sessions_after_selection],
  ]
}

function selectionPairs(rules: PortfolioSelection): Pair[] {
  const list = (names: string[] | null, none: string) => (names === null ? none : markdownText(names.join(', ')))
  return [
    ['Rank Metric', codeSpan(rules.rank_metric)],
    ['Top N', rules.top_n ?? 'All'],
    ['Min Return', rules.min_return ?? 'None'],
    ['Max Drawdown', rules.max_drawdown ?? 'None'],
    ['Include Tickers', list(rules.include_tickers, 'All')],
    ['Exclude Tickers', list(rules.exclude_tickers, 'None')],
    ['Include Strategies', list(rules.include_strategies, 'All')],
    ['Exclude Strategies', list(rules.exclude_strategies, 'None')],
    ['Latest Per Source Run', rules.latest_per_source_run ? 'Yes' : 'No'],
  ]
}

function warningSection(warnings: readonly string[]): string[] {
  return warnings.length === 0 ? [] : [section('Warnings', warnings.map(text => `- ${markdownText(text)}`).join('\n'))]
}

/** Values are finished Markdown. */
function lines(pairs: readonly Pair[]): string {
  return pairs.map(([label, value]) => `- **${label}:** ${value}`).join('\n')
}

function section(heading: string, body: string): string {
  return `## ${heading}\n\n${body}`
}

function document(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
