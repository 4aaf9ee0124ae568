/** The indicator catalogue: name → inputs, parameters, outputs, warm-up, unit, function; and `indicatorFor`, the checked way in. */

import { fail } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { macd, roc, rsi, rsiSeededAtFirstBar, stochastic } from './momentum.ts'
import { ema, sma, wilder, wma } from './moving-averages.ts'
import {
  type Columns,
  didYouMean,
  type Indicator,
  type IndicatorParameter,
  type IndicatorUnit,
  resolveParameters,
} from './parameters.ts'
import { rollingCorrelation, rollingMax, rollingMin, rollingStd, rollingSum, rollingZScore } from './rolling.ts'
import { atr, bollinger, donchian, realisedVolatility, trueRange } from './volatility.ts'

export type { ColumnName, Columns, Indicator, IndicatorParameter, IndicatorUnit } from './parameters.ts'

/** One indicator with checked parameters. */
export interface BoundIndicator {
  name: string
  indicator: Indicator
  /** Complete: defaults filled in. */
  params: Record<string, number>
  /** Bars before the first one at which every output is defined. */
  warmup: number
  /** New series by output name; DATA_ERROR when a column it reads is null. */
  compute(columns: Columns): Record<string, Float64Array>
}

/**
 * Look an indicator up and check its parameters; absent ones take their defaults. STRATEGY_ERROR for an unknown name, an
 * unknown parameter (with the near miss) or a value out of bounds; `pointer` is the JSON pointer of the parameters' object.
 */
export function indicatorFor(
  name: string,
  params: Readonly<Record<string, unknown>> = {},
  pointer = '',
): BoundIndicator {
  if (!Object.hasOwn(INDICATORS, name)) {
    const names = Object.keys(INDICATORS)
    const suggestion = nearest(name, names)
    const message = `unknown indicator "${name}"${didYouMean(suggestion)}`
    const detail = { pointer, message, expected: names, ...(suggestion === undefined ? {} : { suggestion }) }
    throw fail('STRATEGY_ERROR', { message }, { details: [detail], hint: `Known indicators: ${names.join(', ')}` })
  }
  const indicator = INDICATORS[name]
  const resolved = resolveParameters(name, indicator, params, pointer)
  return {
    name,
    indicator,
    params: resolved,
    warmup: indicator.warmup(resolved),
    compute: columns => {
      const absent = indicator.inputs.filter(column => columns[column] === null)
      if (absent.length > 0) {
        const message = `indicator ${name} reads ${absent.join(' and ')}, which the data set does not have`
        throw fail('DATA_ERROR', { message }, { hint: 'Choose a data set with that column, or another indicator' })
      }
      return indicator.compute(columns, resolved)
    },
  }
}

/** Every indicator by its wire name. Looping callers (tests, documents, features) need nothing else. */
export const INDICATORS: Readonly<Record<string, Indicator>> = {
  sma: ofClose('Simple moving average', 'quote', { window: bars(20) }, untilFull, (x, p) => sma(x, p.window)),
  ema: ofClose('Exponential moving average, seeded with the SMA', 'quote', { window: bars(20) }, untilFull, (x, p) =>
    ema(x, p.window),
  ),
  wma: ofClose('Linearly weighted moving average', 'quote', { window: bars(20) }, untilFull, (x, p) =>
    wma(x, p.window),
  ),
  wilder: ofClose('Wilder smoothing, seeded with the SMA', 'quote', { window: bars(14) }, untilFull, (x, p) =>
    wilder(x, p.window),
  ),
  roc: ofClose(
    'Rate of change over the window',
    'ratio',
    { window: bars(14) },
    p => p.window,
    (x, p) => roc(x, p.window),
  ),
  rsi: ofClose(
    'Relative strength index of Wilder, 0…100',
    'dimensionless',
    { period: bars(14) },
    p => p.period,
    (x, p) => rsi(x, p.period),
  ),
  rsi_seeded_at_first_bar: ofClose(
    'Relative strength index with its means started at the first bar, 0…100: the one of rsi_ma_cross_v2',
    'dimensionless',
    { period: bars(14) },
    p => p.period - 1,
    (x, p) => rsiSeededAtFirstBar(x, p.period),
  ),
  macd: {
    description: 'Moving average convergence divergence: EMA(fast) − EMA(slow), its EMA(signal), their difference',
    inputs: ['close'],
    parameters: { fast: bars(12), slow: bars(26), signal: bars(9) },
    outputs: ['macd', 'signal', 'histogram'],
    units: { macd: 'quote', signal: 'quote', histogram: 'quote' },
    warmup: p => p.slow + p.signal - 2,
    conflict: p =>
      p.fast < p.slow ? null : { parameter: 'fast', message: `fast must be below slow; got ${p.fast} and ${p.slow}` },
    compute: ({ close }, p) => macd(close!, p.fast, p.slow, p.signal),
  },
  stochastic: {
    description: 'Stochastic oscillator, 0…100: place of the close in the range of the window, smoothed, and its mean',
    inputs: ['high', 'low', 'close'],
    parameters: { window: bars(14), smoothing: bars(3), signal: bars(3) },
    outputs: ['k', 'd'],
    units: { k: 'dimensionless', d: 'dimensionless' },
    warmup: p => p.window + p.smoothing + p.signal - 3,
    compute: ({ high, low, close }, p) => stochastic(high!, low!, close!, p.window, p.smoothing, p.signal),
  },
  true_range: {
    description: 'True range of each bar',
    inputs: ['high', 'low', 'close'],
    parameters: {},
    outputs: ['value'],
    units: { value: 'quote' },
    warmup: () => 0,
    compute: ({ high, low, close }) => ({ value: trueRange(high!, low!, close!) }),
  },
  atr: {
    description: 'Average true range of Wilder',
    inputs: ['high', 'low', 'close'],
    parameters: { period: bars(14) },
    outputs: ['value'],
    units: { value: 'quote' },
    warmup: p => p.period - 1,
    compute: ({ high, low, close }, p) => ({ value: atr(high!, low!, close!, p.period) }),
  },
  bollinger: {
    description: 'Bollinger bands: SMA ± width population standard deviations; %b and bandwidth as ratios',
    inputs: ['close'],
    parameters: {
      window: bars(20, 2),
      width: {
        default: 2,
        min: 0.01,
        max: 100,
        integer: false,
        unit: 'dimensionless',
        description: 'Standard deviations from the middle to each band',
      },
    },
    outputs: ['middle', 'upper', 'lower', 'percent_b', 'bandwidth'],
    units: { middle: 'quote', upper: 'quote', lower: 'quote', percent_b: 'ratio', bandwidth: 'ratio' },
    warmup: untilFull,
    compute: ({ close }, p) => bollinger(close!, p.window, p.width),
  },
  donchian: {
    description: 'Donchian channel: highest high and lowest low of the window, and their mean',
    inputs: ['high', 'low'],
    parameters: {
      window: bars(20),
      lag: {
        default: 1,
        min: 0,
        max: 1,
        integer: true,
        unit: 'bars',
        description: '1: the window ends at the bar before, 0: it includes the bar itself',
      },
    },
    outputs: ['upper', 'middle', 'lower'],
    units: { upper: 'quote', middle: 'quote', lower: 'quote' },
    warmup: p => p.window - 1 + p.lag,
    compute: ({ high, low }, p) => donchian(high!, low!, p.window, p.lag === 0 ? 0 : 1),
  },
  realised_volatility: ofClose(
    'Realised volatility per bar: sample standard deviation of log returns, not annualised',
    'ratio',
    { window: bars(20, 2) },
    p => p.window,
    (x, p) => realisedVolatility(x, p.window),
  ),
  rolling_sum: ofClose('Sum over the window', 'quote', { window: bars(20) }, untilFull, (x, p) =>
    rollingSum(x, p.window),
  ),
  rolling_std: ofClose('Standard deviation over the window', 'quote', deviation(), untilFull, (x, p) =>
    rollingStd(x, p.window, p.ddof === 0 ? 0 : 1),
  ),
  rolling_zscore: ofClose('Standard score within the window', 'dimensionless', deviation(), untilFull, (x, p) =>
    rollingZScore(x, p.window, p.ddof === 0 ? 0 : 1),
  ),
  rolling_min: ofClose('Lowest close of the window', 'quote', { window: bars(20) }, untilFull, (x, p) =>
    rollingMin(x, p.window),
  ),
  rolling_max: ofClose('Highest close of the window', 'quote', { window: bars(20) }, untilFull, (x, p) =>
    rollingMax(x, p.window),
  ),
  rolling_correlation: {
    description: 'Pearson correlation of close and volume over the window',
    inputs: ['close', 'volume'],
    parameters: { window: bars(20, 2) },
    outputs: ['value'],
    units: { value: 'dimensionless' },
    warmup: untilFull,
    compute: ({ close, volume }, p) => ({ value: rollingCorrelation(close!, volume!, p.window) }),
  },
}

/** A row that reads one series, by default the close, and gives one, `value`. */
function ofClose(
  description: string,
  unit: IndicatorUnit,
  parameters: Record<string, IndicatorParameter>,
  warmup: (params: Record<string, number>) => number,
  value: (series: Float64Array, params: Record<string, number>) => Float64Array,
): Indicator {
  return {
    description,
    inputs: ['close'],
    parameters,
    outputs: ['value'],
    units: { value: unit },
    warmup,
    compute: ({ close }, params) => ({ value: value(close!, params) }),
  }
}

/** A length in bars; a million bars is more than any series the program is made for. */
function bars(length: number, min = 1): IndicatorParameter {
  return { default: length, min, max: 1_000_000, integer: true, unit: 'bars', description: 'Length in bars' }
}

/** Parameters of a standard deviation; a sample one needs two values. */
function deviation(): Record<string, IndicatorParameter> {
  const description = 'Divisor is window − ddof: 1 sample, 0 population'
  return {
    window: bars(20, 2),
    ddof: { default: 1, min: 0, max: 1, integer: true, unit: 'dimensionless', description },
  }
}

function untilFull(params: Record<string, number>): number {
  return params.window - 1
}
