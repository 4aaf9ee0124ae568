/** Sweeps against the rows that the published implementation wrote. */

import { expect, it } from 'vitest'
import { gridSpace, trialParameters } from '../../src/sweep/grid.ts'
import { TRIAL_METRICS } from '../../src/sweep/kernel.ts'
import { sweepPlan } from '../../src/sweep/plan.ts'
import { TrialPool } from '../../src/sweep/pool.ts'
import { comparator, Leaderboard, PUBLISHED_ORDER } from '../../src/sweep/ranking.ts'
import { figuresOf, trialBacktest, trialOf } from '../../src/sweep/trials.ts'
import {
  equityOfSplits,
  honestFigures,
  outOfSampleBars,
  PUBLISHED_SELECTION,
  splitStages,
  splitSummaries,
  stitchedEquity,
  walkForward,
} from '../../src/sweep/walk-forward.ts'
import { expectClose, fixtureCsv, goldenBars } from '../engine/fixtures.ts'
import { FLAT, PUBLISHED, planOf, rowsOf } from './fixtures.ts'

type Row = Record<string, string>

function golden(file: string): Row[] {
  const { header, rows } = fixtureCsv(`golden-sweep/${file}`)
  return rows.map(cells => Object.fromEntries(header.map((name, k) => [name, cells[k]])))
}

function expectFigures(actual: ArrayLike<number>, expected: Row, label: string): void {
  TRIAL_METRICS.forEach((name, k) => {
    const text = expected[name]
    if (text === '') expect(actual[k], `${label} ${name}`).toBeNaN()
    else if (text === 'inf') expect(actual[k], `${label} ${name}`).toBe(Number.POSITIVE_INFINITY)
    else expectClose(actual[k], Number(text), `${label} ${name}`)
  })
}

function expectParameters(actual: Record<string, unknown>, expected: Row): void {
  for (const [name, value] of Object.entries(actual)) expect(value, name).toBe(Number(expected[name]))
}

const GRID = [
  { path: 'rsi_buy_max', values: [55, 60, 65] },
  { path: 'rsi_sell_min', values: [70, 75, 80] },
  { path: 'cooldown_days', values: [0, 2, 5] },
]

it('gives the published rows of a grid in the published order', async () => {
  const plan = planOf(goldenBars('ETH-USD', '2021-01-01', '2023-01-01'), PUBLISHED, GRID, { aliases: FLAT })
  const rows = await rowsOf(plan)
  const expected = golden('sweep-grid/experiments.csv')
  expect(rows).toHaveLength(expected.length)
  rows.forEach((row, trial) => {
    expectParameters(trialParameters(plan.space, trial), expected[trial])
    expectFigures(row, expected[trial], `trial ${trial}`)
  })
})

it('ranks the published leaderboard', async () => {
  const plan = planOf(goldenBars('ETH-USD', '2021-01-01', '2023-01-01'), PUBLISHED, GRID, { aliases: FLAT })
  const board = new Leaderboard(27)
  ;(await rowsOf(plan)).forEach((row, trial) => {
    board.add(trial, Float64Array.from(row))
  })
  const expected = golden('sweep-grid/leaderboard.csv')
  board.top().forEach(({ trial }, place) => {
    expectParameters(trialParameters(plan.space, trial), expected[place])
  })
  expect(board.top()).toHaveLength(expected.length)
})

it('makes one trial of a sweep without a grid', async () => {
  const request = { ...PUBLISHED, strategy_params: { ...PUBLISHED.strategy_params, rsi_buy_max: 58 } }
  const rows = await rowsOf(planOf(goldenBars('ETH-USD', '2021-01-01', '2022-06-01'), request, []))
  expect(rows).toHaveLength(1)
  expectFigures(rows[0], golden('sweep-no-grid/experiments.csv')[0], 'the trial')
})

const SPLITS = [
  { name: 's1', train: span('2020-01-01', '2021-01-01'), test: span('2020-10-01', '2021-07-01') },
  { name: 's2', train: span('2021-01-01', '2022-01-01'), test: span('2021-10-01', '2022-07-01') },
]

function span(start: string, end: string) {
  return { start: Date.parse(start), end: Date.parse(end) }
}

async function published(minTrades: number) {
  const datasets = [goldenBars('ETH-USD')]
  const space = gridSpace([
    { path: 'rsi_buy_max', values: [55, 60, 65] },
    { path: 'rsi_sell_min', values: [70, 80] },
    { path: 'cooldown_days', values: [0, 3] },
  ])
  const stages = splitStages(SPLITS, datasets, [{ dataset: 0 }], 'inside')
  const pool = new TrialPool(sweepPlan({ request: PUBLISHED, space, datasets, stages, aliases: FLAT }), 0)
  const constraints = [{ metric: 'trade_trades' as const, min: minTrades }]
  const rows: { split: number; phase: string; trial: number; figures: Float64Array }[] = []
  const outcomes = await walkForward(
    pool,
    SPLITS,
    { ...PUBLISHED_SELECTION, constraints },
    {
      deliver: (result, job, split, phase) => {
        for (let k = 0; k < job.count; k++)
          rows.push({ split, phase, trial: trialOf(job, k), figures: figuresOf(result, k) })
      },
    },
  )
  if (outcomes === null) throw new Error('not finished')
  return { pool, rows, outcomes }
}

it('reproduces the published walk-forward, row by row', async () => {
  const { pool, rows, outcomes } = await published(3)
  const expected = golden('sweep-walkforward/walkforward.csv')
  // The file has the splits one after the other; we train all of them first.
  const ordered = [0, 1].flatMap(s => ['train', 'test'].flatMap(p => rows.filter(r => r.split === s && r.phase === p)))
  expect(ordered).toHaveLength(expected.length)
  ordered.forEach(({ split, phase, trial, figures }, k) => {
    expect([SPLITS[split].name, phase]).toEqual([expected[k]['split_name'], expected[k]['phase']])
    expectParameters(trialParameters(pool.plan.space, trial), expected[k])
    expectFigures(figures, expected[k], `row ${k}`)
    const rank = outcomes[split].selected.find(one => one.trial === trial)?.rank
    if (phase === 'test') expect(rank).toBe(Number(expected[k]['rank_in_train']))
  })

  const chosen = golden('sweep-walkforward/selected_configs.csv')
  const tests = outcomes.flatMap(({ selected }) => selected)
  tests.forEach(({ trial, test }, k) => {
    expectParameters(trialParameters(pool.plan.space, trial), chosen[k])
    expectFigures(test, chosen[k], `selected ${k}`)
  })
  const order = comparator(PUBLISHED_ORDER)
  const board = golden('sweep-walkforward/oos_leaderboard.csv')
  const ranked = [...tests].sort((a, b) => order(a.test, b.test))
  ranked.forEach(({ test }, k) => {
    expectFigures(test, board[k], `place ${k}`)
  })
})

it('summarises the splits as published', async () => {
  const { outcomes } = await published(3)
  const summaries = splitSummaries(outcomes)
  expectTable(summaries, golden('sweep-walkforward/walkforward_summary.csv'))
  expectTable(equityOfSplits(summaries), golden('sweep-walkforward/oos_equity_curve.csv'))
  // The mean of the two tests of the best in training, from the golden rows of rank 1.
  const first = golden('sweep-walkforward/selected_configs.csv').filter(row => Number(row['rank_in_train']) === 1)
  const { splits, figures } = honestFigures(outcomes)
  expect(splits).toBe(2)
  for (const name of ['total_return', 'sharpe_simple'] as const)
    expectClose(figures[name]!, (Number(first[0][name]) + Number(first[1][name])) / 2, name)
})

it('gives the published bars out of sample, and one curve that is never reset', async () => {
  const { pool, outcomes } = await published(3)
  const tests = outcomes.map(({ selected }, s) => trialBacktest(pool.own, 2 * s + 1, selected[0].trial))
  const expected = golden('sweep-walkforward/oos_equity_timeseries.csv')
  const bars = tests.flatMap((test, s) => outOfSampleBars(test).map(bar => ({ ...bar, split_name: SPLITS[s].name })))
  expect(bars).toHaveLength(expected.length)
  bars.forEach(({ ts, split_name, ...numbers }, k) => {
    expect([new Date(ts).toISOString().slice(0, 10), split_name]).toEqual([
      expected[k]['timestamp'],
      expected[k]['split_name'],
    ])
    for (const [name, value] of Object.entries(numbers)) expectClose(value, Number(expected[k][name]), `${name} ${k}`)
  })

  // Each split of the published series begins at 1 again: the stitched one ends at the product of their ends.
  const last = (name: string) => Number(expected.filter(row => row['split_name'] === name).at(-1)!['equity'])
  const stitched = stitchedEquity(tests)
  expectClose(stitched.equity.at(-1)!, last('s1') * last('s2'), 'end')
  expect([...stitched.split].filter(split => split === 0)).toHaveLength(
    expected.filter(row => row['split_name'] === 's1').length,
  )
})

it('selects nothing where no trial keeps the constraints', async () => {
  const { rows, outcomes } = await published(500)
  const expected = golden('sweep-walkforward-none-selected/walkforward.csv')
  expect(rows).toHaveLength(expected.length)
  rows.forEach(({ figures }, k) => {
    expectFigures(figures, expected[k], `row ${k}`)
  })
  const summaries = splitSummaries(outcomes)
  expectTable(summaries, golden('sweep-walkforward-none-selected/walkforward_summary.csv'))
  expect(equityOfSplits(summaries)).toEqual([])
  expect(honestFigures(outcomes)).toMatchObject({ splits: 0, figures: { sharpe_simple: null } })
})

function expectTable(actual: readonly object[], expected: Row[]): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((row, k) => {
    expect(Object.keys(row)).toEqual(Object.keys(expected[k]))
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'number') expectClose(value, Number(expected[k][name]), `${name} ${k}`)
      else expect(value).toBe(expected[k][name])
    }
  })
}
