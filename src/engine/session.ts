/** The step machine of a paper session: one bar and its target in; position, return, account and fills out. */

import { fail } from '../base/errors.ts'
import type { Execution } from '../strategies/strategy.ts'
import { accountEquity, type BrokerState, step as brokerStep, type Fill, openAccount } from './broker.ts'
import { type Costs, slippageFraction } from './costs.ts'

/** How a session trades; the same for all of its bars. */
export interface SessionRules {
  execution: Execution
  costs: Costs
}

/** What is known at the close of a bar after the warm-up. */
export interface SessionBar {
  /** Bar open, epoch ms. */
  timestamp: number
  /** Read in `next_open` only. */
  open: number
  close: number
  /** Exposure the strategy decides at this close, −1…1. */
  target: number
  /** ATR for slippage mode `atr`; NaN where unknown. */
  atr: number
}

/** The whole state between two bars: plain numbers, so that it can be copied and written down. */
export interface SessionState {
  bars: number
  /** Exposure held, and exposure decided last: in `next_open` the order that fills at the next open. */
  held: number
  wanted: number
  /** Growth of 1 of the bar loop. */
  growth: number
  /** Of the bar before; 0 before the first. */
  close: number
  atr: number
  account: BrokerState
  /** Value of the account at the last close and its highest close, the initial cash first; quote currency. */
  equity: number
  peak: number
  initialCash: number
  fills: number
  tradeCount: number
  buySignals: number
  sellSignals: number
}

/** What one bar did. */
export interface SessionStep {
  /** Exposure held at the close. */
  position: number
  /** Return on equity after costs. */
  netReturn: number
  /** Growth of 1. */
  growth: number
  /** Value of the account at the close, quote currency. */
  equity: number
  fills: Fill[]
}

/** When a session stops trading; absent means never. */
export interface RiskLimits {
  /** Share below the highest close of the account, above 0. */
  max_drawdown?: number
  /** Quote currency below the initial cash, above 0. */
  max_loss?: number
}

/** The state before the first bar. */
export function openSession(initialCash: number): SessionState {
  return {
    bars: 0,
    held: 0,
    wanted: 0,
    growth: 1,
    close: 0,
    atr: 0,
    account: openAccount(initialCash),
    equity: initialCash,
    peak: initialCash,
    initialCash,
    fills: 0,
    tradeCount: 0,
    buySignals: 0,
    sellSignals: 0,
  }
}

/**
 * Bring `state` over one bar, in place. Bar after bar it gives, bit for bit, what `simulate` and `paperFills` give for the
 * whole frame; the formulas are there. STRATEGY_ERROR for a target that is NaN or outside [−1, 1].
 */
export function stepSession(state: SessionState, bar: SessionBar, rules: SessionRules): SessionStep {
  if (!(bar.target >= -1 && bar.target <= 1)) throw badTarget(bar)
  const atOpen = rules.execution === 'next_open'
  const target = atOpen ? state.wanted : bar.target
  if (bar.target > state.wanted) state.buySignals++
  else if (bar.target < state.wanted) state.sellSignals++
  state.wanted = bar.target

  // The slippage of a fill is known when the order is given: at this close, or at the one before this open.
  const slippage = atOpen
    ? slippageFraction(rules.costs, state.atr, state.close)
    : slippageFraction(rules.costs, bar.atr, bar.close)
  const netReturn = netReturnOf(state, bar, target, rules.costs.fee + slippage, atOpen)
  if (target !== state.held) state.tradeCount++
  state.growth *= 1 + netReturn
  state.held = target

  const fills = trade(state.account, target, bar, atOpen ? bar.open : bar.close, rules.costs.fee, slippage)
  state.equity = accountEquity(state.account, bar.close)
  if (state.equity > state.peak) state.peak = state.equity
  state.fills += fills.length
  state.close = bar.close
  state.atr = bar.atr
  state.bars++
  return { position: target, netReturn, growth: state.growth, equity: state.equity, fills }
}

/** The limit the account has reached at the last close, or null. */
export function reachedLimit(state: SessionState, limits: RiskLimits): keyof RiskLimits | null {
  const { max_drawdown, max_loss } = limits
  if (max_drawdown !== undefined && (state.peak - state.equity) / state.peak >= max_drawdown) return 'max_drawdown'
  if (max_loss !== undefined && state.initialCash - state.equity >= max_loss) return 'max_loss'
  return null
}

function netReturnOf(
  { held, close: before }: SessionState,
  { open, close }: SessionBar,
  target: number,
  costRate: number,
  atOpen: boolean,
): number {
  const change = target - held
  let net = held === 0 ? 0 : held * (close / before - 1)
  if (change !== 0) {
    const cost = Math.abs(change) * costRate
    if (!atOpen) net -= cost
    else {
      const afterFill = Math.max(0, (1 + held * (open / before - 1)) * (1 - cost))
      net = afterFill * (1 + target * (close / open - 1)) - 1
    }
  }
  return net < -1 && (atOpen || held < 0 || target < 0) ? -1 : net
}

/** A short is looked at on every bar because it may have to be liquidated. */
function trade(
  account: BrokerState,
  target: number,
  { timestamp }: SessionBar,
  price: number,
  fee: number,
  slippage: number,
): Fill[] {
  const due = target !== account.target || (account.qty < 0 && accountEquity(account, price) <= 0)
  return due ? brokerStep(account, target, { timestamp, price, fee, slippage }) : []
}

function badTarget({ target, timestamp }: SessionBar): Error {
  return fail('STRATEGY_ERROR', {
    message: `The strategy gave a target of ${target} at ${new Date(timestamp).toISOString()}; it must be a number from -1 to 1.`,
  })
}
