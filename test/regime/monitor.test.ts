import { expect, it } from 'vitest'
import { slicePanel } from '../../src/market/panel.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import { runMonitor } from '../../src/regime/monitor.ts'
import { backtestTable, targetReturnsTable, weightsTable } from '../../src/regime/tables.ts'
import { randomPanel } from './panels.ts'

const panel = randomPanel(1, 8, 150)
const run = (given: RegimeConfigInput, on = panel) => runMonitor(on, resolveConfig(given))
const small: RegimeConfigInput = { backtest: { lookback_window_days: 40, gate: 'always' } }
const codes = (result: ReturnType<typeof run>) => result.warnings.map(warning => warning.code)

it('warns of what is missing instead of falling back in silence', () => {
  const unfunded = { ...panel, funding: null }
  expect(codes(run({ ...small, basket: { min_names: 3, min_mcap_usd: 0 } }))).toEqual([])
  expect(codes(run({ ...small, basket: { min_names: 3, min_mcap_usd: 0 } }, unfunded))).toEqual(['NO_FUNDING'])
  expect(codes(run({ ...small, basket: { min_mcap_usd: 1e15 } }))).toEqual(['BASKET_EMPTY'])
  expect(codes(run({ universe: { majors: ['BTC', 'ETH', 'SOL'] }, basket: { min_mcap_usd: 0 } }))).toEqual([
    'MAJOR_NOT_IN_PANEL',
    'BACKTEST_EMPTY',
  ])
  // An alt that never leaves a dollar by more than 2 % is a stablecoin whose flag is missing.
  const close = panel.close.slice()
  const alt = panel.assets.findIndex(
    (_, a) => panel.stable[a] === 0 && panel.wrapped[a] === 0 && !['BTC', 'ETH'].includes(panel.assets[a]),
  )
  for (let day = 0; day < panel.days; day++) close[day * panel.assets.length + alt] = 1 + 0.01 * (day % 2)
  const pegged = run({ ...small, basket: { min_names: 3, min_mcap_usd: 0 } }, { ...panel, close })
  expect(codes(pegged)).toEqual(['STABLE_AMONG_ALTS'])
  expect(pegged.warnings[0].message).toMatch(new RegExp(`: ${panel.assets[alt]}$`))
  const misspelt = {
    ...small,
    universe: { exclude_assets: ['NOSUCH', panel.assets[alt]] },
    basket: { min_names: 3, min_mcap_usd: 0 },
  }
  expect(codes(run(misspelt))).toEqual(['EXCLUDED_NOT_IN_PANEL'])
  expect(run(misspelt).warnings[0].message).toMatch(/asset\(s\) NOSUCH:/)
  const regular: RegimeConfigInput = {
    ...small,
    mode: 'regular',
    regular: { min_mcap_usd: 0, min_volume_usd: 0, min_names: 2, alt_selection: { enabled: false } },
    beta: { lookback_days: 100 },
  }
  expect(codes(run(regular))).toEqual(['DEFAULT_BETA'])
})

it('answers a panel too short for a backtest with empty tables and null figures', () => {
  const result = run({})
  expect([result.kpis, result.regime_metrics, result.test_windows, result.backtest.rows]).toEqual([null, [], [], 0])
  expect([backtestTable(panel, result.backtest).rows, weightsTable(panel, result.backtest).rows]).toEqual([0, 0])
  expect(() => runMonitor(slicePanel(panel, 0, 10), resolveConfig(), 10)).toThrow('ends before the requested start')
})

it('judges regular regimes by the strategy itself, and only where that is asked for', () => {
  const regular: RegimeConfigInput = { ...small, mode: 'regular', regular: { min_mcap_usd: 0, min_names: 2 } }
  const silent = run(regular)
  expect([silent.evaluation, targetReturnsTable(panel, silent).rows]).toEqual([null, 0])
  const asked = run({ ...regular, backtest: { ...regular.backtest, with_regime_eval: true } })
  const { gross, start } = asked.backtest
  expect(asked.target_returns?.[start]).toBe(gross[1])
  expect(Object.keys(asked.evaluation ?? {})).toEqual([
    'horizon_5d',
    'horizon_10d',
    'horizon_20d',
    'horizon_40d',
    'horizon_60d',
  ])
})

it('starts at once where no look-back is asked for', () => {
  expect(run({ backtest: { walk_forward: false } }).backtest).toMatchObject({ start: 0, rows: 150 })
})

it('computes the same twice, and leaves panel and configuration alone', () => {
  const config = resolveConfig(small)
  const [before, closes] = [structuredClone(config), panel.close.slice()]
  expect(runMonitor(panel, config)).toEqual(runMonitor(panel, config))
  expect(config).toEqual(before)
  expect(panel.close).toEqual(closes)
})
