import { expect, it } from 'vitest'
import { GatewayError } from '../../src/base/errors.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import { DEFAULTS } from '../../src/regime/config-defaults.ts'

function faults(given: unknown): string[] {
  try {
    resolveConfig(given as RegimeConfigInput)
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    expect((error as GatewayError).code).toBe('INVALID_CONFIG')
    return (error as GatewayError).details.map(detail => detail.pointer)
  }
  return []
}

it('fills in defaults without touching them or its argument', () => {
  const before = structuredClone(DEFAULTS)
  const given = { costs: { taker_fee_bps: 1 } }
  const config = resolveConfig(given)
  config.universe.majors.push('SOL')
  expect(config.costs).toEqual({ ...DEFAULTS.costs, taker_fee_bps: 1 })
  expect(given).toEqual({ costs: { taker_fee_bps: 1 } })
  expect(DEFAULTS).toEqual(before)
})

it('replaces lists and weights as a whole', () => {
  const config = resolveConfig({ regime: { weights: { momentum: -1 } }, evaluation: { horizons_days: [3] } })
  expect(config.regime.weights).toEqual({ momentum: -1 })
  expect(config.evaluation.horizons_days).toEqual([3])
})

it('rebalances daily in msm mode and on change in regular mode unless told otherwise', () => {
  expect(resolveConfig().backtest.rebalance_frequency_days).toBe(1)
  expect(resolveConfig({ mode: 'regular' }).backtest.rebalance_frequency_days).toBeNull()
  expect(resolveConfig({ backtest: { rebalance_frequency_days: null } }).backtest.rebalance_frequency_days).toBeNull()
})

it('turns a risk overlay on when it is given, unless it says otherwise', () => {
  const { stop_loss, take_profit, trailing_stop } = resolveConfig({
    backtest: { risk_management: { stop_loss: { daily_loss_threshold: -0.03 }, take_profit: { enabled: false } } },
  }).backtest.risk_management
  expect([stop_loss.enabled, stop_loss.daily_loss_threshold, stop_loss.lookback_days]).toEqual([true, -0.03, 3])
  expect([take_profit.enabled, trailing_stop.enabled]).toEqual([false, false])
})

it('refuses unknown keys and contradictions, all at once with their places', () => {
  expect(faults({ backtest: { exec_lag: 1 }, colour: 'red' })).toEqual(['/backtest/exec_lag', '/colour'])
  expect(faults({ regime: { weights: { vibes: 1 } } })).toEqual(['/regime/weights/vibes'])
  expect(faults({ regime: { weights: { momentum: 0 } } })).toEqual(['/regime/weights'])
  expect(faults({ regime: { threshold_low: 1 }, backtest: { execution_lag_days: 0 } })).toEqual([
    '/regime',
    '/backtest/execution_lag_days',
  ])
  expect(faults({ target: { long_leg: { weights: { DOGE: 1 } } } })).toEqual(['/target/long_leg/weights/DOGE'])
  expect(faults({ features: { z_min_obs: 61 } })).toEqual(['/features/z_min_obs'])
})
