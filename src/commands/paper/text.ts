/** What a flag call of a paper session prints: the published text. */

import { join } from 'node:path'
import type { BrokerFigures, PaperConfig } from '../../../contracts/types.ts'
import type { Backtest } from '../../engine/backtest.ts'
import { fillRows } from '../../engine/broker.ts'
import { publishedMetrics } from '../../engine/metrics.ts'
import { signalLines } from '../run/text.ts'

const LAST = 5

/** Signals, figures of the bar loop, the broker and its last fills, and where the files are; `path` is the session's directory. */
export function paperText(
  result: Backtest,
  broker: BrokerFigures,
  strategy: string,
  { interval }: PaperConfig,
  path: string,
): string {
  const figures = publishedMetrics(result.netReturn, result.equity, result.position)
  return [
    ...signalLines(result, strategy),
    `total_return: ${figures.total_return}`,
    `max_drawdown: ${figures.max_drawdown}`,
    `winrate_active_days: ${figures.winrate_active_days}`,
    `sharpe_simple: ${figures.sharpe_simple}`,
    `days: ${figures.days}`,
    `trades: ${figures.trades}`,
    '',
    '=== PAPER BROKER ===',
    `Initial cash: ${broker.initial_cash}`,
    `Final equity: ${broker.final_equity}`,
    `Trades logged: ${result.fills.length}`,
    ...lastTrades(result, interval),
    ...['trades.csv', 'artifacts/equity.svg', 'run_report.md', 'report.json'].map(name => `Saved: ${join(path, name)}`),
    '',
  ].join('\n')
}

function lastTrades({ fills }: Backtest, interval: string): string[] {
  const { columns, rows } = fillRows(fills.slice(-LAST), interval)
  if (rows === 0) return ['']
  const names = Object.keys(columns)
  const cells = [names, ...Array.from({ length: rows }, (_, row) => names.map(name => textOf(columns[name][row])))]
  const widths = names.map((_, column) => Math.max(...cells.map(line => line[column].length)))
  const lines = cells.map(line => line.map((cell, column) => cell.padStart(widths[column])).join('  '))
  return ['', 'Last trades (paper broker):', ...lines, '']
}

function textOf(value: unknown): string {
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) ? String(value) : value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '')
}
