/** A paper session over bars that may grow: decides for all bars known, steps through them one by one, keeps the record. */

import { fail } from '../base/errors.ts'
import { type Bars, sliceBars } from '../market/bars.ts'
import { averageTrueRange, indicatorCache } from '../strategies/indicator-cache.ts'
import type { Strategy } from '../strategies/strategy.ts'
import { type Backtest, requireFrame, strategyFailure } from './backtest.ts'
import type { Fill } from './broker.ts'
import { SLIPPAGE_ATR_PERIOD } from './costs.ts'
import { roundTrips } from './round-trips.ts'
import { openSession, type SessionRules, type SessionState, type SessionStep, stepSession } from './session.ts'

export interface SessionSettings extends SessionRules {
  strategy: Strategy
  /** As validated by the strategy's schema, defaults filled in. */
  params: unknown
  /** Quote currency. */
  initialCash: number
}

const RECORDED = ['target', 'position', 'netReturn', 'equity', 'accountEquity'] as const
type Recorded = Record<(typeof RECORDED)[number], Float64Array>

/**
 * Decisions are taken on all bars known at once, so that a thousand bars that arrive together cost as much as one. This is
 * exact and no look-ahead: the targets of a prefix of the bars are, bit for bit, the prefix of the targets (the port of
 * strategies demands it, and the property tests prove it for each).
 */
export class SessionRun {
  readonly state: SessionState
  readonly #settings: SessionSettings
  readonly #warmup: number
  #bars: Bars | null = null
  #targets: Float64Array = new Float64Array(0)
  #atr: Float64Array | null = null
  #done = 0
  #record: Recorded = recordOf(0)
  readonly #fills: Fill[] = []

  /** STRATEGY_ERROR where the parameters contradict each other. */
  constructor(settings: SessionSettings) {
    settings.strategy.check?.(settings.params)
    this.#settings = settings
    this.#warmup = settings.strategy.warmup(settings.params)
    this.state = openSession(settings.initialCash)
  }

  /** Bars processed, the warm-up included. */
  get processed(): number {
    return this.#done
  }

  /** The bars processed, as views. */
  get bars(): Bars {
    return sliceBars(this.#known(), 0, this.#done)
  }

  /**
   * Make bars known: those known before, and more behind them. DATA_ERROR where the execution model needs a column that they lack;
   * STRATEGY_ERROR where the strategy fails.
   */
  see(bars: Bars): void {
    this.#bars = bars
    const { length } = bars.ts
    if (length <= this.#warmup) return
    const { strategy, params, execution, costs } = this.#settings
    requireFrame(bars, this.#warmup, strategy, execution)
    const indicators = indicatorCache(bars)
    this.#atr = costs.slippage_mode === 'atr' ? averageTrueRange(indicators, SLIPPAGE_ATR_PERIOD) : null
    try {
      this.#targets = strategy.targets(bars, params, { execution, indicators })
    } catch (error) {
      throw strategyFailure(strategy.name, error)
    }
    if (this.#targets.length !== length) {
      const message = `The strategy ${strategy.name} gave ${this.#targets.length} targets for ${length} bars.`
      throw fail('STRATEGY_ERROR', { message })
    }
    this.#makeRoom(length - this.#warmup)
  }

  /** Process the next bar known; null while the strategy warms up. The caller knows that there is one. */
  next(): SessionStep | null {
    const bars = this.#known()
    const i = this.#done
    if (i >= bars.ts.length) throw new Error('no bar is left to process')
    if (i < this.#warmup) {
      this.#done++
      return null
    }
    const target = this.#targets[i]
    const bar = {
      timestamp: bars.ts[i],
      open: bars.open === null ? Number.NaN : bars.open[i],
      close: bars.close[i],
      target,
      // `simulate` reads an ATR that nobody needs as 0.
      atr: this.#atr === null ? 0 : this.#atr[i],
    }
    const step = stepSession(this.state, bar, this.#settings)
    this.#write(i - this.#warmup, target, step)
    this.#done++
    return step
  }

  /** Everything that is shown of the session, as for a backtest of the same bars. DATA_ERROR when the warm-up was not passed. */
  result(): Backtest {
    const bars = this.bars
    const { strategy, execution, costs } = this.#settings
    requireFrame(bars, this.#warmup, strategy, execution)
    const count = this.#done - this.#warmup
    const cut = (column: Float64Array) => column.subarray(0, count)
    const { target, position, netReturn, equity, accountEquity } = this.#record
    const { tradeCount, buySignals, sellSignals } = this.state
    const withoutRange = costs.slippage_mode === 'atr' && (bars.high === null || bars.low === null)
    return {
      bars: count,
      tradeCount,
      buySignals,
      sellSignals,
      warmupBars: this.#warmup,
      target: cut(target),
      position: cut(position),
      netReturn: cut(netReturn),
      equity: cut(equity),
      fills: this.#fills,
      roundTrips: roundTrips(this.#fills),
      execution,
      ts: bars.ts.subarray(this.#warmup),
      close: bars.close.subarray(this.#warmup),
      drawdown: drawdownOf(cut(equity)),
      turnover: changesOf(cut(position)),
      brokerEquity: cut(accountEquity),
      warnings: withoutRange
        ? ['The data have no high and low, so slippage_mode atr used its floor of 2 basis points throughout.']
        : [],
    }
  }

  #known(): Bars {
    if (this.#bars === null) throw new Error('the session has no bars yet')
    return this.#bars
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#record.target.length) return
    const larger = recordOf(Math.max(rows, 2 * this.#record.target.length))
    for (const name of RECORDED) larger[name].set(this.#record[name])
    this.#record = larger
  }

  #write(row: number, target: number, { position, netReturn, growth, equity, fills }: SessionStep): void {
    const record = this.#record
    record.target[row] = target
    record.position[row] = position
    record.netReturn[row] = netReturn
    record.equity[row] = growth
    record.accountEquity[row] = equity
    this.#fills.push(...fills)
  }
}

function recordOf(rows: number): Recorded {
  return Object.fromEntries(RECORDED.map(name => [name, new Float64Array(rows)])) as Recorded
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
