/** What a flag call of `run` prints: signals, figures, where the files are. */

import { join } from 'node:path'
import type { ArtifactDir } from '../../artifacts/artifact-dir.ts'
import type { RunFigures } from '../../artifacts/report.ts'
import type { Backtest } from '../../engine/backtest.ts'

/** The published text, with the extended figures a reader asks for first. */
export function runText(result: Backtest, strategy: string, figures: RunFigures, directory: ArtifactDir): string {
  const { summary, best_result, extended } = figures
  const lines = [
    ...signalLines(result, strategy),
    `total_return: ${summary.total_return}`,
    `max_drawdown: ${summary.max_drawdown}`,
    `win_rate: ${summary.win_rate}`,
    `sharpe_simple: ${summary.sharpe_simple}`,
    `days: ${best_result.days}`,
    `trades: ${summary.trades}`,
    `cagr: ${extended.cagr}`,
    `sharpe_ratio: ${extended.sharpe_ratio}`,
    `buy_and_hold_return: ${extended.buy_and_hold_return}`,
    '',
    ...['artifacts/equity.svg', 'run_report.md', 'report.json'].map(name => `Saved: ${join(directory.path, name)}`),
    '',
  ]
  return lines.join('\n')
}

/** What stands above the figures, as published. */
export function signalLines({ buySignals, sellSignals }: Backtest, strategy: string): string[] {
  return [
    '',
    '=== SIGNALS ===',
    `strategy: ${strategy}`,
    `BUY signals:  ${buySignals}`,
    `SELL signals: ${sellSignals}`,
    '',
    '=== BACKTEST METRICS ===',
  ]
}
