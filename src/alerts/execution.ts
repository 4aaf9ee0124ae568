/** How one order is filled: when it reaches the market, at what price, with what costs; all that is random comes in as draws. */

import type { CostModel, ExecutionModel } from '../../contracts/types.ts'
import type { CausalCandles } from './candles.ts'
import { type Draw, latencyMs } from './draws.ts'

/** What decides a fill besides the candles. */
export interface Terms {
  execution: ExecutionModel
  costs: CostModel
  /** Quote currency a unit of network fee. */
  feeUnit: number
  /** Orders reach the market at whole multiples of this, ms. */
  resolution: number
}

export type Side = 'BUY' | 'SELL'

export type ExitReason = 'stop_loss' | 'trailing_stop' | 'take_profit' | 'time_limit' | 'window_end' | 'end_of_data'

/** Why an order was sent. */
export type OrderReason = 'entry' | 'reentry' | ExitReason

/** Why an entry was not sent. */
export type Refusal =
  | 'max_drawdown'
  | 'max_loss_per_day'
  | 'max_consecutive_losses'
  | 'max_total_exposure'
  | 'trade_throttle'

/** One order and what became of it; amounts in quote currency, numbers NaN where nothing was traded. */
export interface Order {
  /** Trade of its alert that it belongs to, from 1. */
  trade: number
  side: Side
  reason: OrderReason
  /** `expired`: the market had no candle for it in time. `refused`: a limit forbade it. */
  outcome: 'filled' | 'partial' | 'failed' | 'expired' | 'refused'
  refusal: Refusal | null
  /** Decided and sent; reached the market; traded (the close of a candle). Epoch ms. */
  sent: number
  arrived: number
  time: number
  /** Close of the candle, and the price after slippage. */
  close: number
  price: number
  qty: number
  /** qty · price. */
  value: number
  /** Trading and network fees. */
  fee: number
  /** Share of the price; NaN where nothing was traded. */
  slippage: number
  congested: boolean
}

/** Greatest slippage there is: a sale still brings something. */
const MOST_SLIPPAGE = 0.99
const CONGESTION_CANDLES = 60

/** True where a model needs a seed. */
export function isRandom({ latency, failures, partialFills }: ExecutionModel): boolean {
  const { p50, p90, p99, jitter = 0 } = latency
  return (
    p50 !== p90 || p90 !== p99 || jitter > 0 || (failures?.baseRate ?? 0) > 0 || (partialFills?.probability ?? 0) > 0
  )
}

/** When an order sent at `sent` reaches the market, epoch ms: one latency later, on the next whole multiple of the resolution. */
export function arrivalOf({ execution, resolution }: Terms, draw: Draw, sent: number): number {
  const exact = sent + latencyMs(execution.latency, draw.latency, draw.jitter)
  return Math.ceil(exact / resolution) * resolution
}

/** True where candle `i` traded more than twice the mean value of up to 60 candles before it; false where that is not known. */
export function isCongested(candles: CausalCandles, i: number): boolean {
  let total = 0
  let count = 0
  for (let j = Math.max(0, i - CONGESTION_CANDLES); j < i; j++) {
    const value = candles.value(j)
    if (Number.isNaN(value)) continue
    total += value
    count++
  }
  return count > 0 && candles.value(i) > (2 * total) / count
}

/** True where the draw lets an order fail. */
export function fails({ execution: { failures } }: Terms, draw: Draw, congested: boolean): boolean {
  if (failures === undefined) return false
  const { baseRate, congestionMultiplier = 1 } = failures
  return draw.failure < Math.min(1, congested ? baseRate * congestionMultiplier : baseRate)
}

/** The part of an order that is filled, in (0, 1]. */
export function filledPart({ execution: { partialFills } }: Terms, draw: Draw): number {
  if (partialFills === undefined || draw.partial >= partialFills.probability) return 1
  const [least, most] = partialFills.fillRange
  return least + draw.part * (most - least)
}

/** Slippage as a share of the price: base + volumeImpact · value / traded value, at most `max`. */
export function slippageOf({ execution }: Terms, value: number, traded: number): number {
  const { base, volumeImpact = 0, max = MOST_SLIPPAGE } = execution.slippage
  // A candle in which nothing was traded takes no order of any size at its price.
  const impact =
    volumeImpact === 0 || Number.isNaN(traded)
      ? 0
      : traded > 0
        ? volumeImpact * (value / traded)
        : Number.POSITIVE_INFINITY
  return Math.min(base + impact, max, MOST_SLIPPAGE)
}

/** What the network takes for one order, failed or not; quote currency. */
export function networkFee({ costs, feeUnit }: Terms, congested: boolean): number {
  const { baseFee, priorityFee, computeUnitCost = 0, effectiveCostPerTrade } = costs
  if (effectiveCostPerTrade !== undefined) return effectiveCostPerTrade * feeUnit
  const priority = priorityFee === undefined ? 0 : congested ? (priorityFee.max ?? priorityFee.base) : priorityFee.base
  return (baseFee + priority + computeUnitCost) * feeUnit
}
