/** Formulas of performance measurement over returns, an equity curve and round trips; an undefined number is NaN. */

import {
  kurtosis,
  maximum,
  mean,
  normalCdf,
  power,
  quantileOfSorted,
  type Sample,
  skewness,
  std,
  sum,
} from '../base/stats.ts'

const DAY_MS = 86_400_000

/** What the round-trip metrics read of a completed round trip. */
export interface RoundTripLike {
  /** After fees and slippage, quote currency. */
  net_pnl: number
  /** Net result over the value at entry. */
  return_ratio: number
  /** Whole calendar days. */
  holding_days: number
  bars_held: number
}

/** Compound growth per year of a curve that grew from 1 to `growth` in `bars` bars: growth^(periodsPerYear/bars) − 1; NaN for growth < 0. */
export function compoundAnnualGrowth(growth: number, bars: number, periodsPerYear: number): number {
  return power(growth, periodsPerYear / bars) - 1
}

/** Mean over sample standard deviation (n − 1), per bar, risk-free rate 0 (Sharpe 1994); NaN where the returns do not vary. */
export function sharpePerBar(returns: Sample): number {
  const deviation = std(returns, 1)
  return deviation > 0 ? mean(returns) / deviation : Number.NaN
}

/** Root mean square of the returns below `target` over ALL bars (Sortino & Price 1994); 0 where none is below. */
export function downsideDeviation(returns: Sample, target = 0): number {
  let squares = 0
  for (let i = 0; i < returns.length; i++) {
    const shortfall = Math.min(0, returns[i] - target)
    squares += shortfall * shortfall
  }
  return Math.sqrt(squares / returns.length)
}

/**
 * Standard error of a per-bar Sharpe ratio: √((1 − γ₃·SR + (γ₄ − 1)/4·SR²) / observations), with the skewness γ₃ and the non-excess
 * kurtosis γ₄ of the returns (Mertens 2002; with γ₃ = 0 and γ₄ = 3 it is Lo 2002 for independent returns).
 */
export function sharpeStandardError(sharpe: number, skew: number, kurt: number, observations: number): number {
  return Math.sqrt((1 - skew * sharpe + ((kurt - 1) / 4) * sharpe * sharpe) / observations)
}

/**
 * Probability that the true per-bar Sharpe ratio exceeds `benchmark` (per bar): Φ((SR − benchmark)/standard error with bars − 1
 * observations), Bailey & López de Prado 2012. NaN where the standard error is 0.
 */
export function probabilisticSharpe(
  sharpe: number,
  benchmark: number,
  skew: number,
  kurt: number,
  bars: number,
): number {
  const error = sharpeStandardError(sharpe, skew, kurt, bars - 1)
  return error > 0 ? normalCdf((sharpe - benchmark) / error) : Number.NaN
}

/** Mean of the ⌊(n − 1)·share⌋ + 1 lowest of ascending returns (empyrical's conditional value at risk); NaN when empty. */
export function lowestMean(ascending: Float64Array, share: number): number {
  return mean(ascending.subarray(0, Math.floor((ascending.length - 1) * share) + 1))
}

/** What an equity curve lost below its running peak, which starts at its first value. */
export interface Underwater {
  /** Deepest fall as a ratio of the peak, ≤ 0; NaN where a peak is not positive. */
  deepest: number
  /** Root mean square of the falls of all bars (Martin & McCann 1989), a ratio ≥ 0. */
  ulcer: number
  /** Longest way from a peak back to it, or to the last bar where it was not regained; each in its own measure. */
  longestBars: number
  longestDays: number
}

/** Drawdown figures of an equity curve; `ts` in epoch milliseconds. */
export function underwater(equity: Float64Array, ts: Float64Array): Underwater {
  const n = equity.length
  let deepest = n > 0 ? 0 : Number.NaN
  let squares = 0
  let longestBars = 0
  let longestMs = 0
  let peak = 0
  for (let i = 0; i < n; i++) {
    if (i > peak) {
      const stays = i - peak
      // A bar under water, and the bar that regains the peak, both lengthen the stay; a rise from one peak to the next does not.
      if (equity[i] < equity[peak] || stays > 1) {
        longestBars = Math.max(longestBars, stays)
        longestMs = Math.max(longestMs, ts[i] - ts[peak])
      }
    }
    if (equity[i] >= equity[peak]) peak = i
    const fall = equity[peak] > 0 ? equity[i] / equity[peak] - 1 : Number.NaN
    // Math.min keeps a NaN.
    deepest = Math.min(deepest, fall)
    squares += fall * fall
  }
  return { deepest, ulcer: Math.sqrt(squares / n), longestBars, longestDays: longestMs / DAY_MS }
}

/** Sums and streaks over completed round trips. */
export interface TripFigures {
  count: number
  wins: number
  losses: number
  grossProfit: number
  /** ≤ 0. */
  grossLoss: number
  meanReturn: number
  meanHoldingDays: number
  longestWins: number
  longestLosses: number
}

/** Figures of round trips in order of their ends; a loss is net_pnl < 0, and breaking even continues a row of wins (contract §8). */
export function tripFigures(trips: readonly RoundTripLike[]): TripFigures {
  const pnl = trips.map(trip => trip.net_pnl)
  const winning = pnl.filter(value => value > 0)
  const losing = pnl.filter(value => value < 0)
  return {
    count: trips.length,
    wins: winning.length,
    losses: losing.length,
    grossProfit: sum(winning),
    grossLoss: sum(losing),
    meanReturn: mean(trips.map(trip => trip.return_ratio)),
    meanHoldingDays: mean(trips.map(trip => trip.holding_days)),
    longestWins: longestRow(pnl, value => value >= 0),
    longestLosses: longestRow(pnl, value => value < 0),
  }
}

/** Everything the metric table reads of a return series, computed once. */
export interface ReturnFigures {
  mean: number
  deviation: number
  sharpe: number
  skew: number
  kurt: number
  downside: number
  ascending: Float64Array
  lowTail: number
  highTail: number
}

/** Figures of net bar returns; the tails are the 5 % and 95 % quantiles. */
export function returnFigures(returns: Float64Array): ReturnFigures {
  const ascending = Float64Array.from(returns).sort()
  return {
    mean: mean(returns),
    deviation: std(returns, 1),
    sharpe: sharpePerBar(returns),
    skew: skewness(returns),
    kurt: kurtosis(returns),
    downside: downsideDeviation(returns),
    ascending,
    lowTail: quantileOfSorted(ascending, 0.05),
    highTail: quantileOfSorted(ascending, 0.95),
  }
}

function longestRow(values: readonly number[], belongs: (value: number) => boolean): number {
  let row = 0
  const rows = values.map(value => {
    row = belongs(value) ? row + 1 : 0
    return row
  })
  return rows.length === 0 ? 0 : maximum(rows)
}
