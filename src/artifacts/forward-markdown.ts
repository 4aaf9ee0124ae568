/** `forward_report.md`: a forward session for people, under the published headings. */

import type { ForwardReport } from '../../contracts/types.ts'
import { codeSpan, markdownTable, markdownText } from '../base/markdown.ts'
import { fixedText, valueText } from './charts-scale.ts'

type Value = string | number | boolean | null

/** The text of forward_report.md from the content of report.json and the extended metrics. */
export function forwardMarkdown(report: ForwardReport, extended: object): string {
  const { candidate, portfolio_state: state } = report
  const sections = [
    '# Forward Evaluation Report',
    lines([
      ['Session ID', report.session_id],
      ['Mode', report.mode],
      ['Created At', report.created_at],
      ['Updated At', report.updated_at],
    ]),
    `### Session Bounds\n${lines([
      ['Bars Fetched (Latest Segment)', report.warmup.bars_fetched_segment],
      ['Warmup Bars Skipped (Latest Segment)', report.warmup.warmup_bars_segment],
      ['Bars Evaluated (Latest Segment)', report.warmup.bars_evaluated_segment],
    ])}`,
    section('Session Continuity', continuityLines(report)),
    section('Candidate', pairTable('Field', candidateRows(candidate))),
    `### Strategy Parameters\n\n${pairTable('Param', Object.entries(candidate.strategy_params) as [string, Value][])}`,
    section('Portfolio Summary', summaryLines(report)),
    section('Closed Trade Summary', tradeLines(report)),
    section('Extended Metrics', extendedTable(extended as Record<string, unknown>)),
    section(
      'Charts',
      report.charts.length === 0 ? 'None yet.' : report.charts.map(name => `- ${codeSpan(name)}`).join('\n'),
    ),
    ...(report.warnings.length === 0
      ? []
      : [section('Warnings', report.warnings.map(text => `- ${markdownText(text)}`).join('\n'))]),
    section(
      'Artifacts',
      markdownTable(
        ['file', 'size_bytes'],
        report.artifacts.map(file => ({ ...file })),
      ),
    ),
  ]
  return `${sections.join('\n\n')}\n${state.is_noop ? '\n_No new bar was found by the last call._\n' : ''}`
}

function continuityLines({ continuity }: ForwardReport): string {
  const { is_resumed, resume_count, original_start, latest_update, total_bars, last_ts } = continuity
  return lines([
    ['Session Type', is_resumed ? `Resumed (Count: ${resume_count})` : 'Fresh'],
    ['Original Start', original_start],
    ['Latest Evaluation End', latest_update],
    ['Total Bars Processed (All Segments)', total_bars],
    ['Last Record Timestamp', last_ts],
  ])
}

function candidateRows(candidate: ForwardReport['candidate']): [string, Value][] {
  return [
    ['Strategy', candidate.strategy_name],
    ['Source Run', candidate.source_run_id],
    ['Selection Metric', candidate.selection_metric],
    ['Selection Value', candidate.selection_value],
    ['Ticker', candidate.ticker],
    ['Interval', candidate.interval],
    ['Fee Rate', valueText(candidate.fee_rate, 'percent')],
    ['Slippage', candidate.slippage_mode === 'fixed' ? `${candidate.slippage_bps} bps` : `atr, k ${candidate.k_atr}`],
    ['Execution', candidate.execution],
  ]
}

function summaryLines({ summary, performance, eval_start, eval_end, portfolio_state: state }: ForwardReport): string {
  return lines([
    ['Forward Period', `${eval_start} → ${eval_end ?? 'no bar yet'}`],
    ['Starting Cash', money(performance.starting_cash)],
    ['Ending Equity', money(performance.ending_equity)],
    ['Realized PnL', money(performance.realized_pnl)],
    ['Unrealized PnL', money(performance.unrealized_pnl)],
    ['Entry Costs', money(performance.entry_costs)],
    ['Total Return', valueText(summary.total_return, 'percent')],
    ['Max Drawdown', valueText(summary.max_drawdown, 'percent')],
    ['Annualised Volatility', valueText(summary.annualized_volatility, 'percent')],
    ['Total Fees Paid', money(summary.total_fees)],
    ['Open Position', state.has_open_position ? `YES (${state.open_position_qty} units)` : 'NO'],
  ])
}

function tradeLines({ summary }: ForwardReport): string {
  const table = pairTable('Metric', [
    ['Round-trips', summary.n_trades],
    ['Win Rate', valueText(summary.win_rate, 'percent')],
    ['Expectancy (PnL)', summary.expectancy],
    ['Best Trade PnL', summary.best_trade_pnl],
    ['Worst Trade PnL', summary.worst_trade_pnl],
  ])
  return `> [!NOTE]\n> The following metrics are calculated only from closed round-trip trades.\n\n${table}`
}

function extendedTable(extended: Record<string, unknown>): string {
  const reasons = (extended['undefined_reasons'] ?? {}) as Record<string, string>
  const rows = Object.entries(extended)
    .filter(([name]) => name !== 'undefined_reasons')
    .map(([metric, value]) => ({ metric, value, reason: value === null ? reasons[metric] : null }))
  return markdownTable(['metric', 'value', 'reason'], rows)
}

function section(heading: string, body: string): string {
  return `## ${heading}\n\n${body}`
}

function lines(pairs: readonly (readonly [string, Value])[]): string {
  return pairs
    .map(([label, value]) => `- **${label}:** ${value === null ? '–' : markdownText(String(value))}`)
    .join('\n')
}

function pairTable(head: string, rows: readonly (readonly [string, Value])[]): string {
  return markdownTable(
    [head, 'Value'],
    rows.map(([name, Value]) => ({ [head]: name, Value })),
    '–',
  )
}

function money(value: number): string {
  return fixedText(value, 2)
}
