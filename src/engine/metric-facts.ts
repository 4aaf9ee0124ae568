/** What the metric table reads: the columns and round trips of a run, and the figures that several metrics share. */

import {
  compoundAnnualGrowth,
  type ReturnFigures,
  type RoundTripLike,
  returnFigures,
  type TripFigures,
  tripFigures,
  type Underwater,
  underwater,
} from './metric-formulas.ts'

export type { RoundTripLike }

/** What the extended metrics are computed from; all arrays have one element per bar of the frame. */
export interface MetricsInput {
  /** Epoch milliseconds. */
  ts: Float64Array
  /** Return of each bar on equity, after costs. */
  netReturns: Float64Array
  /** Growth of 1. */
  equity: Float64Array
  /** Exposure held after each bar, −1 … 1. */
  position: Float64Array
  /** Quote currency per unit. */
  close: Float64Array
  /** |change of exposure| on each bar. */
  turnover: Float64Array
  /** Completed round trips in order of their ends. */
  roundTrips: readonly RoundTripLike[]
  /** Fees and slippage of all fills in quote currency; left out where fills are not recorded. */
  totalCosts?: number
  /** Bars per year of the data's calendar. */
  periodsPerYear: number
}

/** The input with the figures that several metrics share. */
export interface MetricsFacts {
  input: MetricsInput
  bars: number
  /** Growth of 1 at the last bar. */
  growth: number
  /** Compound annual growth. */
  cagr: number
  returns: ReturnFigures
  under: Underwater
  trips: TripFigures
}

/** Compute the shared figures once. */
export function metricsFacts(input: MetricsInput): MetricsFacts {
  const bars = input.netReturns.length
  const growth = bars > 0 ? input.equity[bars - 1] : Number.NaN
  return {
    input,
    bars,
    growth,
    cagr: compoundAnnualGrowth(growth, bars, input.periodsPerYear),
    returns: returnFigures(input.netReturns),
    under: underwater(input.equity, input.ts),
    trips: tripFigures(input.roundTrips),
  }
}
