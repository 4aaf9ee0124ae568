/** One parameter set end to end: strategy → targets → bar loop and broker → the raw material of metrics and artifacts. */

import { fail, GatewayError } from '../base/errors.ts'
import type { Bars } from '../market/bars.ts'
import { averageTrueRange, type IndicatorCache, indicatorCache } from '../strategies/indicator-cache.ts'
import type { Execution, Strategy } from '../strategies/strategy.ts'
import { type Fill, paperFills } from './broker.ts'
import { type Costs, SLIPPAGE_ATR_PERIOD } from './costs.ts'
import { type RoundTrip, roundTrips } from './round-trips.ts'
import {
  type SimulationCounts,
  type SimulationInput,
  type SimulationOutput,
  simulate,
  simulationOutput,
} from './simulate.ts'

/** Changes whenever a result may change for the same request and data. */
export const ENGINE_VERSION = '1.0.0'

export interface BacktestInput<P = unknown> {
  bars: Bars
  strategy: Strategy<P>
  /** As validated by the strategy's schema, defaults filled in. */
  params: P
  costs: Costs
  execution: Execution
  /** Cash the broker starts with, quote currency; the equity of the bar loop is a growth of 1 and does not depend on it. */
  initialCash: number
  /** Cache of indicators of exactly these bars, shared by the trials of a sweep; a new one when absent. */
  indicators?: IndicatorCache
}

/** What every trial gives; arrays are views on the frame (the bars after the warm-up) and as long as it. */
export interface Trial extends SimulationCounts {
  /** Leading bars computed and dropped. */
  warmupBars: number
  /** Exposure decided at the close of the bar; in `next_open` the last one is still unfilled. */
  target: Float64Array
  /** Exposure held at the close of the bar. */
  position: Float64Array
  /** Return on equity, after costs. */
  netReturn: Float64Array
  /** Growth of 1. */
  equity: Float64Array
  /** What the paper broker did with `initialCash`. */
  fills: Fill[]
  roundTrips: RoundTrip[]
}

/** A trial with everything that is shown of it. */
export interface Backtest extends Trial {
  execution: Execution
  /** Bar open, epoch ms. */
  ts: Float64Array
  close: Float64Array
  /** Equity over its running maximum − 1, ≤ 0. */
  drawdown: Float64Array
  /** Absolute change of exposure on the bar. */
  turnover: Float64Array
  /** Value of the broker's account at each close, quote currency. */
  brokerEquity: Float64Array
  /** What a reader of the result should know, in plain words. */
  warnings: string[]
}

/** Buffers for trials on the same bars, used over and over. */
export interface Scratch extends SimulationOutput {
  targets: Float64Array
}

/** Buffers for trials on `bars` bars. */
export function scratchFor(bars: number): Scratch {
  return { targets: new Float64Array(bars), ...simulationOutput(bars) }
}

/**
 * One trial in the buffers of `scratch`: the same numbers as `backtest`, without what only a single run shows. The arrays of
 * the result are overwritten by the next trial. DATA_ERROR when the bars do not last beyond the warm-up or lack a column,
 * STRATEGY_ERROR when the strategy fails or gives a target outside [−1, 1].
 */
export function runTrial<P>(input: BacktestInput<P>, scratch: Scratch): Trial {
  return trial(input, scratch, null)
}

/** One run with everything that is shown of it; errors as in `runTrial`. */
export function backtest<P>(input: BacktestInput<P>): Backtest {
  const { bars, execution, costs } = input
  const brokerEquity = new Float64Array(bars.ts.length)
  const result = trial(input, scratchFor(bars.ts.length), brokerEquity)
  const warnings: string[] = []
  if (costs.slippage_mode === 'atr' && (bars.high === null || bars.low === null)) {
    warnings.push('The data have no high and low, so slippage_mode atr used its floor of 2 basis points throughout.')
  }
  return {
    ...result,
    execution,
    ts: bars.ts.subarray(result.warmupBars),
    close: bars.close.subarray(result.warmupBars),
    drawdown: drawdownOf(result.equity),
    turnover: changesOf(result.position),
    brokerEquity: brokerEquity.subarray(0, result.bars),
    warnings,
  }
}

function trial<P>(input: BacktestInput<P>, scratch: Scratch, curve: Float64Array | null): Trial {
  const { bars, strategy, params, costs, execution, initialCash } = input
  const indicators = input.indicators ?? indicatorCache(bars)
  if (indicators.bars !== bars) throw new Error('the indicator cache belongs to other bars')
  strategy.check?.(params)
  const from = strategy.warmup(params)
  requireFrame(bars, from, strategy, execution)
  const targets = targetsOf(strategy, bars, params, { execution, indicators, out: scratch.targets })
  const atr = costs.slippage_mode === 'atr' ? averageTrueRange(indicators, SLIPPAGE_ATR_PERIOD) : null
  const frame: SimulationInput = { close: bars.close, open: bars.open, targets, atr, from, execution, costs }
  const counts = simulate(frame, scratch)
  const fills = paperFills(frame, bars.ts, initialCash, curve)
  return {
    ...counts,
    warmupBars: from,
    target: targets.subarray(from),
    position: scratch.position.subarray(0, counts.bars),
    netReturn: scratch.netReturn.subarray(0, counts.bars),
    equity: scratch.equity.subarray(0, counts.bars),
    fills,
    roundTrips: roundTrips(fills),
  }
}

/** DATA_ERROR unless `bars` last beyond the `warmup` of the strategy and have the column that the execution model fills at. */
export function requireFrame(bars: Bars, warmup: number, strategy: Pick<Strategy, 'name'>, execution: Execution): void {
  if (bars.ts.length <= warmup) throw noDataRemaining(bars, warmup, strategy.name)
  if (execution === 'next_open' && bars.open === null) throw openMissing(bars)
}

/** The error of a strategy that threw `error`: its own where it is one of the catalogue, else STRATEGY_ERROR. */
export function strategyFailure(name: string, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return fail('STRATEGY_ERROR', { message: `The strategy ${name} failed: ${reason}` })
}

function targetsOf<P>(
  strategy: Strategy<P>,
  bars: Bars,
  params: P,
  context: Parameters<Strategy<P>['targets']>[2],
): Float64Array {
  let targets: Float64Array
  try {
    targets = strategy.targets(bars, params, context)
  } catch (error) {
    throw strategyFailure(strategy.name, error)
  }
  if (targets.length === bars.ts.length) return targets
  throw fail('STRATEGY_ERROR', {
    message: `The strategy ${strategy.name} gave ${targets.length} targets for ${bars.ts.length} bars.`,
  })
}

function noDataRemaining(bars: Bars, warmup: number, strategy: string): Error {
  return fail(
    'DATA_ERROR',
    {
      message:
        'No data remaining after applying indicators (need more history for lookbacks). ' +
        `${bars.symbol} has ${bars.ts.length} bars in the window; ${strategy} needs at least ${warmup + 1}.`,
    },
    { hint: 'Choose an earlier start, or parameters with shorter windows.' },
  )
}

function openMissing(bars: Bars): Error {
  return fail('DATA_ERROR', {
    message: `execution next_open needs the column open, which the data of ${bars.symbol} do not have; use signal_close.`,
  })
}

function drawdownOf(equity: Float64Array): Float64Array {
  const out = new Float64Array(equity.length)
  let peak = equity[0]
  for (let i = 0; i < equity.length; i++) {
    if (equity[i] > peak) peak = equity[i]
    out[i] = equity[i] / peak - 1
  }
  return out
}

function changesOf(position: Float64Array): Float64Array {
  const out = new Float64Array(position.length)
  for (let i = 0, held = 0; i < out.length; held = position[i++]) out[i] = Math.abs(position[i] - held)
  return out
}
