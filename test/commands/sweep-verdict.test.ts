/** What a sweep tells a reader: noise is not called an edge, an edge not noise; idle tests, places of faults and index rows are named. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { runFactsOf } from '../../src/commands/registry/run-facts.ts'
import { executionAssumptionsHash } from '../../src/registry/ids.ts'
import { ask, emptyFolder, requestOf, rootWithData } from '../harness.ts'
import { type Answer, askSweep, GRID, jsonOf, rowsOf, sweepOf } from './sweeps.ts'

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]

/** 1,500 closes whose log returns are normal and repeat `momentum` of the bar before. */
function closes(seed: number, momentum: number): string {
  const random = new Random(seed)
  const lines = ['date,close']
  let [close, last] = [100, 0]
  for (let i = 0; i < 1500; i++) {
    // Twelve uniform numbers less six are normal enough.
    let normal = -6
    for (let k = 0; k < 12; k++) normal += random.next()
    last = momentum * last + 0.01 * normal
    close *= Math.exp(last)
    lines.push(`${new Date(Date.UTC(2010, 0, 1) + i * 86_400_000).toISOString().slice(0, 10)},${close}`)
  }
  return `${lines.join('\n')}\n`
}

describe('the verdict on crossings of', () => {
  const judged = async (name: string, momentum: number) => {
    const root = emptyFolder()
    const found: Answer[] = []
    for (const seed of SEEDS) {
      const symbol = `${name}-${seed}`
      writeFileSync(join(root, `${symbol}.csv`), closes(seed, momentum))
      const data = { id: symbol, kind: 'ohlcv', path: `${symbol}.csv`, symbol, interval: '1d', calendar: 'crypto' }
      await ask(root, requestOf('dataset', { action: 'register', ...data }))
      const config = {
        ...{ ticker: symbol, start: '2010-01-01', end: '2015-01-01', interval: '1d', strategy: 'sma_cross' },
        ...{ fee: 0, slippage_bps: 0, strategy_params: { allow_short: true } },
        param_grid: { 'strategy_params.fast': [1, 2, 3, 5, 8, 13], 'strategy_params.slow': [15, 20, 30, 40, 60, 80] },
      }
      found.push(jsonOf(await sweepOf(root, config, { threads: 0 }), 'report.json').overfitting)
    }
    return found
  }
  const meanOf = (found: Answer[]) =>
    found.reduce((sum, { probability_of_overfitting: one }) => sum + one, 0) / found.length

  it('noise is never robust, and choosing the best of it is a coin', async () => {
    const found = await judged('noise', 0)
    expect(found.map(({ conclusion }) => conclusion)).not.toContain('robust')
    expect(meanOf(found)).toBeGreaterThan(0.25)
    expect(meanOf(found)).toBeLessThan(0.75)
  })

  it('a planted momentum is robust, and choosing the best of it is no accident', async () => {
    const found = await judged('edge', 0.35)
    expect(found.filter(({ conclusion }) => conclusion === 'robust').length).toBeGreaterThanOrEqual(7)
    expect(meanOf(found)).toBeLessThan(0.05)
  })
})

describe('told is', () => {
  let root: string
  beforeAll(async () => {
    root = await rootWithData()
  })

  it('which tests saw no trade, because a flat line is no result', async () => {
    const walk_forward = { scheme: 'rolling', train: 300, test: 20 }
    const answer = await sweepOf(root, { ...GRID, walk_forward, warmup: 'prefetch' })
    const tests = rowsOf(answer, 'walkforward.csv').filter(row => row['phase'] === 'test')
    const splits = [...new Set(tests.map(row => row['split_name']))]
    const idle = splits.filter(name => tests.every(row => row['split_name'] !== name || row['trades'] === '0'))
    expect(idle.length).toBeGreaterThan(0)
    const warning = answer['warnings'].find((text: string) => text.includes('No chosen trial trades'))
    expect(warning).toContain(`in ${idle.length} of ${splits.length} test windows (${idle[0]}`)
    expect(jsonOf(answer, 'report.json').warnings).toContain(warning)
    const long = await sweepOf(root, { ...GRID, start: '2018-01-01', walk_forward: { ...walk_forward, test: 700 } })
    expect(String(long['warnings'])).not.toContain('No chosen trial trades')
  })

  it('where in the grid or list a bad value stands', async () => {
    const grid = await askSweep(root, { ...GRID, param_grid: { fee: [0, 2] } })
    expect(grid['error'].details[0].pointer).toBe('/params/config/param_grid/fee')
    const near = await askSweep(root, { ...GRID, param_grid: { 'strategy_params.fats': [5] } })
    expect(near['error'].details[0]).toMatchObject({
      pointer: '/params/config/param_grid/strategy_params.fats',
      suggestion: 'fast',
    })
    const { strategy: _, ...published } = GRID
    const flat = await askSweep(root, { ...published, param_grid: { rsi_buy_max: [50, 300] } })
    expect(flat['error'].details[0].pointer).toBe('/params/config/param_grid/rsi_buy_max')
    const list = {
      parameters: [
        { path: 'fee', values: [0] },
        { path: 'strategy_params.slow', values: [1.5] },
      ],
    }
    const listed = await askSweep(root, { ...GRID, param_grid: {}, ...list })
    expect(listed['error'].details[0].pointer).toBe('/params/config/parameters/1')
  })

  it('that no trial keeps the constraints', async () => {
    const constraints = { total_return: { min: 1000 } }
    const none = 'No trial keeps the constraints'
    const grid = await sweepOf(root, { ...GRID, constraints })
    expect([String(grid['warnings']).includes(none), grid['summary'].trades]).toEqual([true, 0])
    const walk_forward = { scheme: 'rolling', train: 300, test: 100 }
    expect(String((await sweepOf(root, { ...GRID, constraints, walk_forward }))['warnings'])).toContain(none)
    expect(String((await sweepOf(root, GRID))['warnings'])).not.toContain(none)
  })

  it('that a path lies inside one that is swept whole, and no wrong near miss', async () => {
    const whole = { strategy_params: [{ fast: 5 }, { fast: 6 }], 'strategy_params.fast': [7, 8] }
    const inside = await askSweep(root, { ...GRID, param_grid: whole })
    expect([inside['exit_code'], inside['error'].details[0].pointer]).toEqual([
      2,
      '/params/config/param_grid/strategy_params.fast',
    ])
    const universe = await askSweep(root, { ...GRID, param_grid: { universe: ['ETH-USD'] } })
    expect(universe['error'].details[0].suggestion).toBeUndefined()
  })

  it('to the registry which instruments of a universe it ran on', async () => {
    const { ticker: _, ...base } = GRID
    const universe = ['BTC-USD', 'ETH-USD']
    const answer = await sweepOf(root, { ...base, universe, param_grid: { fee: [0] } })
    const input = await runFactsOf(root, answer['artifacts_path'])
    const configHash = jsonOf(answer, 'manifest.json').run_config_hash
    // Worked out here from the documented parts.
    const parts = {
      ...{ symbols: universe, interval: '1d', from: base.start, to: base.end, execution: 'signal_close' },
      ...{ costs: { fee: 0.002, slippage_bps: 8, slippage_mode: 'fixed', k_atr: 0.05 }, initialCash: 1000 },
    }
    expect(input?.executionAssumptionsHash).toBe(executionAssumptionsHash({ ...parts, configHash }))
  })

  it('in the index which instrument and window the figures of a row belong to', async () => {
    const { ticker: _, start: __, ...base } = GRID
    const swept = { start: ['2019-01-01', '2021-01-01'], fee: [0] }
    const answer = await sweepOf(root, { ...base, universe: ['ETH-USD', 'BTC-USD'], param_grid: swept })
    const best = rowsOf(answer, 'leaderboard.csv')[0]
    const index = JSON.parse(readFileSync(answer['runs_index_json'], 'utf8'))
    const rows: Answer[] = Array.isArray(index) ? index : index.runs
    const row = rows.find(({ run_id }) => run_id === answer['run_id'])
    expect(row).toMatchObject({ ticker: best['ticker'], start: best['start'], end: base.end })
    expect(row?.sharpe_simple).toBe(Number(best['sharpe_simple']))
  })
})
