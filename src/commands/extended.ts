/** The extended metrics of a backtest. */

import type { ExtendedMetrics } from '../../contracts/types.ts'
import type { Backtest } from '../engine/backtest.ts'
import { totalCosts } from '../engine/broker.ts'
import { extendedMetrics } from '../engine/metrics.ts'
import { type Bars, firstBarAt } from '../market/bars.ts'
import { barsPerYear } from '../market/calendar.ts'

/** Annualised by the calendar and interval of the bars; round trips are those of the run's own broker. */
export function extendedOf(result: Backtest, bars: Pick<Bars, 'interval' | 'calendar'>): ExtendedMetrics {
  return extendedMetrics({
    ts: result.ts,
    netReturns: result.netReturn,
    equity: result.equity,
    position: result.position,
    close: result.close,
    turnover: result.turnover,
    roundTrips: result.roundTrips.map(trip => ({
      net_pnl: trip.net,
      return_ratio: trip.return_pct,
      holding_days: trip.holding_days,
      bars_held: firstBarAt(result.ts, trip.exit_time) - firstBarAt(result.ts, trip.entry_time),
    })),
    totalCosts: totalCosts(result.fills),
    periodsPerYear: barsPerYear(bars.interval, bars.calendar),
  })
}
