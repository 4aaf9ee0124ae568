/** The results of a run as tables in the published column order; NaN stands for null. */

import type { Table } from '../base/table.ts'
import { dayText, type Panel, panelDates } from '../market/panel.ts'
import type { Backtest } from './backtest.ts'
import type { MonitorResult } from './monitor.ts'

/** Score and regime of every day from the start on: `regime_timeline.csv`. */
export function timelineTable(panel: Panel, result: MonitorResult): Table {
  const { start, scores, regimes } = result
  return {
    columns: {
      date: panelDates(panel).slice(start),
      score_raw: scores.raw.subarray(start),
      score: scores.score.subarray(start),
      high_vol_gate: Array.from(scores.highVolGate.subarray(start), flag => flag === 1),
      regime: regimes.slice(start),
    },
    rows: panel.days - start,
  }
}

/** One row a day of the backtest: `bt_daily_pnl.csv`, with the equity curve. */
export function backtestTable(panel: Panel, backtest: Backtest): Table {
  const { rows, start } = backtest
  return {
    columns: {
      date: Array.from({ length: rows }, (_, row) => dayText(panel.firstDay + start + row)),
      regime: backtest.regime,
      score: backtest.score,
      regime_signal: backtest.regimeSignal,
      pnl: backtest.gross,
      cost: backtest.cost,
      funding: backtest.funding,
      r_ls_gross: backtest.gross,
      r_ls_net: backtest.net,
      alt_turnover: backtest.altTurnover,
      major_turnover: backtest.majorTurnover,
      alt_gross: backtest.altGross,
      major_gross: backtest.majorGross,
      total_gross: backtest.altGross.map((alt, row) => alt + backtest.majorGross[row]),
      net_exposure: backtest.netExposure,
      n_alts: Array.from(backtest.altCount),
      gross_held: backtest.grossHeld,
      equity_curve: backtest.equity,
      decision: backtest.decision,
      scale: backtest.scale,
    },
    rows,
  }
}

/** Post-trade weights that are not 0, by day, then asset: `weights.parquet`. */
export function weightsTable(panel: Panel, backtest: Backtest): Table {
  const { row, asset, weight } = backtest.holdings
  return {
    columns: {
      date: row.map(t => dayText(panel.firstDay + t)),
      asset_id: asset.map(a => panel.assets[a]),
      weight,
    },
    rows: row.length,
  }
}

/** The return that judges the regimes, by day from the start on: `target_returns.csv`; without rows where nothing is judged. */
export function targetReturnsTable(panel: Panel, result: MonitorResult): Table {
  const { start, target_returns } = result
  if (target_returns === null) return { columns: { date: [], target_return: [] }, rows: 0 }
  return {
    columns: { date: panelDates(panel).slice(start), target_return: target_returns.subarray(start) },
    rows: panel.days - start,
  }
}
