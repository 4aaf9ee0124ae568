/** Forward evaluation: a strategy with warm-up from before the window, stepped bar by bar on an account that can be taken up again. */

import { type Bars, firstBarAt, sliceBars } from '../market/bars.ts'
import { averageTrueRange, indicatorCache } from '../strategies/indicator-cache.ts'
import type { Execution, Strategy } from '../strategies/strategy.ts'
import { requireFrame, strategyFailure } from './backtest.ts'
import { accountEquity, type BrokerState, type Fill, step } from './broker.ts'
import { type Costs, SLIPPAGE_ATR_PERIOD, slippageFraction } from './costs.ts'
import { badTarget } from './simulate.ts'

export interface ForwardInput<P = unknown> {
  /** All bars read, those before the window included. */
  bars: Bars
  /** First instant of the evaluation, epoch ms; always that of the whole session, also on a resume. */
  start: number
  /** Time of the last bar that is evaluated already, epoch ms; null for a new session. */
  after: number | null
  strategy: Strategy<P>
  /** As validated by the strategy's schema, defaults filled in. */
  params: P
  costs: Costs
  execution: Execution
  /** Account before the first new bar; not changed. */
  account: BrokerState
}

/** The new bars of one call; arrays have one element each, none when there is nothing new. */
export interface ForwardSegment {
  warmupBars: number
  /** Index of the first bar the strategy sees, and of the first bar that the whole session evaluates. */
  seenFrom: number
  evaluatedFrom: number
  /** Bar open, epoch ms. */
  ts: Float64Array
  /** Value of the account at each close, quote currency. */
  accountEquity: Float64Array
  fills: Fill[]
  /** Account after the last bar. */
  account: BrokerState
}

/**
 * Evaluate the bars from `start` on that come after `after`. The strategy sees its warm-up and one bar more before the first
 * evaluated bar, so that it can decide there with a bar to compare with, and starts flat like the account: their states never part.
 * What it sees begins at the same bar however often a session is resumed, so that many segments give, bit for bit, what one gives.
 * DATA_ERROR where nothing is left after the warm-up or a column is missing; STRATEGY_ERROR where the strategy fails.
 */
export function evaluateForward<P>(input: ForwardInput<P>): ForwardSegment {
  const { bars, strategy, params, execution, costs } = input
  strategy.check?.(params)
  const warmupBars = strategy.warmup(params)
  requireFrame(bars, warmupBars, strategy, execution)
  const evaluatedFrom = Math.max(firstBarAt(bars.ts, input.start), warmupBars)
  const seenFrom = Math.max(0, evaluatedFrom - warmupBars - 1)
  const account = { ...input.account }
  const first = input.after === null ? evaluatedFrom : Math.max(evaluatedFrom, firstBarAt(bars.ts, input.after + 1))
  const count = Math.max(0, bars.ts.length - first)
  const segment: ForwardSegment = {
    warmupBars,
    seenFrom,
    evaluatedFrom,
    ts: bars.ts.subarray(first),
    accountEquity: new Float64Array(count),
    fills: [],
    account,
  }
  if (count === 0) return segment

  const frame = sliceBars(bars, seenFrom, bars.ts.length)
  const indicators = indicatorCache(frame)
  const targets = targetsOf(strategy, frame, params, { execution, indicators })
  const atr = costs.slippage_mode === 'atr' ? averageTrueRange(indicators, SLIPPAGE_ATR_PERIOD) : null
  const open = execution === 'next_open' ? frame.open : null
  for (let i = first - seenFrom, k = 0; k < count; i++, k++) {
    if (!(targets[i] >= -1 && targets[i] <= 1)) throw badTarget(targets[i], seenFrom + i)
    // An order fills at the close that gave it, or at the open after it; its slippage is known when it is given.
    const at = open === null ? i : i - 1
    const target = at < 0 ? 0 : targets[at]
    const price = open === null ? frame.close[i] : open[i]
    // A short is looked at on every bar because it may have to be liquidated.
    if (target !== account.target || (account.qty < 0 && accountEquity(account, price) <= 0)) {
      const j = Math.max(0, at)
      const slippage = slippageFraction(costs, atr === null ? 0 : atr[j], frame.close[j])
      segment.fills.push(...step(account, target, { timestamp: frame.ts[i], price, fee: costs.fee, slippage }))
    }
    segment.accountEquity[k] = accountEquity(account, frame.close[i])
  }
  return segment
}

function targetsOf<P>(
  strategy: Strategy<P>,
  frame: Bars,
  params: P,
  context: Parameters<Strategy<P>['targets']>[2],
): Float64Array {
  try {
    return strategy.targets(frame, params, context)
  } catch (error) {
    throw strategyFailure(strategy.name, error)
  }
}
