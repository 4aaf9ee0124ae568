/** The backtest by test window: one continuous run, reported in windows of `test_window_days` (spec §11). */

import { mean, std } from '../base/stats.ts'
import { dayText, type Panel } from '../market/panel.ts'
import type { Backtest } from './backtest.ts'

/** Net results of one test window; `sharpe` by 365 days, null for fewer than two rows or constant returns. */
export interface WindowSummary {
  test_window: number
  start: string
  /** Last day, inclusive. */
  end: string
  n_days: number
  total_return: number
  sharpe: number | null
  max_drawdown: number
}

/** Summaries of the windows in order; the last one may be short. */
export function testWindows(panel: Panel, backtest: Backtest, testWindowDays: number): WindowSummary[] {
  const windows: WindowSummary[] = []
  for (let from = 0; from < backtest.rows; from += testWindowDays) {
    const to = Math.min(backtest.rows, from + testWindowDays)
    const net = backtest.net.subarray(from, to)
    const base = from === 0 ? 1 : backtest.equity[from - 1]
    let [peak, deepest] = [base, 0]
    for (let row = from; row < to; row++) {
      peak = Math.max(peak, backtest.equity[row])
      deepest = Math.min(deepest, backtest.equity[row] / peak - 1)
    }
    const deviation = std(net, 1)
    const dayAt = (row: number) => dayText(panel.firstDay + backtest.start + row)
    windows.push({
      test_window: windows.length,
      start: dayAt(from),
      end: dayAt(to - 1),
      n_days: to - from,
      total_return: backtest.equity[to - 1] / base - 1,
      sharpe: deviation > 0 ? (mean(net) / deviation) * Math.sqrt(365) : null,
      max_drawdown: deepest,
    })
  }
  return windows
}
