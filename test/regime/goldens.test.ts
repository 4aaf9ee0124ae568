import { beforeAll, describe, expect, it } from 'vitest'
import type { Panel } from '../../src/market/panel.ts'
import { panelDates } from '../../src/market/panel.ts'
import { Books } from '../../src/regime/books.ts'
import { evaluateRegimes } from '../../src/regime/evaluation.ts'
import { featuresTable } from '../../src/regime/features.ts'
import { type MonitorResult, runMonitor } from '../../src/regime/monitor.ts'
import { backtestTable, targetReturnsTable, timelineTable, weightsTable } from '../../src/regime/tables.ts'
import { targetReturns } from '../../src/regime/target-returns.ts'
import { universeOf } from '../../src/regime/universe.ts'
import { msmWeights, regularWeights } from '../../src/regime/weights.ts'
import { goldenConfig, goldenCsv, goldenJson, goldenPanel, numberCell } from './golden.ts'

/** Where the goldens come from: an independent implementation on pandas and scipy of the same formulas. */
const CASES = ['config1', 'config1b_gate', 'config1c_risk', 'config1d_regular'] as const

let panel: Panel
const runs = new Map<string, MonitorResult>()
const run = (name: string): MonitorResult => {
  if (!runs.has(name)) runs.set(name, runMonitor(panel, goldenConfig(name)))
  return runs.get(name) as MonitorResult
}

beforeAll(async () => {
  panel = await goldenPanel()
})

/** 1e-9 relative or 1e-10 absolute, and null where the golden is null. */
function expectSeries(
  name: string,
  actual: ArrayLike<number>,
  cells: string[],
  relative = 1e-9,
  absolute = 1e-10,
): void {
  expect(actual.length, name).toBe(cells.length)
  for (let i = 0; i < cells.length; i++)
    expectNumber(`${name} row ${i}`, actual[i], numberCell(cells[i]), relative, absolute)
}

function expectNumber(name: string, actual: number, expected: number, relative = 1e-9, absolute = 1e-10): void {
  const close = Number.isNaN(expected)
    ? Number.isNaN(actual)
    : Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected))
  if (!close) expect.fail(`${name}: ${actual} instead of ${expected}`)
}

/** Compare two JSON trees: same keys, numbers to the tolerance, the rest exactly. */
function expectTree(at: string, actual: unknown, expected: unknown, relative = 1e-9, absolute = 1e-10): void {
  if (typeof expected === 'number') {
    expectNumber(at, actual as number, expected, relative, absolute)
    return
  }
  if (typeof expected !== 'object' || expected === null) {
    expect([at, actual]).toEqual([at, expected])
    return
  }
  expect([at, Object.keys(actual as object).sort()]).toEqual([at, Object.keys(expected).sort()])
  for (const [key, value] of Object.entries(expected)) {
    expectTree(`${at}/${key}`, (actual as Record<string, unknown>)[key], value, relative, absolute)
  }
}

it('computes every raw and z feature in the published order', () => {
  const golden = goldenCsv('shared/features.csv')
  const table = featuresTable(panel, run('config1').features)
  expect(Object.keys(table.columns)).toEqual(Object.keys(golden))
  for (const [name, cells] of Object.entries(golden)) {
    const column = table.columns[name]
    if (name === 'date') expect(column).toEqual(cells)
    else if (name === 'valid' || name === 'has_funding') {
      expect((column as boolean[]).map(flag => (flag ? 'True' : 'False'))).toEqual(cells)
    } else expectSeries(name, column as Float64Array, cells)
  }
})

it('scores and classifies every day', () => {
  const golden = goldenCsv('shared/regime_timeline.csv')
  const { columns } = timelineTable(panel, run('config1'))
  expect(Object.keys(columns)).toEqual(Object.keys(golden))
  expectSeries('score_raw', columns['score_raw'] as Float64Array, golden['score_raw'])
  expectSeries('score', columns['score'] as Float64Array, golden['score'])
  expect(Array.from(columns['high_vol_gate'], flag => (flag ? 'True' : 'False'))).toEqual(golden['high_vol_gate'])
  expect(Array.from(columns['regime'], regime => regime ?? '')).toEqual(golden['regime'])
})

it('builds the msm basket of every week', () => {
  const golden = goldenCsv('shared/basket_weekly.csv')
  const rows = run('config1').basket_weekly
  expect(rows.map(row => [row.date, row.asset_id])).toEqual(
    golden['date'].map((date, i) => [date, golden['asset_id'][i]]),
  )
  expectSeries(
    'weight',
    rows.map(row => row.weight),
    golden['weight'],
  )
})

it('measures the return of majors less alts', () => {
  const golden = goldenCsv('shared/target_returns.csv')
  const { columns } = targetReturnsTable(panel, run('config1'))
  expect(columns['date']).toEqual(golden['date'])
  expectSeries('target_return', columns['target_return'] as Float64Array, golden['target_return'], 1e-9, 1e-12)
})

it('evaluates the regimes: statistics, edges, bootstrap intervals', () => {
  expectTree('', run('config1').evaluation, goldenJson('shared/regime_evaluation.json'), 1e-9, 1e-9)
})

it('measures the stability of the regimes', () => {
  expectTree('', run('config1').stability, goldenJson('shared/stability.json'))
})

describe.each(CASES)('%s', name => {
  it('backtests every day as the golden does', () => {
    const golden = goldenCsv(`${name}/backtest_daily.csv`)
    const { columns } = backtestTable(panel, run(name).backtest)
    expect(Object.keys(columns)).toEqual(Object.keys(golden))
    for (const [column, cells] of Object.entries(golden)) {
      const series = columns[column]
      if (['date', 'decision', 'regime', 'regime_signal'].includes(column)) {
        expect([column, Array.from(series, cell => cell ?? '')]).toEqual([column, cells])
      } else expectSeries(column, series as Float64Array, cells, 1e-9, column === 'score' ? 1e-10 : 1e-12)
    }
  })

  it('holds the golden weights every day', () => {
    const golden = goldenCsv(`${name}/weights.csv`)
    const { date, asset_id, weight } = weightsTable(panel, run(name).backtest).columns
    expect([...date].map((day, i) => `${day} ${asset_id[i]}`)).toEqual(
      golden['date'].map((day, i) => `${day} ${golden['asset_id'][i]}`),
    )
    expectSeries('weight', weight as number[], golden['weight'], 0, 1e-10)
  })

  it('reports the golden key figures and regime metrics', () => {
    expectTree('', run(name).kpis, goldenJson(`${name}/kpis.json`), 1e-9, 1e-12)
    expectTree('', run(name).regime_metrics, goldenJson(`${name}/regime_metrics.json`), 1e-9, 1e-12)
  })
})

interface GoldenSample {
  candidates: string[]
  dropped: Record<string, string>
  weights: Record<string, number>
  betas: Record<string, Record<'raw_BTC' | 'raw_ETH' | 'rel_BTC' | 'rel_ETH', number> & { fallback: boolean }>
  beta_neutral_relative_ridge: Record<string, number>
  dollar_neutral: Record<string, number>
}

describe.each(['config1', 'config1d_regular'])('regular mode under %s', name => {
  const golden = goldenJson<Record<string, GoldenSample>>(`${name}/regular_mode_samples.json`)

  it.each(Object.keys(golden))('selects, weighs and hedges as the golden on %s', date => {
    const config = { ...goldenConfig(name), mode: 'regular' as const }
    const universe = universeOf(panel, config)
    const t = panelDates(panel).indexOf(date)
    const expected = golden[date]
    const books = new Books(panel, universe, config)
    const basket = books.regularBasketAt(t)
    const id = (asset: number) => panel.assets[asset]
    expect(basket.assets.map(id)).toEqual(expected.candidates)
    expect(Object.fromEntries(books.refusalsAt(t).map(({ asset, reason }) => [id(asset), reason]))).toEqual(
      expected.dropped,
    )
    const weights = Object.fromEntries(basket.assets.map((asset, i) => [id(asset), basket.weights[i]]))
    expectTree('weights', weights, expected.weights)

    const relative = books.betasAt(t)
    const absolute = new Books(panel, universe, {
      ...config,
      beta: { ...config.beta, ridge_scaling: 'absolute' },
    }).betasAt(t)
    basket.assets.forEach((asset, i) => {
      const beta = expected.betas[id(asset)]
      expectNumber(`${id(asset)} rel_BTC`, relative[i].btc, beta.rel_BTC)
      expectNumber(`${id(asset)} rel_ETH`, relative[i].eth, beta.rel_ETH)
      expectNumber(`${id(asset)} raw_BTC`, absolute[i].btc, beta.raw_BTC)
      expectNumber(`${id(asset)} raw_ETH`, absolute[i].eth, beta.raw_ETH)
      expect(relative[i].fallback).toBe(beta.fallback)
    })
    const named = (book: { assets: number[]; weights: number[] }) =>
      Object.fromEntries(book.assets.map((asset, i) => [id(asset), book.weights[i]]))
    expectTree('book', named(books.targetAt(t)), expected.beta_neutral_relative_ridge)
    // The golden's dollar-neutral book was hedged with the absolute ridge.
    const dollar = regularWeights(basket, absolute, universe, { ...config.regular, neutrality_mode: 'dollar_neutral' })
    expectTree('dollar', named(dollar), expected.dollar_neutral)
  })
})

it('judges regimes by the msm functions under the regular configuration too', () => {
  const config = goldenConfig('config1d_regular')
  const { features, regimes, universe } = run('config1d_regular')
  const books = new Books(panel, universe, config)
  const daily = targetReturns(panel, config.target.long_leg.weights, t => books.msmBasketAt(t))
  expectSeries('target_return', daily, goldenCsv('shared/target_returns.csv')['target_return'], 1e-9, 1e-12)
  const evaluation = evaluateRegimes(daily, regimes, features.valid, 1, config.evaluation)
  expectTree('', evaluation, goldenJson('shared/regime_evaluation.json'), 1e-9, 1e-9)
  expect(msmWeights(books.msmBasketAt(252), panel, { BTC: 1 }).weights.at(-1)).toBe(0.5)
})
