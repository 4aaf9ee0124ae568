/** Honest statistics of a sweep's winner: how much of its Sharpe ratio is what the best of so many trials shows by luck. */

import { kurtosis, normalQuantile, skewness } from '../base/stats.ts'
import { probabilisticSharpe, sharpePerBar } from '../engine/metric-formulas.ts'
import type { Overfitting } from './cscv.ts'
import type { Stability } from './stability.ts'

const EULER_MASCHERONI = 0.5772156649015329

/** Confidence at which a record counts as long enough, and a deflated Sharpe ratio as significant. */
const CONFIDENCE = 0.95

/** Above this probability of overfitting, and below this share kept by the neighbours, a winner is not called robust. */
const MOST_OVERFITTING = 0.25
const LEAST_RETENTION = 0.5

/**
 * Sharpe ratio that the best of `trials` independent trials without skill is expected to show: √V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))),
 * `variance` being that of the trials' ratios, in the same unit squared (Bailey & López de Prado 2014). `trials` may be a fraction; 0 for one or fewer.
 */
export function expectedMaximumSharpe(variance: number, trials: number): number {
  if (!(trials > 1)) return 0
  const first = normalQuantile(1 - 1 / trials)
  const second = normalQuantile(1 - 1 / (trials * Math.E))
  // Between one and two trials the approximation falls below 0, which no expected maximum of mean 0 does.
  return Math.max(0, Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second))
}

/** Probability that the true Sharpe ratio exceeds what the best of `trials` shows by luck (Bailey & López de Prado 2014); all ratios per bar, `kurt` non-excess. */
export function deflatedSharpe(
  sharpe: number,
  skew: number,
  kurt: number,
  bars: number,
  variance: number,
  trials: number,
): number {
  return probabilisticSharpe(sharpe, expectedMaximumSharpe(variance, trials), skew, kurt, bars)
}

/**
 * Bars needed until a Sharpe ratio is above `benchmark` with the confidence given: 1 + (1 − γ₃·SR + (γ₄ − 1)/4·SR²)·(Φ⁻¹(confidence) /
 * (SR − benchmark))² (Bailey & López de Prado 2012), a fraction; NaN where the ratio is not above the benchmark. All ratios per bar, `kurt` non-excess.
 */
export function minTrackRecordLength(
  sharpe: number,
  benchmark: number,
  skew: number,
  kurt: number,
  confidence = CONFIDENCE,
): number {
  if (!(sharpe > benchmark)) return Number.NaN
  const quantile = normalQuantile(confidence) / (sharpe - benchmark)
  return 1 + (1 - skew * sharpe + ((kurt - 1) / 4) * sharpe * sharpe) * quantile * quantile
}

/** Independent trials among `trials` whose returns have the mean correlation ρ: ρ + (1 − ρ)·N (Bailey & López de Prado 2014, eq. 9); ρ below 0 counts as 0. */
export function effectiveTrials(trials: number, meanCorrelation: number): number {
  const rho = Math.min(1, Math.max(0, meanCorrelation))
  return rho + (1 - rho) * trials
}

/** Adds up standardised return series, so that their mean correlation needs no pair of them. */
export interface CorrelationSum {
  series: number
  total: Float64Array
}

/** A sum over no series, each of `bars` bars. */
export function correlationSum(bars: number): CorrelationSum {
  return { series: 0, total: new Float64Array(bars) }
}

/** Add a series; one whose returns do not vary has no correlation and is left out. */
export function addSeries(sum: CorrelationSum, returns: Float64Array): void {
  const n = returns.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += returns[i]
  mean /= n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (returns[i] - mean) * (returns[i] - mean)
  if (!(squares > 0)) return
  const inverse = 1 / Math.sqrt(squares / n)
  const { total } = sum
  for (let i = 0; i < n; i++) total[i] += (returns[i] - mean) * inverse
  sum.series++
}

/** Mean correlation over all pairs: the variance of the sum of M standardised series is M + M(M − 1)·ρ; NaN for fewer than two series. */
export function meanCorrelation({ series, total }: CorrelationSum): number {
  if (series < 2) return Number.NaN
  let squares = 0
  for (let i = 0; i < total.length; i++) squares += total[i] * total[i]
  return (squares / total.length - series) / (series * (series - 1))
}

/** Running variance of the Sharpe ratios of all trials (Welford 1962); undefined ones are left out. */
export interface SharpeSpread {
  count: number
  mean: number
  squares: number
}

/** A spread over no trials. */
export function sharpeSpread(): SharpeSpread {
  return { count: 0, mean: 0, squares: 0 }
}

/** Add the `sharpe_simple` figures of trials, in their order. */
export function addSharpes(spread: SharpeSpread, sharpes: ArrayLike<number>): void {
  for (let i = 0; i < sharpes.length; i++) {
    const perBar = sharpes[i] / Math.sqrt(252)
    if (!Number.isFinite(perBar)) continue
    const distance = perBar - spread.mean
    spread.count++
    spread.mean += distance / spread.count
    spread.squares += distance * (perBar - spread.mean)
  }
}

export interface OverfittingInput {
  /** Sharpe ratios of all trials. */
  spread: SharpeSpread
  /** Net returns of the winner, bar by bar. */
  winner: Float64Array
  /** Mean correlation between trials; NaN where unknown, then every trial counts as independent. */
  correlation: number
  cscv: Overfitting
  stability: Stability
}

/** `report.json.overfitting`; ratios per bar, null where undefined with the reason in `undefined_reasons`. */
export interface OverfittingReport {
  /** Trials with a Sharpe ratio, and how many independent ones they amount to. */
  trials: number
  effective_trials: number | null
  mean_correlation: number | null
  track_record_bars: number
  /** At 95 % confidence against 0. */
  min_track_record_bars: number | null
  sharpe_per_bar: number | null
  /** What the best of the effective trials shows by luck. */
  expected_max_sharpe_per_bar: number | null
  probabilistic_sharpe_ratio: number | null
  deflated_sharpe_ratio: number | null
  probability_of_overfitting: number | null
  probability_of_loss: number | null
  cscv_trials: number
  cscv_combinations: number
  stability: Omit<Stability, 'reason'>
  conclusion: 'robust' | 'doubtful' | 'overfitted' | 'insufficient_data'
  verdict: string
  undefined_reasons: Record<string, string>
}

/** All statistics of a winner and what they say in one line. */
export function overfittingReport({
  spread,
  winner,
  correlation,
  cscv,
  stability,
}: OverfittingInput): OverfittingReport {
  const bars = winner.length
  const sharpe = sharpePerBar(winner)
  const [skew, kurt] = [skewness(winner), kurtosis(winner)]
  const variance = spread.count > 1 ? spread.squares / (spread.count - 1) : 0
  const effective = effectiveTrials(spread.count, Number.isNaN(correlation) ? 0 : correlation)
  const reasons: Record<string, string> = {}
  const defined = (name: string, value: number, reason: string): number | null => {
    if (Number.isFinite(value)) return value
    reasons[name] = reason
    return null
  }
  const varies = bars < 2 ? 'insufficient data: fewer than 2 bars' : 'the returns of the winner do not vary'
  if (cscv.reason !== null) {
    reasons['probability_of_overfitting'] = cscv.reason
    reasons['probability_of_loss'] = cscv.reason
  }
  const { reason: unstable, ...kept } = stability
  if (unstable !== null) reasons['stability'] = unstable
  const numbers = {
    trials: spread.count,
    effective_trials: defined(
      'effective_trials',
      spread.count > 0 ? effective : Number.NaN,
      'no trial has a Sharpe ratio',
    ),
    mean_correlation: defined('mean_correlation', correlation, 'fewer than two trials whose returns vary'),
    track_record_bars: bars,
    min_track_record_bars: defined(
      'min_track_record_bars',
      minTrackRecordLength(sharpe, 0, skew, kurt),
      Number.isNaN(sharpe) ? varies : 'the Sharpe ratio of the winner is not above 0',
    ),
    sharpe_per_bar: defined('sharpe_per_bar', sharpe, varies),
    expected_max_sharpe_per_bar: expectedMaximumSharpe(variance, effective),
    probabilistic_sharpe_ratio: defined(
      'probabilistic_sharpe_ratio',
      probabilisticSharpe(sharpe, 0, skew, kurt, bars),
      varies,
    ),
    deflated_sharpe_ratio: defined(
      'deflated_sharpe_ratio',
      deflatedSharpe(sharpe, skew, kurt, bars, variance, effective),
      varies,
    ),
    probability_of_overfitting: cscv.probability,
    probability_of_loss: cscv.probability_of_loss,
    cscv_trials: cscv.trials,
    cscv_combinations: cscv.combinations,
    stability: kept,
  }
  return { ...numbers, ...judgement(numbers, reasons), undefined_reasons: reasons }
}

type Numbers = Omit<OverfittingReport, 'conclusion' | 'verdict' | 'undefined_reasons'>

/** The line a reader needs: what holds, what does not, and the figures that say so. */
function judgement(
  numbers: Numbers,
  reasons: Record<string, string>,
): Pick<OverfittingReport, 'conclusion' | 'verdict'> {
  const { deflated_sharpe_ratio: deflated, probability_of_overfitting: overfitting, stability } = numbers
  const { min_track_record_bars: needed, track_record_bars: bars, effective_trials: effective } = numbers
  if (deflated === null || effective === null) {
    const reason = reasons['deflated_sharpe_ratio'] ?? reasons['effective_trials']
    return { conclusion: 'insufficient_data', verdict: `Cannot be judged: ${reason}.` }
  }
  const against: string[] = []
  if (deflated < CONFIDENCE)
    against.push(`its Sharpe ratio is within what ${whole(effective)} independent trials show by luck`)
  if (needed === null || needed > bars)
    against.push(
      needed === null
        ? 'it has no positive Sharpe ratio'
        : `its record of ${bars} bars is shorter than the ${whole(needed)} it needs`,
    )
  if (overfitting !== null && overfitting > MOST_OVERFITTING)
    against.push('the best in one half of the data is often no better than the middle in the other')
  if (stability.retention !== null && stability.retention < LEAST_RETENTION)
    against.push('its neighbours do much worse')
  const facts = [
    `deflated Sharpe ratio ${deflated.toFixed(2)}`,
    overfitting === null
      ? 'probability of overfitting unknown'
      : `probability of overfitting ${overfitting.toFixed(2)}`,
    stability.retention === null
      ? 'stability unknown'
      : `neighbours keep ${whole(100 * stability.retention)} % of the score`,
  ].join(', ')
  if (against.length === 0) return { conclusion: 'robust', verdict: `Robust so far: ${facts}.` }
  const overfitted = deflated < 0.5 || (overfitting !== null && overfitting >= 0.5)
  const verdict = `${overfitted ? 'Probably overfitted' : 'Doubtful'}: ${against.join('; ')} (${facts}).`
  return { conclusion: overfitted ? 'overfitted' : 'doubtful', verdict }
}

function whole(value: number): string {
  return String(Math.round(value))
}
