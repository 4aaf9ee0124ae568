/** Resolve the configuration of the regime monitor: given values over the defaults, contradictions refused. */

import { type ErrorDetail, fail } from '../base/errors.ts'
import { DEFAULTS } from './config-defaults.ts'
import type { RegimeConfig } from './config-types.ts'
import { SCORE_KEYS } from './score-inputs.ts'

type Deep<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Deep<T[K]> } : T
export type RegimeConfigInput = Deep<RegimeConfig>

/** Maps whose given value replaces the default as a whole: merging would keep entries that the caller left out on purpose. */
const WHOLE = new Set(['weights', 'weight_ranges'])

/** The full configuration: given values over the defaults, arguments left alone; INVALID_CONFIG for keys that do not exist and values that contradict each other. */
export function resolveConfig(given: RegimeConfigInput = {}): RegimeConfig {
  const details: ErrorDetail[] = []
  const config = merged(DEFAULTS, given, '', details) as RegimeConfig
  if (given.backtest?.rebalance_frequency_days === undefined) {
    config.backtest.rebalance_frequency_days = config.mode === 'msm' ? 1 : null
  }
  const overlays = given.backtest?.risk_management ?? {}
  for (const name of Object.keys(overlays) as (keyof typeof overlays)[]) {
    if (config.backtest.risk_management[name]) {
      config.backtest.risk_management[name].enabled = overlays[name]?.enabled ?? true
    }
  }
  contradictions(config, (pointer, message) => details.push({ pointer, message }))
  if (details.length > 0) {
    const message = `The regime configuration has ${details.length} fault(s): ${details[0].pointer} ${details[0].message}`
    throw fail('INVALID_CONFIG', { message }, { details })
  }
  return config
}

function merged(base: unknown, over: unknown, pointer: string, details: ErrorDetail[]): unknown {
  if (over === undefined) return structuredClone(base)
  if (!isMap(base) || !isMap(over)) return structuredClone(over)
  if (WHOLE.has(pointer.slice(pointer.lastIndexOf('/') + 1))) return inOrder(over)
  const result = structuredClone(base)
  for (const [key, value] of Object.entries(over)) {
    if (Object.hasOwn(base, key)) result[key] = merged(base[key], value, `${pointer}/${key}`, details)
    else details.push({ pointer: `${pointer}/${key}`, message: 'is not a key of the regime configuration: remove it' })
  }
  return result
}

/** Score inputs as published, names as text: sums over a map must not depend on the order in which its keys were written. */
function inOrder(map: Record<string, unknown>): Record<string, unknown> {
  const place = (key: string) => (SCORE_KEYS as readonly string[]).indexOf(key)
  const keys = Object.keys(map).sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  return Object.fromEntries(keys.map(key => [key, structuredClone(map[key])]))
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function contradictions(config: RegimeConfig, fault: (pointer: string, message: string) => void): void {
  const { regime, backtest, features, target, beta } = config
  for (const map of ['weights', 'grid_search/weight_ranges']) {
    const keys = Object.keys(map === 'weights' ? regime.weights : regime.grid_search.weight_ranges)
    for (const key of keys) {
      const known: readonly string[] = SCORE_KEYS
      if (!known.includes(key)) fault(`/regime/${map}/${key}`, `is no score input: use one of ${known.join(', ')}`)
    }
  }
  const total = Object.values(regime.weights).reduce((sum, weight) => sum + Math.abs(weight), 0)
  if (!(total > 0)) fault('/regime/weights', 'must hold a weight that is not 0')
  const { threshold_strong_low, threshold_low, threshold_high, threshold_strong_high } = regime
  if (
    !(
      threshold_strong_low <= threshold_low &&
      threshold_low < threshold_high &&
      threshold_high <= threshold_strong_high
    )
  ) {
    fault('/regime', 'needs threshold_strong_low ≤ threshold_low < threshold_high ≤ threshold_strong_high')
  }
  if (features.z_min_obs < 2 || features.z_min_obs > features.z_window) {
    fault('/features/z_min_obs', 'must lie between 2 and z_window')
  }
  const legs = Object.entries(target.long_leg.weights)
  if (!(legs.reduce((sum, [, weight]) => sum + Math.abs(weight), 0) > 0)) {
    fault('/target/long_leg/weights', 'must hold a weight that is not 0')
  }
  for (const [name] of legs) {
    if (!config.universe.majors.includes(name))
      fault(`/target/long_leg/weights/${name}`, 'must be one of universe.majors')
  }
  if (backtest.execution_lag_days < 1)
    fault('/backtest/execution_lag_days', 'must be at least 1: a close cannot be traded on itself')
  if (beta.beta_clamp[0] > beta.beta_clamp[1]) fault('/beta/beta_clamp', 'must be [low, high]')
}
