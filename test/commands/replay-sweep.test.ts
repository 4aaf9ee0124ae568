/** `replay` of a trial: the same figures as a run of its own, and refusals of what cannot be compared. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/base/canonical.ts'
import { parquetBytes, readParquet } from '../../src/base/parquet.ts'
import { ask, requestOf, rootWithData } from '../harness.ts'
import { type Answer, GRID, rowsOf, sweepOf, trialsOf } from './sweeps.ts'

let root: string
let grid: Answer

const replayed = (sweep: Answer, params: Record<string, unknown>) =>
  ask(root, requestOf('replay', { run_id: sweep['run_id'], ...params }))

const jsonIn = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

const WALK = {
  ...GRID,
  end: '2024-01-01',
  warmup: 'prefetch',
  execution: 'next_open',
  slippage_mode: 'atr',
  walk_forward: { scheme: 'rolling', train: 300, test: 100 },
  selection: { top_k: 2 },
}

/** Conditions as data, their thresholds swept by paths through arrays. */
const RULES = {
  ...{ ticker: 'BTC-USD', start: '2021-01-01', end: '2023-01-01', interval: '1d', strategy: 'rules' },
  strategy_params: {
    long: { entry: { lt: [{ rsi: { period: 14 } }, 40] }, exit: { gt: [{ rsi: { period: 14 } }, 60] } },
    stops: { stop_loss: 0.1 },
  },
  param_grid: { 'strategy_params.long.entry.lt.1': [50, 35], 'strategy_params.stops.stop_loss': [0.02, 0.1] },
}

beforeAll(async () => {
  root = await rootWithData()
  grid = await sweepOf(root, GRID)
})

describe('a trial', () => {
  it('is a run of its own with the figures of its row', async () => {
    const answer = await replayed(grid, { trial: '17' })
    expect(answer['error']).toBeUndefined()
    const { trial, variation_id, ...columns } = await trialsOf(grid)
    const verdict = answer['result']
    expect(verdict).toMatchObject({ match: true, differences: [], replay_of: grid['run_id'] })
    expect(verdict.trial).toEqual({ trial: 17, variation_id: variation_id[17] })
    expect(Array.from(trial as ArrayLike<number>)[17]).toBe(17)
    for (const name of ['total_return', 'sharpe_simple', 'max_drawdown', 'trades'])
      expect(answer['summary'][name], name).toBe(columns[name][17])
    const config = jsonIn(join(answer['artifacts_path'], 'config.json'))
    expect(config.strategy_params).toMatchObject({
      fast: columns['strategy_params.fast'][17],
      slow: columns['strategy_params.slow'][17],
    })
    expect(config.fee).toBe(columns['fee'][17])
    expect(jsonIn(join(answer['artifacts_path'], 'report.json')).replay).toEqual(verdict)
  })

  it('is found by its id', async () => {
    const { variation_id } = await trialsOf(grid)
    const answer = await replayed(grid, { trial: variation_id[32] })
    expect([answer['result'].match, answer['result'].trial.trial]).toEqual([true, 32])
  })

  it('of a batch is found by its name before its number', async () => {
    const variations = ['1', '0'].map((variationId, k) => ({ variationId, overrides: { fee: k / 100 } }))
    const { param_grid: _, ...base } = GRID
    const answer = await replayed(await sweepOf(root, { ...base, variations }), { trial: '0' })
    expect(answer['result']).toMatchObject({ match: true, trial: { trial: 1, variation_id: '0' } })
  })

  it('of a universe runs on its instrument', async () => {
    const { ticker: _, ...base } = GRID
    const universe = ['ETH-USD', 'BTC-USD']
    const sweep = await sweepOf(root, { ...base, universe, param_grid: { fee: [0, 0.01] } })
    const { ticker } = await trialsOf(sweep)
    for (const trial of [0, 1, 2, 3]) {
      const answer = await replayed(sweep, { trial: String(trial) })
      expect(answer['result'].match).toBe(true)
      expect(jsonIn(join(answer['artifacts_path'], 'config.json')).ticker).toBe(ticker[trial])
    }
  })

  it('of rules runs with the conditions of its trial', async () => {
    const sweep = await sweepOf(root, RULES)
    const { total_return } = await trialsOf(sweep)
    expect(new Set(total_return).size).toBe(4)
    const answer = await replayed(sweep, { trial: '2' })
    expect([answer['result'].match, answer['summary'].total_return]).toEqual([true, total_return[2]])
    const { strategy_params } = jsonIn(join(answer['artifacts_path'], 'config.json'))
    expect([strategy_params.long.entry.lt[1], strategy_params.stops.stop_loss]).toEqual([50, 0.02])
  })

  it('of a walk-forward runs in the window that is named, its warm-up before it', async () => {
    const walk = await sweepOf(root, WALK)
    const { trial, split_name, phase, total_return } = await trialsOf(walk)
    const row = Array.from(phase as string[]).indexOf('test')
    const request = { trial: String(trial[row]), split: String(split_name[row]) }
    const test = await replayed(walk, request)
    expect(test['result']).toMatchObject({ match: true, trial: { split_name: split_name[row], phase: 'test' } })
    expect(test['summary'].total_return).toBe(total_return[row])
    const train = await replayed(walk, { ...request, phase: 'train' })
    expect(train['result']).toMatchObject({ match: true, trial: { phase: 'train' } })
    const unnamed = await replayed(walk, { trial: request.trial })
    expect(unnamed['exit_code']).toBe(2)
    expect(unnamed['error'].details[0].expected).toContain('split_1')
    const untested = rowsOf(walk, 'walkforward.csv').findIndex(one => one['selected'] === 'false')
    const refused = await replayed(walk, { trial: String(trial[untested]), split: 'split_1', phase: 'test' })
    expect([refused['exit_code'], refused['error'].details[0].pointer]).toEqual([2, '/params/phase'])
  })
})

describe('refused is', () => {
  it('a sweep without a trial, and one that it did not compute', async () => {
    const none = await replayed(grid, {})
    expect([none['exit_code'], none['error'].details[0].pointer]).toEqual([2, '/params/trial'])
    expect(none['error'].hint).toContain('config.json')
    expect((await replayed(grid, { trial: '60' }))['error']).toMatchObject({ code: 'NOT_FOUND' })
    const window = await replayed(grid, { trial: '1', split: 'split_1' })
    expect([window['exit_code'], window['error'].details[0].pointer]).toEqual([2, '/params/split'])
  })

  it('a trial that failed', async () => {
    const { error } = await trialsOf(grid)
    const failed = Array.from(error as (string | null)[]).findIndex(text => text !== null)
    expect((await replayed(grid, { trial: String(failed) }))['exit_code']).toBe(5)
  })
})

it('a figure changed behind the back of its hash is named, and the replay is kept', async () => {
  const sweep = await sweepOf(root, { ...GRID, param_grid: { fee: [0, 0.5] } })
  const path = join(sweep['artifacts_path'], 'trials.parquet')
  const table = await readParquet(path)
  const column = Float64Array.from(table.columns['max_drawdown'] as Float64Array)
  column[1] += 1e-15
  const types = { trial: 'int64', seed: 'int64', trades: 'int64', trade_trades: 'int64', error: 'text' } as const
  const bytes = parquetBytes({ ...table, columns: { ...table.columns, max_drawdown: column } }, { types })
  writeFileSync(path, bytes)
  const place = join(sweep['artifacts_path'], 'report.json')
  const report = jsonIn(place)
  const file = report.artifacts.find((one: { file_name: string }) => one.file_name === 'trials.parquet')
  Object.assign(file, { size_bytes: bytes.length, sha256: sha256Hex(bytes) })
  writeFileSync(place, JSON.stringify(report))
  expect((await replayed(sweep, { trial: '0' }))['result'].match).toBe(true)
  const answer = await replayed(sweep, { trial: '1' })
  expect(answer['exit_code']).toBe(7)
  expect(answer['error'].details[0].pointer).toBe('trials.parquet#/2/max_drawdown')
})
