/** The `Strategy` port: bars and parameters in, desired exposure per bar out; no look-ahead. */

import type { Bars } from '../market/bars.ts'
import type { IndicatorCache } from './indicator-cache.ts'

/** When a decision taken at the close of bar i is filled: at that close (as published), or at the open of bar i + 1. */
export type Execution = 'signal_close' | 'next_open'

/** What a strategy may use besides the bars. */
export interface StrategyContext {
  execution: Execution
  /** Indicators of exactly the bars given. */
  indicators: IndicatorCache
  /** Buffer of the length of the bars to write the targets into, so that a sweep allocates nothing; a new array when absent. */
  out?: Float64Array
}

/** Decisions of a strategy: the target is 0 until `bars[0]`, then `targets[k]` from the close of `bars[k]` on. */
export interface TargetChanges {
  /** How many elements of the arrays count. */
  count: number
  /** Indices of bars, ascending. */
  bars: Int32Array
  /** Exposure in [-1, 1], each different from the one before. */
  targets: Float64Array
}

/** A trading rule. `P` is the type generated from `schemas/strategies/<name>.schema.json`; defaults are already filled in. */
export interface Strategy<P = unknown> {
  name: string
  /** Enters the strategy's identity together with the parameters, so each rule has a family of its own. */
  family: string
  /** Number of leading bars that are computed and then dropped. */
  warmup(params: P): number
  /**
   * Desired exposure in [-1, 1] for every bar, decided at its close from bars up to and including it; 0 during the warm-up.
   * The first bar after the warm-up has no previous bar, so nothing can cross there. The targets of a prefix of the bars are,
   * bit for bit, the prefix of the targets.
   */
  targets(bars: Bars, params: P, context: StrategyContext): Float64Array
  /**
   * The same decisions as the bars on which the target changes, written to `out`: the quicker form, which sweeps prefer. A
   * strategy that has it states its rule there and derives `targets` from it.
   */
  changes?(bars: Bars, params: P, context: StrategyContext, out: TargetChanges): void
  /** Rules between parameters, which a schema cannot state; throws STRATEGY_ERROR. */
  check?(params: P): void
}

/** The buffer to write targets into: zeros during the warm-up, NaN after it, which the engine refuses where it is left. */
export function targetBuffer(bars: Bars, warmup: number, context: StrategyContext): Float64Array {
  const out = context.out ?? new Float64Array(bars.ts.length)
  return out.fill(0, 0, warmup).fill(Number.NaN, warmup)
}
