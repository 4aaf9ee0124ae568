/** The metric table: name → unit, formula, source, value. `schemas/artifacts/extended-metrics.schema.json` says the same to callers. */

import type { ExtendedMetrics } from '../../contracts/types.ts'
import { maximum, minimum, sum } from '../base/stats.ts'
import type { MetricsFacts } from './metric-facts.ts'
import { lowestMean, probabilisticSharpe, sharpeStandardError } from './metric-formulas.ts'

/** One row of the metric table. */
export interface Metric {
  /** A unit of schemas/common/units. */
  unit: string
  formula: string
  source: string
  /** The value; NaN or an infinity where it is undefined, which is written as null. */
  compute: (facts: MetricsFacts) => number
  /** Why it is undefined, asked only then. */
  reason?: (facts: MetricsFacts) => string
}

type Reason = (facts: MetricsFacts) => string

const annualRoot = (facts: MetricsFacts) => Math.sqrt(facts.input.periodsPerYear)
const twoBars: Reason = facts => (facts.bars < 2 ? 'fewer than two bars' : 'outside the range of numbers')
const varying: Reason = facts => (facts.bars < 2 ? 'fewer than two bars' : 'the returns do not vary')
const growing: Reason = facts =>
  facts.growth < 0 ? 'equity ended below zero' : 'too few bars to annualise: outside the range of numbers'
const aboveZero: Reason = () => 'equity starts at or below zero'
const falling =
  (otherwise: Reason): Reason =>
  facts => {
    if (facts.under.deepest === 0) return 'no drawdown'
    return Number.isNaN(facts.under.deepest) ? aboveZero(facts) : otherwise(facts)
  }
const tripped =
  (otherwise: string): Reason =>
  facts =>
    facts.trips.count === 0 ? 'no completed round trip' : otherwise
const trips = tripped('outside the range of numbers')
const ROUND_TRIPS = 'Completed round trips after costs; an open position is not counted.'

/** Every extended metric, in file order. A row is missing or superfluous: this does not compile. */
export const METRICS: { [K in Exclude<keyof ExtendedMetrics, 'undefined_reasons'>]: Metric } = {
  periods_per_year: {
    unit: 'dimensionless',
    formula:
      'Bars per year of the calendar of the data (365 days crypto, 252 exchange days), by which the figures here are annualised.',
    source: 'The data set’s calendar and bar interval',
    compute: f => f.input.periodsPerYear,
  },
  cagr: {
    unit: 'annualised_ratio',
    formula: 'equity_last^(periods_per_year / bars) − 1, equity starting at 1.',
    source: 'Compound annual growth rate, as empyrical annual_return',
    compute: f => f.cagr,
    reason: growing,
  },
  annual_volatility: {
    unit: 'annualised_ratio',
    formula: 'Sample standard deviation (n − 1) of net bar returns · √periods_per_year.',
    source: 'As empyrical annual_volatility',
    compute: f => f.returns.deviation * annualRoot(f),
    reason: twoBars,
  },
  sharpe_ratio: {
    unit: 'sharpe',
    formula: 'mean(net) / std(net, n − 1) · √periods_per_year, risk-free rate 0.',
    source: 'Sharpe 1994, The Sharpe Ratio, Journal of Portfolio Management 21(1)',
    compute: f => f.returns.sharpe * annualRoot(f),
    reason: varying,
  },
  sharpe_ratio_standard_error: {
    unit: 'sharpe',
    formula:
      '√((1 − γ₃·SR + (γ₄ − 1)/4·SR²) / (bars − 1)) · √periods_per_year, with SR per bar, skewness γ₃ and non-excess kurtosis γ₄; bars taken as independent.',
    source:
      'Mertens 2002, Comments on variance of the IID estimator in Lo (2002); Lo 2002, Financial Analysts Journal 58(4)',
    compute: f => sharpeStandardError(f.returns.sharpe, f.returns.skew, f.returns.kurt, f.bars - 1) * annualRoot(f),
    reason: varying,
  },
  probabilistic_sharpe_ratio: {
    unit: 'probability',
    formula: 'Φ(sharpe_ratio / sharpe_ratio_standard_error): probability that the true Sharpe ratio is above 0.',
    source: 'Bailey & López de Prado 2012, The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2)',
    compute: f => probabilisticSharpe(f.returns.sharpe, 0, f.returns.skew, f.returns.kurt, f.bars),
    reason: f => (f.returns.deviation > 0 ? 'the standard error of the Sharpe ratio is zero' : varying(f)),
  },
  sortino_ratio: {
    unit: 'sharpe',
    formula: 'mean(net) / √(Σ min(net, 0)² / bars) · √periods_per_year, target return 0.',
    source: 'Sortino & Price 1994, Journal of Investing 3(3); as empyrical sortino_ratio',
    compute: f => (f.returns.mean / f.returns.downside) * annualRoot(f),
    reason: () => 'no bar lost',
  },
  calmar_ratio: {
    unit: 'annualised_ratio',
    formula: 'cagr / |max_drawdown|, max_drawdown as in the summary.',
    source: 'Young 1991, Calmar Ratio: A Smoother Tool, Futures; as empyrical calmar_ratio, over the whole frame',
    compute: f => f.cagr / -f.under.deepest,
    reason: falling(growing),
  },
  ulcer_index: {
    unit: 'ratio',
    formula: '√(mean of squared drawdowns of all bars), drawdown = equity / running maximum − 1.',
    source: 'Martin & McCann 1989, The Investor’s Guide to Fidelity Funds; as R PerformanceAnalytics UlcerIndex',
    compute: f => f.under.ulcer,
    reason: aboveZero,
  },
  skew: {
    unit: 'dimensionless',
    formula: 'm₃ / m₂^(3/2) of net bar returns, population moments.',
    source: 'Fisher’s g₁, no bias correction, as scipy.stats.skew',
    compute: f => f.returns.skew,
    reason: varying,
  },
  kurtosis: {
    unit: 'dimensionless',
    formula: 'm₄ / m₂² of net bar returns, population moments; not excess: 3 for a normal distribution.',
    source: 'Pearson’s β₂, no bias correction, as scipy.stats.kurtosis(fisher=False)',
    compute: f => f.returns.kurt,
    reason: varying,
  },
  tail_ratio: {
    unit: 'dimensionless',
    formula: '|95 % quantile| / |5 % quantile| of net bar returns, linear interpolation.',
    source: 'As empyrical tail_ratio',
    compute: f => Math.abs(f.returns.highTail) / Math.abs(f.returns.lowTail),
    reason: () => 'the 5 % quantile is zero',
  },
  value_at_risk_5pct: {
    unit: 'ratio',
    formula: '5 % quantile of net bar returns, linear interpolation; a loss is negative.',
    source: 'Historical value at risk, as empyrical value_at_risk',
    compute: f => f.returns.lowTail,
  },
  conditional_value_at_risk_5pct: {
    unit: 'ratio',
    formula: 'Mean of the ⌊(bars − 1)·0.05⌋ + 1 lowest net bar returns; a loss is negative.',
    source: 'Historical expected shortfall, as empyrical conditional_value_at_risk',
    compute: f => lowestMean(f.returns.ascending, 0.05),
  },
  best_bar_return: {
    unit: 'ratio',
    formula: 'Highest net return of one bar.',
    source: 'Definition',
    compute: f => maximum(f.input.netReturns),
  },
  worst_bar_return: {
    unit: 'ratio',
    formula: 'Lowest net return of one bar.',
    source: 'Definition',
    compute: f => minimum(f.input.netReturns),
  },
  max_drawdown_duration_bars: {
    unit: 'bars',
    formula: 'Most bars from a peak of equity until it was reached again, or until the last bar; 0 without a drawdown.',
    source: 'As backtesting.py Max. Drawdown Duration',
    compute: f => f.under.longestBars,
  },
  max_drawdown_duration_days: {
    unit: 'days',
    formula:
      'Longest calendar time from a peak of equity until it was reached again, or until the last bar; 0 without a drawdown.',
    source: 'As backtesting.py Max. Drawdown Duration',
    compute: f => f.under.longestDays,
  },
  recovery_factor: {
    unit: 'dimensionless',
    formula: 'total_return / |max_drawdown|, both as in the summary.',
    source: 'Net profit over maximum drawdown; the field’s usual definition',
    compute: f => (f.growth - 1) / -f.under.deepest,
    reason: falling(aboveZero),
  },
  buy_and_hold_return: {
    unit: 'ratio',
    formula: 'close_last / close_first − 1 over the same bars, without costs.',
    source: 'As backtesting.py Buy & Hold Return',
    compute: f => f.input.close[f.bars - 1] / f.input.close[0] - 1,
  },
  exposure_time: {
    unit: 'ratio',
    formula: 'Share of bars that end with an exposure other than 0.',
    source: 'As backtesting.py Exposure Time',
    compute: f => f.input.position.reduce((count, held) => count + (held === 0 ? 0 : 1), 0) / f.bars,
  },
  turnover: {
    unit: 'annualised_ratio',
    formula:
      'Σ |change of exposure| · periods_per_year / bars: traded notional over equity a year, purchases and sales both counted.',
    source: 'Definition',
    compute: f => (sum(f.input.turnover) * f.input.periodsPerYear) / f.bars,
  },
  total_costs: {
    unit: 'quote',
    formula: 'Σ fees and slippage of all fills of the broker account.',
    source: 'Definition',
    compute: f => f.input.totalCosts ?? Number.NaN,
    reason: () => 'fills are not recorded',
  },
  trade_count: {
    unit: 'count',
    formula: `Number of round trips. ${ROUND_TRIPS}`,
    source: 'Definition',
    compute: f => f.trips.count,
  },
  win_rate_trades: {
    unit: 'ratio',
    formula: `Share of round trips with net result above 0. ${ROUND_TRIPS}`,
    source: 'Definition',
    compute: f => f.trips.wins / f.trips.count,
    reason: trips,
  },
  profit_factor: {
    unit: 'dimensionless',
    formula: `Σ net gains / |Σ net losses| in quote currency. ${ROUND_TRIPS}`,
    source: 'Gross profit over gross loss; the field’s usual definition',
    compute: f => f.trips.grossProfit / -f.trips.grossLoss,
    reason: tripped('no losing round trip'),
  },
  payoff_ratio: {
    unit: 'dimensionless',
    formula: `Mean net gain of winners / |mean net loss of losers| in quote currency. ${ROUND_TRIPS}`,
    source: 'Average win over average loss; the field’s usual definition',
    compute: f => f.trips.grossProfit / f.trips.wins / (-f.trips.grossLoss / f.trips.losses),
    reason: f =>
      f.trips.count > 0 && f.trips.wins === 0 ? 'no winning round trip' : tripped('no losing round trip')(f),
  },
  expectancy: {
    unit: 'ratio',
    formula: `Mean net return of a round trip on its entry value. ${ROUND_TRIPS}`,
    source: 'Mean trade return; the field’s usual definition',
    compute: f => f.trips.meanReturn,
    reason: trips,
  },
  avg_holding_days: {
    unit: 'days',
    formula: `Mean of whole calendar days held. ${ROUND_TRIPS}`,
    source: 'Definition',
    compute: f => f.trips.meanHoldingDays,
    reason: trips,
  },
  max_consecutive_wins: {
    unit: 'count',
    formula: `Longest row of round trips without a loss; breaking even counts as a win. ${ROUND_TRIPS}`,
    source: 'Definition',
    compute: f => f.trips.longestWins,
  },
  max_consecutive_losses: {
    unit: 'count',
    formula: `Longest row of losing round trips. ${ROUND_TRIPS}`,
    source: 'Definition',
    compute: f => f.trips.longestLosses,
  },
}
