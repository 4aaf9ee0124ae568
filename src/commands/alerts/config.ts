/** What a run on alerts is made of: its resolved configuration, the hashes of its inputs, the request that repeats it. */

import type { AlertRunConfig, RunRequest } from '../../../contracts/types.ts'
import type { Alert } from '../../alerts/alert.ts'
import type { FingerprintInputs } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { maximum, minimum } from '../../base/stats.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import type { MarketCaps } from './alert-facts.ts'
import type { AlertData } from './data.ts'
import type { AlertSetup } from './setup.ts'

/** Parameters that stand beside `strategy_params` in config.json. */
const BESIDE = ['executionModel', 'costModel', 'riskModel', 'runConfig', 'sources', 'filters'] as const

/** config.json. */
export function alertConfigOf(setup: AlertSetup, data: AlertData): AlertRunConfig {
  const { executionModel, costModel, riskModel, runConfig, sources, filters } = setup.params
  const { seed, ...settings } = runConfig
  const rules = Object.entries(setup.params).filter(([name]) => !(BESIDE as readonly string[]).includes(name))
  return {
    strategy: setup.strategy,
    strategy_params: Object.fromEntries(rules),
    alerts_dataset_id: setup.alerts_dataset_id,
    alerts_content_hash: data.alerts_content_hash,
    dataset_id: data.dataset.dataset_id,
    dataset_content_hash: data.dataset.content_hash,
    start: setup.start,
    end: setup.end,
    interval: data.interval,
    calendar: data.calendar,
    alert_window_policy: `post_alert_${setup.params.window_minutes}m`,
    universe: universeOf(data.alerts),
    sources,
    filters,
    executionModel,
    costModel,
    riskModel: riskModel ?? null,
    runConfig: settings,
    seed,
    snapshot_created_at: setup.snapshot_created_at,
  }
}

/** The request that resolves to `config` again, whatever form the first one had; `report` as it was asked. */
export function alertRequestOf(config: AlertRunConfig, report: boolean): Partial<RunRequest> {
  const { start, end, strategy, alerts_dataset_id, dataset_id, executionModel, costModel, riskModel, seed } = config
  return {
    ...{ start, end, strategy, alerts_dataset_id, dataset_id, report },
    strategy_params: {
      ...withoutIdle(config.strategy_params),
      ...{ executionModel, costModel, sources: config.sources, filters: config.filters },
      ...(riskModel === null ? {} : { riskModel }),
      runConfig: { ...config.runConfig, seed },
    },
  }
}

/** Parameters without those of rules that are off: given, they would be refused as having no effect. */
export function withoutIdle(params: Record<string, unknown>): Record<string, unknown> {
  const idle = new Set<string>()
  if (params['entry'] !== 'pullback') idle.add('entry_pullback')
  if (params['entry'] !== 'confirmation') idle.add('entry_confirmation').add('confirmation_candles')
  if (params['trailing_stop'] === null) idle.add('trailing_activation')
  if (params['reentry_drop'] === null) idle.add('reentry_rebound')
  return Object.fromEntries(Object.entries(params).filter(([name]) => !idle.has(name)))
}

/** The seven hashes that decide the numbers of a run; time resolution is part of the execution. */
export function alertInputs(config: AlertRunConfig, snapshot_content_hash: string): FingerprintInputs {
  const { strategy, strategy_params, executionModel, costModel, riskModel, runConfig, seed } = config
  const { timeResolutionMs } = runConfig
  return {
    snapshot_content_hash,
    strategy_hash: hashOf({ _t: 'strategy.spec', v: 1, strategyFamily: strategy, params: strategy_params }),
    execution_model_hash: hashOf({ _t: 'alerts.execution', v: 1, ...executionModel, timeResolutionMs }),
    cost_model_hash: hashOf({ _t: 'alerts.costs', v: 1, ...costModel }),
    risk_model_hash: riskModel === null ? null : hashOf({ _t: 'alerts.risk', v: 1, ...riskModel }),
    seed,
    engine_version: ENGINE_VERSION,
  }
}

/** Least and greatest market capitalisation of the alerts, quote currency; null where one of them names none. */
export function marketCapsOf(alerts: readonly Alert[]): MarketCaps {
  const caps = Float64Array.from(alerts, alert => alert.market_cap)
  const known = caps.every(Number.isFinite)
  return { min_market_cap: known ? minimum(caps) : null, max_market_cap: known ? maximum(caps) : null }
}

function universeOf(alerts: readonly Alert[]): AlertRunConfig['universe'] {
  const distinct = (read: (alert: Alert) => string | null) =>
    [...new Set(alerts.flatMap(alert => read(alert) ?? []))].sort()
  return {
    chains: distinct(alert => alert.chain),
    venues: distinct(alert => alert.venue),
    callers: distinct(alert => alert.caller),
  }
}
