/** Targets as the bars on which they change: the short form that the trials of a sweep read. */

import type { Bars } from '../market/bars.ts'
import { type Strategy, type StrategyContext, type TargetChanges, targetBuffer } from './strategy.ts'

/** A strategy that states its rule as changes. */
export type ChangingStrategy<P> = Strategy<P> & Required<Pick<Strategy<P>, 'changes'>>

/** Room for the changes on at most `bars` bars. */
export function targetChanges(bars: number): TargetChanges {
  return { count: 0, bars: new Int32Array(bars), targets: new Float64Array(bars) }
}

/** The targets of every bar, for a strategy whose rule is stated by its `changes`. */
export function targetsOfChanges<P>(
  strategy: ChangingStrategy<P>,
  bars: Bars,
  params: P,
  context: StrategyContext,
): Float64Array {
  const changes = targetChanges(bars.ts.length)
  strategy.changes(bars, params, context, changes)
  const out = targetBuffer(bars, strategy.warmup(params), context)
  for (let k = 0, from = strategy.warmup(params), held = 0; k <= changes.count; k++) {
    const to = k < changes.count ? changes.bars[k] : out.length
    out.fill(held, from, to)
    from = to
    held = changes.targets[k]
  }
  return out
}

/** The changes of `targets` from bar `from` on, written to `out`; a NaN counts as a change. */
export function changesOfTargets(targets: Float64Array, from: number, out: TargetChanges): void {
  let held = 0
  let count = 0
  for (let i = from; i < targets.length; i++) {
    const target = targets[i]
    if (target === held) continue
    out.bars[count] = i
    out.targets[count++] = target
    held = target
  }
  out.count = count
}
