/** Targets of learned models: what is predicted at the close of a bar, and its definition in words. */

/** What a model learns to predict. */
export interface Target {
  /** A return, or whether it is above `threshold`. */
  kind: 'forward_return' | 'forward_return_positive'
  /** Bars ahead. */
  horizon: number
  returns: 'log' | 'simple'
  /** Ratio; 0 and unused for a return. */
  threshold: number
}

/** Return from the close of each bar to that of `horizon` bars later; NaN for the last `horizon` bars. */
export function forwardReturns(close: Float64Array, { horizon, returns }: Target): Float64Array {
  const out = new Float64Array(close.length).fill(Number.NaN)
  for (let i = 0; i + horizon < close.length; i++) {
    const ratio = close[i + horizon] / close[i]
    out[i] = returns === 'log' ? Math.log(ratio) : ratio - 1
  }
  return out
}

/** The target at each bar: the forward return itself, or 1 where it is above the threshold and 0 elsewhere; NaN where unknown. */
export function labelsOf(forward: Float64Array, { kind, threshold }: Target): Float64Array {
  if (kind === 'forward_return') return forward
  return forward.map(value => (Number.isNaN(value) ? value : value > threshold ? 1 : 0))
}

/** The formula of the target. */
export function definitionOf({ kind, horizon, returns, threshold }: Target): string {
  const value = returns === 'log' ? `ln(close[t+${horizon}] / close[t])` : `close[t+${horizon}] / close[t] − 1`
  return kind === 'forward_return' ? value : `1 where ${value} > ${threshold}, else 0`
}
