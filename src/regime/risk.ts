/** Risk overlays of the backtest: stop loss, take profit, time exit, trailing stop, regime gate, volatility target (spec §10, §11). */

import { maximum, std, sum } from '../base/stats.ts'
import type { RegimeConfig } from './config-types.ts'
import { MAJORS_REGIMES, type Regime } from './regimes.ts'

export type Exit = 'stop_loss' | 'take_profit' | 'time_exit' | 'trailing_stop' | 'gate'

/** What is known at the end of a day; the series end with that day. */
export interface Track {
  /** Net return and equity of every row so far. */
  net: Float64Array
  equity: Float64Array
  /** Row of the track at which the present position was entered; −1 while flat. */
  entry: number
  regime: Regime | null
}

/** Days in a year of a market that never closes. */
const YEAR = 365
/** Rows of the volatility that widens or narrows the stop, and the volatility at which it stays as given. */
const STOP_VOLATILITY_DAYS = 20
const STOP_VOLATILITY = 0.2
/** The widened stop is never further away than this. */
const STOP_FLOOR = -0.075

/** The first reason to leave the position, null for none. Stops are tested on every row, also while flat. */
export function exitReason(track: Track, config: RegimeConfig['backtest']): Exit | null {
  const { stop_loss, take_profit, trailing_stop } = config.risk_management
  const now = track.net.length - 1
  if (stop_loss.enabled && stopped(track.net, stop_loss)) return 'stop_loss'
  if (take_profit.enabled && track.entry >= 0) {
    const gain = track.equity[now] / track.equity[track.entry] - 1
    if (gain >= take_profit.profit_threshold) return 'take_profit'
    const limit = take_profit.time_based_exit_days
    if (limit !== null && now - track.entry >= limit) return 'time_exit'
  }
  if (trailing_stop.enabled && trailed(track.equity, trailing_stop)) return 'trailing_stop'
  return config.gate === 'majors_only' && !MAJORS_REGIMES.has(track.regime) ? 'gate' : null
}

/**
 * Scale that brings the book to the target volatility, from the last `lookback_days` of `perGross` (net return over gross exposure
 * on days with a position): target / (std · √365) within [min_scale, max_scale]; 1 where off or with fewer days.
 */
export function volatilityScale(
  perGross: Float64Array,
  config: RegimeConfig['backtest']['risk_management']['volatility_targeting'],
): number {
  if (!config.enabled || perGross.length < config.lookback_days) return 1
  const volatility = std(last(perGross, config.lookback_days), 1) * Math.sqrt(YEAR)
  if (Number.isNaN(volatility)) return 1
  return Math.min(config.max_scale, Math.max(config.min_scale, config.target_volatility / volatility))
}

function stopped(net: Float64Array, config: RegimeConfig['backtest']['risk_management']['stop_loss']): boolean {
  let threshold = config.daily_loss_threshold
  if (config.volatility_adjusted && net.length >= STOP_VOLATILITY_DAYS) {
    const volatility = std(last(net, STOP_VOLATILITY_DAYS), 1) * Math.sqrt(YEAR)
    threshold = Math.max(STOP_FLOOR, threshold * Math.min(2, Math.max(0.5, volatility / STOP_VOLATILITY)))
  }
  return (
    net[net.length - 1] < threshold ||
    sum(last(net, config.lookback_days)) < threshold ||
    sum(last(net, 3)) < 1.5 * threshold
  )
}

function trailed(equity: Float64Array, config: RegimeConfig['backtest']['risk_management']['trailing_stop']): boolean {
  if (equity.length < config.lookback_days) return false
  return equity[equity.length - 1] / maximum(last(equity, config.lookback_days)) - 1 < config.drawdown_threshold
}

function last(series: Float64Array, count: number): Float64Array {
  return series.subarray(Math.max(0, series.length - count))
}
