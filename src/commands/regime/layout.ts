/** The published layout of the monitor's configuration → the native one: which key moves where, which has no effect here. */

import type { RegimeConfiguration } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import type { RegimeConfigInput } from '../../regime/config.ts'

/** A configuration in the native layout. */
export interface NativeConfiguration {
  settings: RegimeConfigInput
  /** Pointers of keys that were given and have no effect. */
  unused: string[]
  /** Where copies of the reports are to go; undefined for nowhere. */
  reports_dir: string | undefined
}

type Json = Record<string, unknown>

/** Published key → the native keys that it sets. */
const MOVES: readonly (readonly [from: string, ...to: string[]])[] = [
  ['universe/basket_size', 'basket/n', 'regular/basket_size'],
  ['universe/min_mcap_usd', 'basket/min_mcap_usd', 'regular/min_mcap_usd'],
  ['universe/min_volume_usd', 'basket/min_volume_usd', 'regular/min_volume_usd'],
  ['universe/per_name_cap', 'basket/per_name_cap', 'regular/per_name_cap'],
  ['universe/gross_cap', 'regular/gross_cap'],
  ['universe/neutrality_mode', 'regular/neutrality_mode'],
  ['universe/alt_selection', 'regular/alt_selection'],
  ['regime/composite/default_weights', 'regime/weights'],
  ['regime/composite/n_regimes', 'regime/n_regimes'],
  ['regime/composite/threshold_low', 'regime/threshold_low'],
  ['regime/composite/threshold_high', 'regime/threshold_high'],
  ['regime/composite/threshold_strong_low', 'regime/threshold_strong_low'],
  ['regime/composite/threshold_strong_high', 'regime/threshold_strong_high'],
  ['regime/composite/hysteresis', 'regime/hysteresis'],
  ['regime/hysteresis/low_band', 'regime/hysteresis_low'],
  ['regime/hysteresis/high_band', 'regime/hysteresis_high'],
  ['regime/composite/grid_search', 'regime/grid_search'],
  ['regime/grid_search/threshold_low', 'regime/grid_search/threshold_low_range'],
  ['regime/grid_search/threshold_high', 'regime/grid_search/threshold_high_range'],
]

const UNUSED: readonly string[] = [
  'data/data_lake_dir',
  'data/duckdb_path',
  'data/universe_snapshots_path',
  'universe/vol_target',
  'costs/maker_fee_bps',
  'costs/slippage_adv_multiplier',
  'features/lookback_days',
  'regime/unsupervised/method',
  'regime/unsupervised/features_for_clustering',
  'regime/grid_search/threshold_strong_low',
  'regime/grid_search/threshold_strong_high',
  'beta/use_tracker_betas',
  'backtest/min_test_days',
  'backtest/risk_management/take_profit/partial_profit_taking',
  'outputs/artifacts_dir',
  'outputs/cache_dir',
  'logging/level',
]

/** Sections that only the published layout has; empty once their keys have moved. */
const PUBLISHED_ONLY = ['data', 'outputs', 'logging', 'regime/composite', 'regime/hysteresis']

/**
 * Bring a valid configuration of either layout, or of both mixed, to the native one; the argument stays as it is. `base` is what
 * pointers begin with. INVALID_CONFIG where a published and a native key say the same thing.
 */
export function nativeLayout(given: RegimeConfiguration, base: string): NativeConfiguration {
  const settings = structuredClone(given) as Json
  const details: ErrorDetail[] = []
  const unused: string[] = []
  // Before the moves, so that a key without effect is told by the name it was given.
  const dropped = [...UNUSED, ...UNUSED.filter(path => path.includes('grid_search')).map(inComposite)]
  for (const path of dropped) if (take(settings, path) !== undefined) unused.push(`${base}/${path}`)
  for (const [from, ...targets] of MOVES) {
    const value = take(settings, from)
    if (value === undefined) continue
    for (const to of targets) {
      if (valueAt(settings, to) === undefined) put(settings, to, structuredClone(value))
      else details.push({ pointer: `${base}/${from}`, message: `says what ${base}/${to} says: keep one of them` })
    }
  }
  if (details.length > 0) {
    const message = `${details[0].pointer} ${details[0].message}`
    throw fail('INVALID_CONFIG', { message }, { details })
  }
  const reports_dir = take(settings, 'outputs/reports_dir') as string | undefined
  for (const path of PUBLISHED_ONLY) take(settings, path)
  return { settings: settings as RegimeConfigInput, unused, reports_dir }
}

/** True for a configuration with the sections of mode msm, which the published layout does not have. */
export function hasMsmSections(given: RegimeConfiguration): boolean {
  return given.basket !== undefined || given.target !== undefined
}

function inComposite(path: string): string {
  return path.replace('regime/grid_search', 'regime/composite/grid_search')
}

function parentOf(settings: Json, path: string): { parent: Json | undefined; key: string } {
  const keys = path.split('/')
  const key = keys.pop() as string
  let parent: Json | undefined = settings
  for (const name of keys) parent = parent?.[name] as Json | undefined
  return { parent, key }
}

function valueAt(settings: Json, path: string): unknown {
  const { parent, key } = parentOf(settings, path)
  return parent?.[key]
}

function take(settings: Json, path: string): unknown {
  const { parent, key } = parentOf(settings, path)
  const value = parent?.[key]
  if (parent !== undefined) delete parent[key]
  return value
}

function put(settings: Json, path: string, value: unknown): void {
  const keys = path.split('/')
  const key = keys.pop() as string
  let parent = settings
  for (const name of keys) {
    parent[name] ??= {}
    parent = parent[name] as Json
  }
  parent[key] = value
}
