/** Small alerts and candles for the tests of this folder. */

import type { CostModel, ExecutionModel, MultiTradeParams, RiskModel } from '../../contracts/types.ts'
import type { Alert } from '../../src/alerts/alert.ts'
import { rulesOf } from '../../src/alerts/rules.ts'
import type { SimulationSettings } from '../../src/alerts/simulation.ts'
import type { Bars } from '../../src/market/bars.ts'
import { type AlertsParameters, generateAlerts } from '../../src/market/generate-alerts.ts'

export const MINUTE = 60_000
/** A full hour, so that the grids of curves begin here too. */
export const CALL = Date.UTC(2025, 9, 1, 12)

/** One-minute candles; the first one closes at the call (`CALL`). High and low are the close unless given. */
export function minutes(close: number[], more: { high?: number[]; low?: number[]; volume?: number[] } = {}): Bars {
  const column = (values: number[]) => Float64Array.from(values)
  return {
    symbol: 'T',
    interval: '1m',
    calendar: 'crypto',
    ts: Float64Array.from(close, (_, i) => CALL + (i - 1) * MINUTE),
    open: column(close),
    high: column(more.high ?? close),
    low: column(more.low ?? close),
    close: column(close),
    volume: more.volume === undefined ? null : column(more.volume),
  }
}

export function alertAt(ts: number, more: Partial<Alert> = {}): Alert {
  return {
    ...{ alert_id: 'a', ts, token: 'T', symbol: null, chain: null, venue: null, caller: null },
    ...{ price: Number.NaN, market_cap: Number.NaN, source: null, ...more },
  }
}

const DEFAULTS: MultiTradeParams = {
  ...{ entry: 'at_call', entry_pullback: 0.1, entry_confirmation: 0.1, confirmation_candles: 1, entry_attempts: 1 },
  ...{ trigger: 'close', stake: 100, trailing_stop: null, trailing_activation: 0, stop_loss: null, take_profit: [] },
  ...{ time_limit_minutes: null, window_minutes: 10, reentry_drop: null, reentry_rebound: 0.2, max_trades: 3 },
  ...{ hit_multiple: 2, curve_interval: '1m', fee_unit_quote: 1, sources: [], filters: {} },
  executionModel: { latency: { p50: 0, p90: 0, p99: 0 }, slippage: { base: 0 } },
  costModel: { baseFee: 0 },
  runConfig: {
    ...{ seed: 1, timeResolutionMs: 1000, errorMode: 'collect', includeEventLogs: true, includeStateSnapshots: false },
  },
}

export interface Given {
  rules?: Partial<MultiTradeParams>
  execution?: Partial<ExecutionModel>
  costs?: Partial<CostModel>
  risk?: RiskModel
  seed?: number
  resolution?: number
  step?: number
}

/** Settings without costs or chance, a window of ten minutes, but for what is given. */
export function settings({
  rules,
  execution,
  costs,
  risk,
  seed = 1,
  resolution = 1,
  step = MINUTE,
}: Given = {}): SimulationSettings {
  const params = { ...DEFAULTS, ...rules }
  return {
    rules: rulesOf(params),
    terms: {
      execution: { ...DEFAULTS.executionModel, ...execution },
      costs: { ...DEFAULTS.costModel, ...costs },
      feeUnit: params.fee_unit_quote,
      resolution,
    },
    risk: risk ?? null,
    seed,
    step,
  }
}

/** Everything that can be random, and every rule that can act. */
export const BUSY: Given = {
  rules: {
    ...{
      trigger: 'touch',
      trailing_stop: 0.2,
      stop_loss: 0.4,
      take_profit: [{ gain: 0.5, share: 0.5 }],
      max_trades: 4,
    },
    ...{ window_minutes: 600, time_limit_minutes: 240, reentry_drop: 0.3, reentry_rebound: 0.1, entry_attempts: 2 },
  },
  execution: {
    latency: { p50: 400, p90: 30_000, p99: 150_000, jitter: 100 },
    slippage: { base: 0.002, volumeImpact: 0.5, max: 0.3 },
    failures: { baseRate: 0.2, congestionMultiplier: 2 },
    partialFills: { probability: 0.3, fillRange: [0.3, 0.8] },
  },
  costs: { baseFee: 0.01, priorityFee: { base: 0.01, max: 0.05 }, computeUnitCost: 0.002, tradingFee: 0.0025 },
  resolution: 1000,
}

/** Generated alerts that overlap, and their candles by token. */
export function generated(seed: number, more: Partial<AlertsParameters> = {}) {
  const start = Date.UTC(2025, 9, 1)
  const given = { start, days: 1, alerts: 24, callers: 4, minutes_before: 70, minutes_after: 700, ...more }
  const { alerts, candles } = generateAlerts(seed, given)
  return { alerts: alerts as Alert[], candles: new Map(candles.map(bars => [bars.symbol, bars])) }
}
