/** Trade events and figures of a RunArtifact, from the fills and the curve that a run left on disk. */

import type { RunArtifactMetrics, RunMetrics, TradeEvent } from '../../../contracts/types.ts'
import type { Curve } from '../../artifacts/run-artifact.ts'
import { type CsvTable, parseCsv, parseNumber } from '../../base/csv.ts'
import { maximum, mean, minimum, quantile } from '../../base/stats.ts'
import { isoInstant } from '../../base/time.ts'
import { type RoundTrip, roundTrips, summarizeRoundTrips, type TradeRow, tradeRows } from '../../engine/round-trips.ts'

/** The fills of a run as events, and the round trips they make. */
export interface Trading {
  events: TradeEvent[]
  trips: RoundTrip[]
}

/** Fills of a trades.csv; DATA_ERROR as `tradeRows`. Fills that pair with nothing (no quantity, an exit while flat) are no events. */
export function tradingOf(text: string, name: string, asset: string): Trading {
  const table = parseCsv(text, name)
  const rows = tradeRows(table, name)
  const slippages = slippageColumn(table)
  const held: Record<string, number> = { long: 0, short: 0 }
  const events = rows.flatMap((row, index) => {
    const quantity = settle(row, held)
    return quantity > 0 ? [eventOf(row, quantity, slippages[index], asset)] : []
  })
  return { events, trips: roundTrips(rows) }
}

/** Quantity a fill trades, changing what is held: an exit of quantity 0, or of more than is held, closes everything. */
function settle({ side, qty }: TradeRow, held: Record<string, number>): number {
  const book = side === 'BUY' || side === 'SELL' ? 'long' : 'short'
  if (isEntry(side)) {
    const quantity = Math.max(qty, 0)
    held[book] += quantity
    return quantity
  }
  if (side !== 'SELL' && side !== 'COVER') return 0
  const whole = !(qty > 0 && qty < held[book])
  const quantity = whole ? held[book] : qty
  held[book] = whole ? 0 : held[book] - qty
  return quantity
}

function isEntry(side: string): boolean {
  return side === 'BUY' || side === 'SHORT'
}

function eventOf(row: TradeRow, quantity: number, slippage: number | null, asset: string): TradeEvent {
  return {
    timestampISO: isoInstant(row.timestamp),
    type: isEntry(row.side) ? 'entry' : 'exit',
    asset,
    price: row.exec_price,
    quantity,
    value: row.exec_price * quantity,
    fees: row.fee,
    ...(slippage === null ? {} : { slippage }),
    partialFill: false,
    failed: false,
  }
}

function slippageColumn({ header, rows }: CsvTable): (number | null)[] {
  const column = header.indexOf('slippage')
  return rows.map(cells => {
    const value = column < 0 ? null : parseNumber(cells[column])
    return value === null || !Number.isFinite(value) ? null : value
  })
}

/** The figures of the document; what is undefined (no round trip, no recovery) is left out. */
export function artifactMetricsOf(
  curve: Curve,
  { events, trips }: Trading,
  extended: RunMetrics['extended'],
): RunArtifactMetrics {
  const returns = trips.map(trip => trip.return_pct)
  const totalFees = events.reduce((sum, event) => sum + event.fees, 0)
  const entries = events.filter(event => event.type === 'entry').length
  const defined = (values: Record<string, number | null | undefined>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'number')) as Record<
      string,
      number
    >
  const { cagr, sharpe_ratio, sortino_ratio } = extended
  const traded = returns.length > 0
  return {
    return: {
      total: curve.equity[curve.equity.length - 1],
      ...defined({ annualized: cagr === null ? null : 1 + cagr, perTrade: traded ? 1 + mean(returns) : null }),
    },
    drawdown: {
      max: maximum(curve.drawdown.map(Math.abs)),
      average: mean(curve.drawdown.map(Math.abs)),
      ...defined({ recoveryTimeMs: recoveryTime(curve) }),
    },
    hitRate: { overall: summarizeRoundTrips(trips).win_rate_trades },
    trades: { total: trips.length, entries, exits: events.length - entries, failed: 0 },
    tailLoss: {
      worstTrade: traded ? Math.min(0, minimum(returns)) : 0,
      ...defined({ p5: traded ? quantile(returns, 0.05) : null, p1: traded ? quantile(returns, 0.01) : null }),
    },
    feeSensitivity: {
      totalFees,
      ...defined({ averageFeePerTrade: events.length > 0 ? totalFees / events.length : null }),
    },
    risk: defined({
      sharpeRatio: sharpe_ratio,
      sortinoRatio: sortino_ratio,
      maxExposure: maximum(curve.position.map(Math.abs)),
    }),
  }
}

/** Milliseconds from the deepest fall until no fall is left; null where the curve ends before. */
function recoveryTime({ ts, drawdown }: Curve): number | null {
  let deepest = 0
  for (let i = 1; i < drawdown.length; i++) if (drawdown[i] < drawdown[deepest]) deepest = i
  for (let i = deepest; i < drawdown.length; i++) if (drawdown[i] === 0) return ts[i] - ts[deepest]
  return null
}
