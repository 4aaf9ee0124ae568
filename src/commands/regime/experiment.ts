/** What an experiment changes in the configuration of the monitor (spec §4). */

import type { RegimeExperiment } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import type { RegimeConfigInput } from '../../regime/config.ts'
import { DEFAULTS } from '../../regime/config-defaults.ts'
import type { ScoreKey } from '../../regime/score-inputs.ts'

/** Horizons of the evaluation where an experiment names none. */
const EXPERIMENT_HORIZONS = [1, 5, 10, 20]

/** The configuration with an experiment over it, and the pointers of what the experiment says in vain. */
export interface Experimental {
  settings: RegimeConfigInput
  unused: string[]
}

/**
 * Merge an experiment over native settings; both stay as they are. Mode msm takes basket and long leg from the experiment, mode
 * regular does not; features, states, backtest and horizons count in both. `base` is what pointers begin with. INVALID_CONFIG for a
 * feature without a weight anywhere.
 */
export function withExperiment(
  given: RegimeConfigInput,
  experiment: RegimeExperiment,
  mode: 'msm' | 'regular',
  base: string,
): Experimental {
  const settings = structuredClone(given)
  const { features, target, state_mapping, backtest } = structuredClone(experiment)
  const unused: string[] = []

  settings.regime = { ...settings.regime, ...states(settings, state_mapping, mode) }
  if (features !== undefined) settings.regime.weights = weightsOf(features, settings, base)
  settings.evaluation = { ...settings.evaluation, horizons_days: target?.horizon_days ?? EXPERIMENT_HORIZONS }
  if (backtest !== undefined) {
    const { min_test_days, ...effective } = backtest
    if (min_test_days !== undefined) unused.push(`${base}/backtest/min_test_days`)
    const takeProfit = effective.risk_management?.take_profit
    if (takeProfit?.partial_profit_taking !== undefined) {
      delete takeProfit.partial_profit_taking
      unused.push(`${base}/backtest/risk_management/take_profit/partial_profit_taking`)
    }
    settings.backtest = deepMerge(settings.backtest ?? {}, effective) as RegimeConfigInput['backtest']
  }
  if (mode === 'regular') {
    for (const leg of ['long_leg', 'short_leg'] as const) {
      if (target?.[leg] !== undefined) unused.push(`${base}/target/${leg}`)
    }
    return { settings, unused }
  }
  const { n = DEFAULTS.basket.n, weighting = DEFAULTS.basket.weighting, min_volume_usd } = target?.short_leg ?? {}
  settings.basket = { ...settings.basket, n, weighting, ...(min_volume_usd === undefined ? {} : { min_volume_usd }) }
  settings.target = { long_leg: { weights: target?.long_leg?.weights ?? DEFAULTS.target.long_leg.weights } }
  settings.regular = { ...settings.regular, alt_selection: { ...settings.regular?.alt_selection, enabled: false } }
  return { settings, unused }
}

/** The published merge: maps are merged key by key, anything else is replaced. */
export function deepMerge(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over
  const result = { ...base }
  for (const [key, value] of Object.entries(over)) {
    result[key] = Object.hasOwn(base, key) ? deepMerge(base[key], value) : value
  }
  return result
}

/** In mode regular thresholds that the experiment leaves out go back to the defaults, as published; in mode msm they stay. */
function states(
  settings: RegimeConfigInput,
  mapping: RegimeExperiment['state_mapping'],
  mode: 'msm' | 'regular',
): Partial<RegimeConfigInput['regime'] & object> {
  const { n_regimes, thresholds, hysteresis, persistence } = mapping ?? {}
  const threshold = (name: 'low' | 'high' | 'strong_low' | 'strong_high') => {
    const key = `threshold_${name}` as const
    const kept = mode === 'regular' && thresholds !== undefined ? DEFAULTS.regime[key] : settings.regime?.[key]
    return { [key]: thresholds?.[name] ?? kept }
  }
  return defined({
    n_regimes: n_regimes as 3 | 5 | undefined,
    ...threshold('low'),
    ...threshold('high'),
    ...threshold('strong_low'),
    ...threshold('strong_high'),
    hysteresis_low: hysteresis?.low_band,
    hysteresis_high: hysteresis?.high_band,
    min_duration_days: persistence?.min_duration_days,
    // A young state that needs no stronger signal is left like an old one.
    young_multiplier: persistence?.requires_stronger_signal === false ? 1 : undefined,
  })
}

function weightsOf(
  features: NonNullable<RegimeExperiment['features']>,
  settings: RegimeConfigInput,
  base: string,
): Partial<Record<ScoreKey, number>> {
  const known = settings.regime?.weights ?? DEFAULTS.regime.weights
  const details = features.flatMap(({ id, weight }, i) => {
    const pointer = `${base}/features/${i}`
    if (features.findIndex(other => other.id === id) < i) return [{ pointer, message: `names ${id} again` }]
    if (weight !== undefined || known[id] !== undefined) return []
    return [{ pointer, message: `needs a weight: the configuration has none for ${id}` }]
  })
  if (details.length > 0) {
    throw fail('INVALID_CONFIG', { message: `${details[0].pointer} ${details[0].message}` }, { details })
  }
  return Object.fromEntries(features.map(({ id, weight }) => [id, weight ?? known[id]]))
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
