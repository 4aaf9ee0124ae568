/** `sweep`: what it refuses, what its trials are, and what it says of its winner. */

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, call, emptyFolder, requestOf, rootWithData } from '../harness.ts'
import { type Answer, askSweep, fileOf, GRID, jsonOf, resultHashes, rowsOf, sweepOf, trialsOf } from './sweeps.ts'

let root: string

beforeAll(async () => {
  root = await rootWithData()
})

async function refusal(config: object, params: Record<string, unknown> = {}): Promise<Answer> {
  const answer = await askSweep(root, config, params)
  expect(answer['status']).toBe('error')
  return {
    exit_code: answer['exit_code'],
    ...answer['error'],
    pointers: answer['error'].details.map((d: Answer) => d['pointer']),
  }
}

describe('a configuration', () => {
  it('is refused with all of its faults, near misses named', async () => {
    const { exit_code, details } = await refusal({ ...GRID, feee: 1, slippage_mode: 'banana', k_atr: -1 })
    expect(exit_code).toBe(2)
    expect(details).toEqual([
      expect.objectContaining({ pointer: '/params/config/feee', suggestion: 'fee' }),
      expect.objectContaining({ pointer: '/params/config/slippage_mode', expected: ['fixed', 'atr'] }),
      expect.objectContaining({ pointer: '/params/config/k_atr', message: 'must be >= 0' }),
    ])
  })

  it('must say what runs when', async () => {
    const { exit_code, pointers } = await refusal({})
    expect([exit_code, pointers]).toEqual([
      2,
      ['ticker', 'start', 'end', 'interval'].map(key => `/params/config/${key}`),
    ])
    expect((await refusal({ ...GRID, end: '2020-01-01' })).message).toContain('must be after start')
    expect((await refusal({ ...GRID, start: '2021-02-30' })).message).toContain('no date of the calendar')
  })

  it.each([
    ['both a ticker and a universe', { universe: ['BTC-USD'] }, 'universe'],
    ['trials to draw without drawing', { n_trials: 5 }, 'n_trials'],
    ['drawing without a number and a seed', { method: 'random' }, 'n_trials'],
    ['values and a range', { parameters: [{ path: 'fee', values: [0], min: 0, max: 1 }] }, 'parameters/0'],
    ['half a range', { parameters: [{ path: 'fee', min: 0 }] }, 'parameters/0'],
    ['a batch beside a grid', { variations: [{ variationId: 'a', overrides: {} }] }, 'param_grid'],
    [
      'splits that are given and generated',
      {
        splits: [
          {
            name: 's',
            train: { start: '2021-01-01', end: '2022-01-01' },
            test: { start: '2022-01-01', end: '2023-01-01' },
          },
        ],
        walk_forward: { scheme: 'rolling', train: 300, test: 60 },
      },
      'walk_forward',
    ],
    [
      'an early end of a walk-forward',
      { walk_forward: { scheme: 'rolling', train: 300, test: 60 }, early_abort: {} },
      'early_abort',
    ],
    ['an unknown parameter', { param_grid: { feee: [0] } }, 'param_grid/feee'],
    ['a part of the sweep as a parameter', { param_grid: { 'splits.0.name': ['x'] } }, 'param_grid/splits.0.name'],
  ])('is refused with %s', async (_, more, place) => {
    const { exit_code, pointers } = await refusal({ ...GRID, ...more })
    expect([exit_code, pointers[0]]).toEqual([2, `/params/config/${place}`])
  })

  it.each([
    ['a value a run would refuse', { param_grid: { fee: [0, 5] } }, 2, 'value 5 of fee: must be <= 1'],
    ['a parameter without values', { param_grid: { fee: [] } }, 2, "Parameter 'fee' has no values"],
    ['a parameter given twice', { parameters: [{ path: 'fee', values: [0] }] }, 2, "'fee' is given twice"],
    [
      'a range without steps in a grid',
      { param_grid: {}, parameters: [{ path: 'fee', min: 0, max: 1 }] },
      2,
      'needs values',
    ],
    ['an unknown strategy', { strategy: 'sma_crosss' }, 4, "Did you mean 'sma_cross'?"],
    [
      'an unknown strategy among those swept',
      { param_grid: { strategy: ['sma_cross', 'nope'] } },
      4,
      "Unknown strategy 'nope'",
    ],
    [
      'a strategy parameter outside its schema',
      { param_grid: { fee: [0.002], 'strategy_params.fast': [5, 0] } },
      4,
      'with fee 0.002, strategy_params.fast 0: ',
    ],
    [
      'a parameter that the strategy does not have',
      { param_grid: { 'strategy_params.fats': [5] } },
      4,
      "unknown key 'fats'",
    ],
    ['a parameter of another strategy', { param_grid: { rsi_buy_max: [50] } }, 4, 'belongs to rsi_ma_cross_v2'],
    [
      'whole numbers drawn from a range',
      {
        param_grid: {},
        parameters: [{ path: 'strategy_params.fast', min: 5, max: 20 }],
        method: 'random',
        n_trials: 3,
        seed: 1,
      },
      4,
      'must be integer',
    ],
    ['more trials than allowed', {}, 2, 'more than max_trials 59'],
  ])('is refused before the first trial with %s', async (_, more, code, text) => {
    const { exit_code, message } = await refusal({ ...GRID, ...more }, { max_trials: text.includes('59') ? 59 : 1000 })
    expect([exit_code, message]).toEqual([code, expect.stringContaining(text)])
    expect(existsSync(join(root, 'outputs/.staging'))).toBe(true)
    expect(readdirSync(join(root, 'outputs/.staging')).filter(name => /^\d{8}_/.test(name))).toEqual([])
  })

  it('is one of file, request and interrupted sweep', async () => {
    writeFileSync(join(root, 'g.yaml'), `${JSON.stringify(GRID)}\n`)
    expect((await ask(root, requestOf('sweep', {})))['error'].details[0].message).toBe("'config_path' is required")
    const both = await ask(root, requestOf('sweep', { config: GRID, config_path: 'g.yaml' }))
    expect([both['exit_code'], both['error'].message]).toEqual([2, expect.stringContaining('both given')])
  })

  it('names the file and the place of a fault', async () => {
    writeFileSync(join(root, 'bad.yaml'), 'ticker: ETH-USD\nstart: 2021-01-01\nend: 2022-01-01\nintervall: 1d\n')
    const { stderr, code } = await call(root, ['--sweep', 'bad.yaml'])
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("bad.yaml#/intervall unknown key 'intervall'; did you mean 'interval'?"),
    ])
  })

  it('goes only below the root', async () => {
    const outside = emptyFolder()
    mkdirSync(join(root, 'inside'), { recursive: true })
    symlinkSync(outside, join(root, 'inside/link'))
    for (const out_dir of ['../x', outside, 'inside/link']) expect((await refusal(GRID, { out_dir })).exit_code).toBe(2)
    expect(readdirSync(outside)).toEqual([])
  })
})

describe('a grid', () => {
  it('leaves no trace of the order of keys and values, however often they are repeated', async () => {
    const shuffled = {
      ...GRID,
      param_grid: {
        fee: [0.002, 0, 0.001, 0],
        'strategy_params.slow': [90, 10, 60, 20, 50],
        'strategy_params.fast': [30, 5, 20, 10, 5],
      },
    }
    const [a, b] = [await sweepOf(root, GRID), await sweepOf(root, shuffled)]
    expect(resultHashes(b['artifacts_path'])).toEqual(resultHashes(a['artifacts_path']))
    expect(Object.keys(resultHashes(a['artifacts_path']))).toContain('trials.parquet')
    // The hash in the id is that of the resolved configuration.
    expect(b['run_id'].split('_')[3].slice(0, 7)).toBe(a['run_id'].split('_')[3].slice(0, 7))
  })

  it('has the figures of single runs', async () => {
    const answer = await sweepOf(root, GRID)
    const row = rowsOf(answer, 'experiments.csv').find(
      one => one['fee'] === '0.001' && one['strategy_params.fast'] === '10' && one['strategy_params.slow'] === '50',
    ) as Record<string, string>
    const { param_grid: _, ...base } = GRID
    const run = await ask(root, requestOf('run', { ...base, fee: 0.001, strategy_params: { fast: 10, slow: 50 } }))
    for (const name of ['total_return', 'sharpe_simple', 'max_drawdown', 'trades'])
      expect(Number(row[name]), name).toBe(run['summary'][name])
  })

  it('keeps the place of trials that fail, and ranks the others', async () => {
    const answer = await sweepOf(root, GRID)
    const report = jsonOf(answer, 'report.json')
    // fast 10, 20, 30 are not below slow 10 or 20: six pairs, each with three fees.
    const failing = (row: Record<string, string>) =>
      Number(row['strategy_params.fast']) >= Number(row['strategy_params.slow'])
    const rows = rowsOf(answer, 'experiments.csv')
    expect(rows).toHaveLength(60)
    expect(rows.filter(row => row['total_return'] === '').length).toBe(15)
    expect(rows.filter(row => row['total_return'] === '').every(failing)).toBe(true)
    expect([report.n_runs, report.n_failed, report.failed.length]).toEqual([60, 15, 15])
    expect(rowsOf(answer, 'leaderboard.csv')).toHaveLength(45)
    const { error, trial, sharpe_simple } = await trialsOf(answer)
    expect(Array.from(trial)).toEqual(Array.from({ length: 60 }, (_, k) => k))
    expect(Array.from(error as string[]).filter(text => text !== null)[0]).toContain('STRATEGY_ERROR: fast')
    expect(Array.from(sharpe_simple as Float64Array).filter(Number.isNaN)).toHaveLength(15)
  })

  it('ranks as it is told, under constraints', async () => {
    const selection = { sort_by: ['max_drawdown'] }
    const constraints = { min_trade_trades: 3, total_return: { min: 0 }, trades: { max: 60 } }
    const answer = await sweepOf(root, { ...GRID, selection, constraints })
    const ranked = rowsOf(answer, 'leaderboard.csv')
    const kept = rowsOf(answer, 'experiments.csv').filter(
      row =>
        Number(row['trade_trades']) >= 3 &&
        row['total_return'] !== '' &&
        Number(row['total_return']) >= 0 &&
        Number(row['trades']) <= 60,
    )
    expect(ranked.length).toBe(kept.length)
    expect(ranked.length).toBeGreaterThan(3)
    const depths = ranked.map(row => Number(row['max_drawdown']))
    expect(depths).toEqual([...depths].sort((a, b) => b - a))
    expect(jsonOf(answer, 'metrics.json').leaderboard_size).toBe(kept.length)
  })

  it('is repeated by its own config.json', async () => {
    const first = await sweepOf(root, GRID)
    const again = await sweepOf(root, jsonOf(first, 'config.json'))
    const [a, b] = [jsonOf(first, 'report.json'), jsonOf(again, 'report.json')]
    expect([b.fingerprint, b.result_hash, b.header.config_hash]).toEqual([
      a.fingerprint,
      a.result_hash,
      a.header.config_hash,
    ])
    expect(a.config_resolved.data).toHaveLength(1)
    const pin = { ...a.config_resolved.data[0], content_hash: '0'.repeat(64) }
    expect((await refusal({ ...GRID, data: [pin] })).exit_code).toBe(7)
  })

  it('runs every combination on every instrument', async () => {
    const { ticker: _, ...rest } = GRID
    const answer = await sweepOf(root, { ...rest, universe: ['ETH-USD', 'BTC-USD'] })
    const rows = rowsOf(answer, 'experiments.csv')
    const alone = rowsOf(await sweepOf(root, { ...GRID, ticker: 'BTC-USD' }), 'experiments.csv')
    expect(rows).toHaveLength(120)
    const pick = ({ fee, total_return, ...row }: Record<string, string>) =>
      `${fee} ${row['strategy_params.fast']} ${row['strategy_params.slow']} ${total_return} ${row['profit_factor']}`
    expect(
      rows
        .filter(row => row['ticker'] === 'BTC-USD')
        .map(pick)
        .sort(),
    ).toEqual(alone.map(pick).sort())
    const named = [{ ticker: 'ETH-USD', dataset_id: 'eth-usd' }, 'BTC-USD']
    const byName = rowsOf(await sweepOf(root, { ...rest, universe: named }), 'experiments.csv')
    expect(byName.map(pick).sort()).toEqual(rows.map(pick).sort())
    expect(new Set(byName.map(row => `${row['ticker']} ${row['dataset_id']}`))).toEqual(
      new Set(['ETH-USD eth-usd', 'BTC-USD ']),
    )
    expect(jsonOf(answer, 'report.json').datasets).toHaveLength(2)
  })

  it('sweeps strategies and windows', async () => {
    const { strategy: _, param_grid: __, start: ___, ...rest } = GRID
    const param_grid = { strategy: ['sma_cross', 'buy_and_hold'], start: ['2021-01-01', '2021-07-01'] }
    const rows = rowsOf(await sweepOf(root, { ...rest, param_grid }), 'experiments.csv')
    expect(rows.map(row => `${row['strategy']} ${row['start']}`)).toEqual([
      'buy_and_hold 2021-01-01',
      'sma_cross 2021-01-01',
      'buy_and_hold 2021-07-01',
      'sma_cross 2021-07-01',
    ])
    for (const row of rows) {
      const { end, interval, ticker } = rest
      const run = await ask(
        root,
        requestOf('run', { end, interval, ticker, start: row['start'], strategy: row['strategy'] }),
      )
      expect(Number(row['total_return'])).toBe(run['summary'].total_return)
    }
  })

  it('fails with the reason of the first trial where all fail', async () => {
    const { exit_code, message } = await refusal({
      ...GRID,
      start: '2022-11-01',
      param_grid: { 'strategy_params.slow': [80, 90] },
    })
    expect([exit_code, message]).toEqual([3, expect.stringContaining('Every trial failed: No data remaining')])
    const crossed = await refusal({ ...GRID, param_grid: { 'strategy_params.fast': [50, 60] } })
    expect([crossed.exit_code, crossed.message]).toEqual([4, expect.stringContaining('must be below slow')])
    expect((await refusal({ ...GRID, ticker: 'NOPE' })).exit_code).toBe(3)
  })

  it('counts the warm-up before the window where it is asked to', async () => {
    const one = { ...GRID, param_grid: { 'strategy_params.slow': [90] } }
    const [inside, before] = [await sweepOf(root, one), await sweepOf(root, { ...one, warmup: 'prefetch' })]
    const bars = (answer: Answer) => jsonOf(answer, 'report.json').overfitting.track_record_bars
    // 730 days, of which the first 89 warm up: one bar must have 90 closes.
    expect([bars(inside), bars(before)]).toEqual([730 - 89, 730])
  })
})

describe('a sample', () => {
  const ranges = {
    ...GRID,
    param_grid: {},
    parameters: [
      { path: 'strategy_params.fast', min: 5, max: 30, step: 5 },
      { path: 'strategy_params.slow', min: 40, max: 100, step: 10 },
      { path: 'fee', min: 0.0001, max: 0.01, log: true },
    ],
    n_trials: 40,
    seed: 11,
  }

  it.each(['random', 'sobol'])('of method %s is that of its seed', async method => {
    const first = await sweepOf(root, { ...ranges, method })
    const again = await sweepOf(root, { ...ranges, method, parameters: [...ranges.parameters].reverse() })
    const other = await sweepOf(root, { ...ranges, method, seed: 12 })
    expect(resultHashes(again['artifacts_path'])).toEqual(resultHashes(first['artifacts_path']))
    expect(resultHashes(other['artifacts_path'])['trials.parquet']).not.toBe(
      resultHashes(first['artifacts_path'])['trials.parquet'],
    )
    expect(first['run_id']).toContain(`_${method}_`)
    const { fee, variation_id, ...columns } = await trialsOf(first)
    expect(new Set(variation_id as string[]).size).toBe(40)
    for (const value of fee as Float64Array) expect(value >= 0.0001 && value <= 0.01).toBe(true)
    for (const value of columns['strategy_params.fast'] as Float64Array)
      expect([5, 10, 15, 20, 25, 30]).toContain(value)
    expect(jsonOf(first, 'manifest.json').seed).toBe(11)
  })

  it('without random numbers to draw is the whole space', async () => {
    const parameters = [{ path: 'fee', values: [0.001, 0, 0.002] }]
    const { fee } = await trialsOf(await sweepOf(root, { ...ranges, parameters, method: 'random' }))
    expect(Array.from(fee)).toEqual([0, 0.001, 0.002])
  })
})

describe('a batch', () => {
  const { param_grid: _, ...base } = GRID
  const variations = [
    { variationId: 'slow', overrides: { strategy_params: { fast: 30, slow: 90 } } },
    { variationId: 'crossed', overrides: { strategy_params: { fast: 60, slow: 50 } } },
    { variationId: 'quick', overrides: { 'strategy_params.fast': 5, fee: 0 } },
    { variationId: 'held', overrides: { strategy: 'buy_and_hold' } },
  ]

  it('keeps the given order, and goes on after a failure', async () => {
    const answer = await sweepOf(root, { ...base, variations, max_concurrency: 2 })
    const rows = rowsOf(answer, 'experiments.csv')
    expect(answer['run_id']).toContain('_batch_')
    expect(rows.map(row => row['variation_id'])).toEqual(['slow', 'crossed', 'quick', 'held'])
    expect(rows.map(row => row['total_return'] === '')).toEqual([false, true, false, false])
    // What a variation does not name stays as it is.
    expect(rows.map(row => [row['fee'], row['strategy'], row['strategy_params.slow']])).toEqual([
      ['0.002', 'sma_cross', '90'],
      ['0.002', 'sma_cross', '50'],
      ['0', 'sma_cross', '50'],
      ['0.002', 'buy_and_hold', '50'],
    ])
    const run = await ask(root, requestOf('run', { ...base, strategy: 'buy_and_hold' }))
    expect(Number(rows[3]['total_return'])).toBe(run['summary'].total_return)
    expect(jsonOf(answer, 'report.json').failed).toEqual([
      expect.objectContaining({ trial: 1, variation_id: 'crossed' }),
    ])
  })

  it('ends early by its rules, counting each trial once', async () => {
    const losing = Array.from({ length: 30 }, (_, k) => ({ variationId: `v${k}`, overrides: { fee: 0.5 + k / 1000 } }))
    const early_abort = { min_avg_return: { threshold: 0, after_runs: 4 } }
    const answer = await sweepOf(root, { ...base, variations: losing, early_abort })
    const report = jsonOf(answer, 'report.json')
    expect(report.aborted).toMatchObject({ after_runs: 4, metrics: { profitable_runs: 0 } })
    expect(report.n_runs).toBe(4)
    const rows = rowsOf(answer, 'experiments.csv')
    expect(rows.map(row => row['variation_id'])).toEqual(['v0', 'v1', 'v2', 'v3'])
    const mean = rows.reduce((sum, row) => sum + Number(row['total_return']), 0) / 4
    expect(report.aborted.metrics.avg_return).toBeCloseTo(mean, 12)
    expect(answer['warnings'].join()).toContain('Ended early after 4 trials')
  })

  it.each([
    [[variations[0], variations[0]], "variationId 'slow' is given twice"],
    [[{ variationId: 'x', overrides: { feee: 1 } }], "'feee' is no parameter of a run; did you mean 'fee'?"],
    [[{ variationId: 'x', overrides: { fee: 2 } }], 'variation x: must be <= 1'],
    [[{ variationId: 'x', overrides: { 'strategy_params.__proto__.fast': 2 } }], 'is no path of a parameter'],
  ])('is checked whole before it starts (%#)', async (list, text) => {
    const { exit_code, message } = await refusal({ ...base, variations: list })
    expect([exit_code, message]).toEqual([2, expect.stringContaining(text)])
  })
})

describe('a walk-forward', () => {
  const walk = {
    ...GRID,
    start: '2020-01-01',
    walk_forward: { scheme: 'rolling', train: 300, test: 100, purge: 5, embargo: 2 },
  }

  it('generates its splits by calendar days', async () => {
    const answer = await sweepOf(root, walk)
    const { splits, honest, stitched } = jsonOf(answer, 'report.json').walk_forward
    // By hand: day 300 of 2020 is 27 October; five days of training are purged, the test begins two days later, each lasts 100 days.
    expect(splits.slice(0, 2)).toEqual([
      {
        name: 'split_1',
        train: { start: '2020-01-01', end: '2020-10-22' },
        test: { start: '2020-10-29', end: '2021-02-06' },
      },
      {
        name: 'split_2',
        train: { start: '2020-04-10', end: '2021-01-30' },
        test: { start: '2021-02-06', end: '2021-05-17' },
      },
    ])
    const anchored = await sweepOf(root, { ...walk, walk_forward: { ...walk.walk_forward, scheme: 'anchored' } })
    const starts = jsonOf(anchored, 'report.json').walk_forward.splits.map((split: Answer) => split['train'].start)
    expect(new Set(starts)).toEqual(new Set(['2020-01-01']))
    expect(honest.splits).toBe(splits.length)
    expect(answer['run_id']).toContain('_walkforward_')

    // The stitched curve goes on where the test before ended: it is the product of the tests' last equities.
    const series = rowsOf(answer, 'oos_equity_timeseries.csv')
    const ends = splits.map(({ name }: Answer) =>
      Number(series.filter(row => row['split_name'] === name).at(-1)?.['equity']),
    )
    const product = ends.reduce((growth: number, end: number) => growth * end, 1)
    const curve = rowsOf(answer, 'oos_equity_stitched.csv')
    expect(Number(curve.at(-1)?.['equity'])).toBeCloseTo(product, 10)
    expect(stitched.total_return).toBeCloseTo(product - 1, 10)
    expect(curve.map(row => row['timestamp'])).toEqual([...new Set(series.map(row => row['timestamp']))].sort())
  })

  it('tests from the first bar of a window with the warm-up before it', async () => {
    const first = (answer: Answer) => rowsOf(answer, 'oos_equity_timeseries.csv')[0]['timestamp']
    const lone = { ...walk, param_grid: { 'strategy_params.slow': [60] } }
    expect(first(await sweepOf(root, { ...lone, warmup: 'prefetch' }))).toBe('2020-10-29')
    // 59 bars later without.
    expect(first(await sweepOf(root, lone))).toBe('2020-12-27')
  })

  it('tests as many as it is told, chosen by what it is told', async () => {
    const selection = { sort_by: ['total_return'], top_k: 2 }
    const answer = await sweepOf(root, { ...walk, selection, warmup: 'prefetch' })
    const rows = rowsOf(answer, 'walkforward.csv')
    for (const { name } of jsonOf(answer, 'report.json').walk_forward.splits) {
      const own = rows.filter(row => row['split_name'] === name)
      const train = own.filter(row => row['phase'] === 'train' && row['total_return'] !== '')
      const best = Math.max(...train.map(row => Number(row['total_return'])))
      const chosen = train.filter(row => row['selected'] === 'true')
      expect(chosen).toHaveLength(2)
      expect(Number(chosen.find(row => row['rank_in_train'] === '1')?.['total_return'])).toBe(best)
      expect(own.filter(row => row['phase'] === 'test')).toHaveLength(2)
    }
    const { phase, selected } = await trialsOf(answer)
    expect(Array.from(phase as string[])).toEqual(rows.map(row => row['phase']))
    expect(Array.from(selected as boolean[]).map(String)).toEqual(rows.map(row => row['selected']))
  })

  it('needs windows that hold their trials', async () => {
    const { exit_code, message } = await refusal({ ...walk, walk_forward: { scheme: 'rolling', train: 300, test: 8 } })
    expect([exit_code, message]).toEqual([
      3,
      expect.stringMatching(/^Every trial of split_1 test failed: No data remaining/),
    ])
    const none = await refusal({ ...walk, walk_forward: { scheme: 'rolling', train: 3000, test: 8 } })
    expect([none.exit_code, none.message]).toEqual([3, expect.stringContaining('No split fits')])
  })
})

describe('the report', () => {
  it('judges the winner, and says in words what it means', async () => {
    const { overfitting } = jsonOf(await sweepOf(root, GRID), 'report.json')
    const { trials, effective_trials, mean_correlation, verdict, winner } = overfitting
    expect(trials).toBe(45)
    // Bailey & López de Prado 2014, eq. 9.
    expect(effective_trials).toBeCloseTo(mean_correlation + (1 - mean_correlation) * 45, 12)
    expect(overfitting.probability_of_overfitting).toBeGreaterThanOrEqual(0)
    expect(overfitting.deflated_sharpe_ratio).toBeLessThanOrEqual(overfitting.probabilistic_sharpe_ratio)
    expect(overfitting.stability.neighbours).toBeGreaterThan(0)
    expect(verdict).toMatch(/^(?:Robust|Doubtful|Probably overfitted|Cannot be judged)/)
    expect(winner.variation_id).toMatch(/^sweep-[0-9a-f]{12}$/)
  })

  it('does not call luck a skill: nothing survives among trials without an edge', async () => {
    // A fee of 90 % a fill leaves no trial a positive return.
    const { overfitting } = jsonOf(
      await sweepOf(root, { ...GRID, param_grid: { ...GRID.param_grid, fee: [0.9] } }),
      'report.json',
    )
    expect(overfitting.conclusion).toBe('overfitted')
    expect(overfitting.min_track_record_bars).toBeNull()
    expect(overfitting.undefined_reasons.min_track_record_bars).toContain('not above 0')
  })

  it('lists every file with its hash, and stands in the index', async () => {
    const answer = await sweepOf(root, GRID, { report: true })
    const verified = await ask(root, requestOf('artifact', { action: 'verify', run_id: answer['run_id'] }))
    expect(verified['result']).toMatchObject({ verified: true })
    const index = JSON.parse(readFileSync(answer['runs_index_json'], 'utf8'))
    const row = index.runs.find((one: Answer) => one['run_id'] === answer['run_id'])
    expect(row).toMatchObject({ mode: 'grid', ticker: 'ETH-USD', sharpe_simple: answer['summary'].sharpe_simple })
    expect(jsonOf(answer, 'report.json').artifacts.map((file: Answer) => file['file_name'])).toContain(
      'artifacts/report.html',
    )
  })

  it('goes where it is told, with an index beside it', async () => {
    const answer = await sweepOf(root, GRID, { sweep_outdir: 'elsewhere', outdir: 'unused' })
    expect(answer['artifacts_path']).toBe(join(root, 'elsewhere', answer['run_id']))
    expect(answer['runs_index_json']).toBe(join(root, 'elsewhere/runs_index.json'))
    expect(JSON.parse(readFileSync(answer['runs_index_json'], 'utf8')).n_runs).toBe(1)
    expect(existsSync(join(root, 'unused'))).toBe(false)
  })

  it('prints the best rows and the verdict', async () => {
    writeFileSync(join(root, 'grid.json'), JSON.stringify(GRID))
    const { code, stdout } = await call(root, ['sweep', 'grid.json'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('=== EXPERIMENT LEADERBOARD (Top 10) ===')])
    expect(stdout).toMatch(/Verdict: \w/)
    const csv = await call(root, ['sweep', 'grid.json', '--format', 'csv'])
    expect(csv.stdout.split('\n')[0]).toBe(
      fileOf({ artifacts_path: /Run directory: (.*)/.exec(stdout)?.[1] }, 'leaderboard.csv').split('\n')[0],
    )
  })
})
