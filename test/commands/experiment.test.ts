/** Executing experiments: their runs, results, seeds and attempts. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ExperimentReport } from '../../contracts/types.ts'
import { hashOf, sha256Hex } from '../../src/base/canonical.ts'
import { parseCsv } from '../../src/base/csv.ts'
import { ask, requestOf } from '../harness.ts'
import {
  create,
  done,
  execute,
  executed,
  experimentRoot,
  ON_ALERTS,
  ON_BARS,
  RANDOM,
  refused,
  TRAILS,
  taggedRuns,
} from './experiments.ts'

let root: string

beforeEach(async () => {
  root = await experimentRoot()
})

const attemptOf = ({ experiment_id, attempt }: ExperimentReport) =>
  join(root, 'outputs/experiments', experiment_id, `attempt-${attempt}`)
const returnsOf = ({ results }: ExperimentReport) => results.map(({ summary }) => summary?.total_return)

describe('an execution', () => {
  it('makes one registered run of every variation, and a directory in which everything agrees', async () => {
    const { experimentId: id } = await create(root, { ...ON_ALERTS, params: TRAILS })
    const report = await execute(root, id, { report: true, actor: 'ada' })
    const folder = attemptOf(report)
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(
      ['artifacts', 'artifacts/growth.svg', 'artifacts/returns.svg', 'experiment_report.md', 'report.html'].concat([
        'report.json',
        'results.csv',
      ]),
    )
    for (const { file_name, sha256 } of report.artifacts)
      expect(sha256Hex(readFileSync(join(folder, file_name)))).toBe(sha256)
    expect(report.artifacts.map(({ file_name }) => file_name)).toHaveLength(5)

    const { results } = report
    expect(results.map(({ parameters }) => parameters)).toEqual(
      [0.1, 0.2, 0.3].map(value => ({ 'strategy_params.trailing_stop': value })),
    )
    expect(new Set(results.map(({ run_id }) => run_id)).size).toBe(3)
    expect(await taggedRuns(root, id)).toEqual(results.map(({ run_id }) => run_id).sort())
    for (const { run_id, path, result_hash, summary } of results) {
      const run = join(root, path as string)
      expect(run).toBe(join(root, 'outputs/runs', run_id as string))
      const { metadata, metrics } = {
        metadata: JSON.parse(readFileSync(join(run, 'metadata.json'), 'utf8')),
        metrics: JSON.parse(readFileSync(join(run, 'metrics.json'), 'utf8')),
      }
      expect([metadata.result_hash, metrics.summary]).toEqual([result_hash, summary])
    }
    expect(report.results_hash).toBe(
      hashOf(results.map(({ variation_id, result_hash }) => [variation_id, result_hash])),
    )
    const { header, rows } = parseCsv(readFileSync(join(folder, 'results.csv'), 'utf8'), 'results.csv')
    expect(rows.map(cells => Number(cells[header.indexOf('total_return')]))).toEqual(returnsOf(report))
    expect(rows.map(cells => cells[header.indexOf('run_id')])).toEqual(results.map(({ run_id }) => run_id))

    const returns = (returnsOf(report) as number[]).toSorted((a, b) => a - b)
    const average = returns.reduce((sum, value) => sum + value, 0) / 3
    const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - average) ** 2, 0) / 2)
    const statistic = report.statistics.find(({ metric }) => metric === 'total_return')
    expect(statistic).toMatchObject({ count: 3, minimum: returns[0], median: returns[1], maximum: returns[2] })
    expect(statistic?.mean).toBeCloseTo(average, 12)
    expect(statistic?.standard_deviation).toBeCloseTo(deviation, 12)
    expect(report.summary.best_run_id).toBe(results.find(row => row.summary?.total_return === returns[2])?.run_id)

    const { experiment } = await done(root, 'experiment', 'get', { id })
    expect(experiment).toMatchObject({
      status: 'completed',
      attempts: 1,
      outputs: {
        reportHash: sha256Hex(readFileSync(join(folder, 'report.json'))),
        resultsHash: report.results_hash,
        ...{ variations: 3, successful: 3, failed: 0, skipped: 0 },
        runIds: results.map(({ run_id }) => run_id),
      },
    })
    expect(readdirSync(join(root, 'outputs/.staging')).filter(name => !name.startsWith('.removal'))).toEqual([])
  })

  it('runs bars symbol by symbol, on those asked for, and mixed strategies each on what they trade', async () => {
    const all = await executed(root, ON_BARS)
    expect(all.results.map(({ ticker, alerts_dataset_id }) => [ticker, alerts_dataset_id])).toEqual([
      ['AAA', null],
      ['BBB', null],
    ])
    const one = await executed(root, { ...ON_BARS, symbols: ['BBB'] })
    expect(one.results.map(({ variation_id, result_hash }) => [variation_id, result_hash])).toEqual([
      [all.results[1].variation_id, all.results[1].result_hash],
    ])
    const mixed = await executed(root, {
      ...ON_ALERTS,
      ohlcv: ['candles', 'daily'],
      strategies: ['buy_and_hold', 'multi_trade'],
      from: '2024-01-01',
      to: '2025-10-31',
    })
    expect(mixed.results.map(({ strategy, ticker }) => `${strategy} ${ticker}`)).toEqual([
      ...Array.from({ length: 12 }, (_, n) => `buy_and_hold TTOKEN${n}`).sort(),
      'buy_and_hold AAA',
      'buy_and_hold BBB',
      'multi_trade null',
    ])
    // Tokens that were called in November have no candles in the window.
    expect(mixed.summary).toMatchObject({ successful: 8, failed: 7 })
  })

  it('leaves a variation that fails as a row with its error, and fails as the first does where all fail', async () => {
    const window = { from: '2024-01-01', to: '2024-03-31' }
    const some = await executed(root, { ...ON_BARS, ...window, params: { 'strategy_params.slow': [30, 150] } })
    expect(some.results.map(({ status, error }) => [status, error?.code])).toEqual([
      ['completed', undefined],
      ['failed', 'DATA_ERROR'],
      ['completed', undefined],
      ['failed', 'DATA_ERROR'],
    ])
    const csv = readFileSync(join(attemptOf(some), 'results.csv'), 'utf8')
    expect(csv.match(/DATA_ERROR: /g)).toHaveLength(2)
    expect(some.warnings).toEqual(['2 variations failed: the report says why.'])

    const { experimentId: id } = await create(root, { ...ON_BARS, ...window, params: { 'strategy_params.slow': 150 } })
    const failure = {
      exit: 3,
      code: 'DATA_ERROR',
      message: expect.stringContaining('none of 2 variations became a run'),
    }
    expect(await refused(root, 'experiment', 'execute', { id })).toMatchObject(failure)
    const { experiment } = await done(root, 'experiment', 'get', { id })
    expect(experiment).toMatchObject({
      status: 'failed',
      error: failure.message,
      outputs: { successful: 0, failed: 2 },
    })
    expect(await refused(root, 'experiment', 'execute', { id })).toMatchObject({ exit: 5, code: 'CONFLICT' })
    expect(await refused(root, 'experiment', 'execute', { id, rerun: true })).toMatchObject(failure)
    expect(readdirSync(join(root, 'outputs/experiments', id)).sort()).toEqual(['attempt-1', 'attempt-2'])
  })

  it('draws fills from its seeds alone: again the same, with another seed others, shared alike', async () => {
    const strategy = [{ name: 'multi_trade', params: { executionModel: RANDOM } }]
    const random = { ...ON_ALERTS, strategies: undefined, strategy, params: TRAILS, to: '2025-12-31' }
    const first = await executed(root, random)
    const again = await executed(root, { ...random, name: 'again' })
    expect([again.results_hash, again.seed]).toEqual([first.results_hash, first.seed])
    expect(new Set(first.results.map(({ seed }) => seed)).size).toBe(3)
    const rerun = await execute(root, first.experiment_id, { rerun: true })
    expect([rerun.results_hash, rerun.attempt]).toEqual([first.results_hash, 2])
    const other = await executed(root, { ...random, seed: 5 })
    expect(other.results.map(({ variation_id }) => variation_id)).toEqual(first.results.map(row => row.variation_id))
    expect(other.results.some((row, k) => row.result_hash !== first.results[k].result_hash)).toBe(true)
    const plain = { ...random, params: { 'runConfig.timeResolutionMs': [1000, 2000] } }
    const shared = await executed(root, { ...plain, seed: 5, seed_mode: 'shared' })
    expect(shared.results.map(({ seed }) => seed)).toEqual([5, 5])
    // What it ran is what a run with that seed gives.
    const [row] = other.results
    const { summary } = await ask(
      root,
      requestOf('run', {
        alerts_dataset_id: 'calls',
        dataset_id: 'candles',
        strategy: 'multi_trade',
        start: '2025-10-01',
        end: '2026-01-01',
        strategy_params: { trailing_stop: 0.1, executionModel: RANDOM, runConfig: { seed: row.seed } },
      }),
    )
    expect(summary).toEqual(row.summary)
  })

  it('ends early by its rules, and says which runs it left out', async () => {
    const early_abort = { max_drawdown: { threshold: 0, after_runs: 2 } }
    const report = await executed(root, { ...ON_BARS, params: { fee: [0.001, 0.002, 0.003] }, early_abort })
    expect(report.results.map(({ status }) => status)).toEqual(['completed', 'completed', ...Array(4).fill('skipped')])
    expect(report.aborted).toMatchObject({ after_runs: 2, metrics: { profitable_runs: expect.any(Number) } })
    expect(await taggedRuns(root, report.experiment_id)).toHaveLength(2)
    const { experiment } = await done(root, 'experiment', 'get', { id: report.experiment_id })
    expect(experiment.outputs).toMatchObject({ successful: 2, skipped: 4, aborted: report.aborted })
    const markdown = readFileSync(join(attemptOf(report), 'experiment_report.md'), 'utf8')
    expect(markdown).toContain('2 of 6 variations completed, 4 left out')
  })

  it('answers a repeated key without doing it again', async () => {
    const key = (name: string) => ({ idempotency_key: name })
    const request = requestOf('experiment', { action: 'create', ...ON_BARS }, key('c'))
    const first = await ask(root, request, { now: Date.UTC(2026, 0, 1) })
    const again = await ask(root, request, { now: Date.UTC(2026, 0, 2) })
    expect([again['result'], again['replayed']]).toEqual([first['result'], true])
    expect(await done(root, 'experiment', 'list', {})).toMatchObject({ total: 1 })
    const { experimentId: id } = first['result'].experiment
    const run = requestOf('experiment', { action: 'execute', id }, key('e'))
    const executed = await ask(root, run)
    expect(executed['status']).toBe('success')
    expect(await ask(root, run)).toMatchObject({ replayed: true, result: executed['result'] })
    expect(await taggedRuns(root, id)).toHaveLength(2)

    // A process that died after the work and before the answer: the record of the key has no answer.
    const folder = join(root, 'outputs/idempotency')
    for (const name of readdirSync(folder)) {
      const { answer, ...record } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
      if (record.key === 'e') writeFileSync(join(folder, name), JSON.stringify(record))
    }
    expect((await ask(root, run))['result']).toMatchObject({ attempt: 1, outputs: executed['result'].outputs })
    expect(await taggedRuns(root, id)).toHaveLength(2)
    expect((await ask(root, requestOf('experiment', { action: 'execute', id }, key('other'))))['exit_code']).toBe(5)
  })
})
