/** Features of learned models: definition → checked, bound column of the bars; no look-ahead, no unit of price. */

import type { LearnedFeature } from '../../contracts/types.ts'
import { type ErrorDetail, fail, GatewayError } from '../base/errors.ts'
import { nearest } from '../base/near.ts'
import { INDICATORS, indicatorFor } from '../indicators/index.ts'
import type { Bars } from '../market/bars.ts'
import { cached, type IndicatorCache } from './indicator-cache.ts'

/** One feature that can be computed. */
export interface BoundFeature {
  name: string
  /** Complete: what was left out is filled in. */
  definition: LearnedFeature
  /** The formula in words and symbols. */
  formula: string
  /** Bars before the first one at which it is defined. */
  warmup: number
  /** One value per bar, NaN during the warm-up and where undefined; DATA_ERROR where the bars lack a column it reads. */
  column(cache: IndicatorCache): Float64Array
}

/**
 * Bind features in order. STRATEGY_ERROR with every fault: an unknown indicator, parameter or output with its near miss, a value
 * out of bounds, a name that two features share; `pointerOf` gives the JSON pointer of a feature by its place.
 */
export function bindFeatures(
  features: readonly LearnedFeature[],
  pointerOf: (index: number) => string,
): readonly BoundFeature[] {
  const faults: ErrorDetail[] = []
  const bound: BoundFeature[] = []
  const taken = new Map<string, number>()
  features.forEach((feature, index) => {
    const pointer = pointerOf(index)
    try {
      const one = feature.kind === 'return' ? returnFeature(feature) : indicatorFeature(feature, pointer)
      const before = taken.get(one.name)
      if (before !== undefined)
        faults.push({ pointer, message: `has the name "${one.name}" of feature ${before}; leave it out or name it` })
      taken.set(one.name, index)
      bound.push(one)
    } catch (error) {
      if (!(error instanceof GatewayError) || error.class !== 'STRATEGY_ERROR') throw error
      faults.push(...error.details)
    }
  })
  if (faults.length > 0) {
    const message = faults.map(fault => `${fault.pointer} ${fault.message}`).join('; ')
    throw fail('STRATEGY_ERROR', { message }, { details: faults, hint: KNOWN })
  }
  return bound
}

const KNOWN = `Known indicators: ${Object.keys(INDICATORS).join(', ')}`

function returnFeature(feature: LearnedFeature): BoundFeature {
  const { column = 'close', window = 1, returns = 'log', lag = 0 } = feature
  const name =
    feature.name ?? `${column === 'close' ? '' : `${column}_`}return_${window}${simply(returns)}${lagged(lag)}`
  const [at, before] = [`${column}[${time(lag)}]`, `${column}[${time(lag + window)}]`]
  return {
    name,
    definition: { name, kind: 'return', column, window, returns, lag },
    formula: returns === 'log' ? `ln(${at} / ${before})` : `${at} / ${before} − 1`,
    warmup: window + lag,
    column: cache =>
      cached(cache, `learned_return:${column}:${window}:${returns}:${lag}`, bars => {
        const values = bars[column]
        if (values === null) throw absentColumn(bars, name, column)
        return returnsOf(values, window, returns, lag)
      }),
  }
}

/** x[t−lag] over x[t−lag−window], as its logarithm or less 1; NaN where one of them is not there. */
function returnsOf(x: Float64Array, window: number, returns: 'log' | 'simple', lag: number): Float64Array {
  const out = new Float64Array(x.length).fill(Number.NaN)
  for (let i = window + lag; i < x.length; i++) {
    const ratio = x[i - lag] / x[i - lag - window]
    out[i] = returns === 'log' ? Math.log(ratio) : ratio - 1
  }
  return out
}

function indicatorFeature(feature: LearnedFeature, pointer: string): BoundFeature {
  const { indicator: wire = '', lag = 0 } = feature
  const known = Object.hasOwn(INDICATORS, wire)
  const { indicator, params, warmup, compute } = indicatorFor(
    wire,
    feature.params,
    `${pointer}/${known ? 'params' : 'indicator'}`,
  )
  const output = feature.output ?? indicator.outputs[0]
  if (!indicator.outputs.includes(output)) throw unknownOutput(wire, output, indicator.outputs, pointer)
  const relative = indicator.units[output] === 'quote'
  const own = [wire, ...Object.values(params).map(value => String(value).replaceAll('.', 'p').replaceAll('-', 'm'))]
  const name = feature.name ?? `${own.join('_')}${indicator.outputs.length > 1 ? `_${output}` : ''}${lagged(lag)}`
  const call = `${wire}(${Object.entries(params).map(([key, value]) => `${key}=${value}`)})`
  const key = `${wire}:${Object.values(params)}`
  return {
    name,
    definition: { name, kind: 'indicator', indicator: wire, params, output, lag },
    formula: `${call}.${output}[${time(lag)}]${relative ? ` / close[${time(lag)}]` : ''}`,
    warmup: warmup + lag,
    column: cache =>
      cached(cache, `learned_indicator:${key}:${output}:${lag}`, bars => {
        const series = cached(cache, `learned_outputs:${key}`, compute)[output]
        const out = new Float64Array(series.length).fill(Number.NaN)
        for (let i = lag; i < out.length; i++)
          out[i] = relative ? series[i - lag] / bars.close[i - lag] : series[i - lag]
        return out
      }),
  }
}

function simply(returns: 'log' | 'simple'): string {
  return returns === 'simple' ? '_simple' : ''
}

function lagged(lag: number): string {
  return lag === 0 ? '' : `_lag_${lag}`
}

function time(back: number): string {
  return back === 0 ? 't' : `t−${back}`
}

function unknownOutput(name: string, output: string, outputs: readonly string[], pointer: string): Error {
  const suggestion = nearest(output, outputs)
  const meant = suggestion === undefined ? '' : `: did you mean "${suggestion}"?`
  const message = `indicator ${name} has no output "${output}"${meant}`
  const detail = { pointer: `${pointer}/output`, message, expected: outputs }
  return fail(
    'STRATEGY_ERROR',
    { message },
    { details: [suggestion === undefined ? detail : { ...detail, suggestion }] },
  )
}

function absentColumn(bars: Bars, name: string, column: string): Error {
  return fail(
    'DATA_ERROR',
    { message: `The feature ${name} reads the column ${column}, which the data of ${bars.symbol} do not have.` },
    { hint: 'Choose a data set with that column, or another feature.' },
  )
}
