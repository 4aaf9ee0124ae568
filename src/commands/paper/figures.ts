/** The figures and table rows of a paper session, from what the engine recorded. */

import type { BrokerFigures } from '../../../contracts/types.ts'
import type { RunFigures } from '../../artifacts/report.ts'
import { sha256Hex } from '../../base/canonical.ts'
import { csvCell, csvText } from '../../base/table.ts'
import type { Backtest } from '../../engine/backtest.ts'
import { type Fill, fillRows } from '../../engine/broker.ts'
import type { SessionState, SessionStep } from '../../engine/session.ts'
import type { Bars } from '../../market/bars.ts'
import { isoDate, isoInstant, parseInterval } from '../../market/calendar.ts'
import { figuresOf } from '../run/figures.ts'

/** Headline figures of the bar loop, with the round trips of the broker where it traded, as published. */
export function paperFiguresOf(result: Backtest, trades_csv: string, bars: Bars): RunFigures {
  const { fills, roundTrips: trips } = result
  const traded = fills.length === 0 ? undefined : { text: trades_csv, hash: sha256Hex(trades_csv), trips }
  return figuresOf(result, traded, bars)
}

/** The broker's own account. */
export function brokerFiguresOf(state: SessionState, { brokerEquity, fills }: Backtest): BrokerFigures {
  const { initialCash, account, equity } = state
  let peak = initialCash
  let deepest = 0
  for (let i = 0; i < brokerEquity.length; i++) {
    if (brokerEquity[i] > peak) peak = brokerEquity[i]
    deepest = Math.min(deepest, brokerEquity[i] / peak - 1)
  }
  return {
    initial_cash: initialCash,
    final_equity: equity,
    total_return: equity / initialCash - 1,
    max_drawdown: deepest,
    cash: account.cash,
    quantity: account.qty,
    fills: fills.length,
    total_fees: fills.reduce((sum, fill) => sum + fill.fee, 0),
  }
}

/** Header of equity.csv: one line for each bar behind the warm-up. */
export const EQUITY_HEADER = 'timestamp,close,position,net_return,equity,broker_equity\n'

/** One line of equity.csv: growth of 1 of the bar loop, and the account in quote currency; days or instants as in trades.csv. */
export function equityLine(ts: number, close: number, step: SessionStep, interval: string): string {
  const { unit } = parseInterval(interval)
  const time = unit === 'm' || unit === 'h' ? isoInstant(ts) : isoDate(ts)
  const { position, netReturn, growth, equity } = step
  return `${[time, close, position, netReturn, growth, equity].map(csvCell).join(',')}\n`
}

/** Header of trades.csv. */
export const TRADES_HEADER = csvText(fillRows([], '1d'))

/** Lines of trades.csv without the header; none for no fills. */
export function tradeLines(fills: readonly Fill[], interval: string): string {
  return fills.length === 0 ? '' : csvText(fillRows(fills, interval)).slice(TRADES_HEADER.length)
}
