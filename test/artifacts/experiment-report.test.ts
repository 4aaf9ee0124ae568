/** Texts of an experiment: which columns and labels tell its runs apart, what is said of failures, how much of many is shown. */

import { describe, expect, it } from 'vitest'
import type { ExperimentDefinition, ExperimentReport, ExperimentResult } from '../../contracts/types.ts'
import { type Curves, curvesFigure } from '../../src/artifacts/experiment-curves.ts'
import { experimentPage } from '../../src/artifacts/experiment-page.ts'
import { experimentMarkdown, labelsOf, resultsCsv, tellingColumns } from '../../src/artifacts/experiment-report.ts'

const FIGURES = ['total_return', 'sharpe_simple', 'max_drawdown', 'win_rate', 'trades', 'run_id']
const DEFINITION = {
  name: 'x',
  mode: 'exploratory',
  runsets: [],
  inputs: { alerts: [], ohlcv: [{ datasetId: 'daily', contentHash: 'c'.repeat(64) }] },
  strategies: [{ name: 'sma_cross', params: {} }],
  dateRange: { from: '2024-01-01T00:00:00.000Z', to: '2024-02-01T00:00:00.000Z' },
  params: { 'executionModel.slippage.base': [0, 0.01], 'strategy_params.fast': [3, 5], fee: [0] },
} as unknown as ExperimentDefinition

/** Run n, better than n + 1. */
function result(n: number, more: Partial<ExperimentResult> = {}): ExperimentResult {
  return {
    variation_id: `sweep-${n}`,
    status: 'completed',
    runsets: [],
    strategy: 'sma_cross',
    strategy_params: {},
    alerts_dataset_id: null,
    dataset_id: 'daily',
    ticker: 'AAA',
    universe: {},
    parameters: { 'executionModel.slippage.base': n % 2 === 0 ? 0 : 0.01, 'strategy_params.fast': 3 + n, fee: 0 },
    seed: null,
    run_id: `run-${n}`,
    result_hash: 'a'.repeat(64),
    path: `outputs/runs/run-${n}`,
    summary: { total_return: -n / 1000, sharpe_simple: 1, max_drawdown: -0.1, trades: 4, win_rate: 0.5 },
    error: null,
    ...more,
  } as ExperimentResult
}

const failed = (n: number, message = 'too few bars') =>
  result(n, { status: 'failed', run_id: null, path: null, summary: null, error: { code: 'DATA_ERROR', message } })

function reportOf(results: ExperimentResult[], aborted: ExperimentReport['aborted'] = null): ExperimentReport {
  const count = (status: string) => results.filter(row => row.status === status).length
  return {
    experiment_id: 'exp-1',
    attempt: 1,
    name: 'x',
    description: null,
    mode: 'exploratory',
    definition: DEFINITION,
    results,
    aborted,
    warnings: [],
    statistics: [{ metric: 'total_return', count: 0, mean: null }],
    summary: {
      variations: results.length,
      successful: count('completed'),
      failed: count('failed'),
      skipped: count('skipped'),
    },
  } as unknown as ExperimentReport
}

describe('runs of an experiment', () => {
  it('are told apart by what is not the same in all of them', () => {
    const rows = [result(0), result(1)]
    expect(tellingColumns(rows, DEFINITION)).toEqual([
      'executionModel.slippage.base',
      'strategy_params.fast',
      'fee',
      ...FIGURES,
    ])
    expect(labelsOf(rows, DEFINITION)).toEqual({
      names: ['base', 'fast'],
      values: [
        ['0', '3'],
        ['0.01', '4'],
      ],
    })
    const other = [result(0), result(0, { ticker: 'BBB' })]
    expect(labelsOf(other, DEFINITION)).toEqual({ names: ['ticker'], values: [['AAA'], ['BBB']] })
    expect(tellingColumns(other, DEFINITION)[0]).toBe('ticker')
    expect(labelsOf([result(0)], DEFINITION)).toEqual({ names: ['strategy'], values: [['sma_cross']] })
  })

  it('keep their whole path where two end alike', () => {
    const params = { 'costModel.priorityFee.base': [1, 2], 'executionModel.slippage.base': [0, 1] }
    const rows = [0, 1].map(n =>
      result(n, { parameters: { 'costModel.priorityFee.base': n + 1, 'executionModel.slippage.base': n } }),
    )
    expect(labelsOf(rows, { ...DEFINITION, params }).names).toEqual(Object.keys(params))
  })

  it('fit into one line of a legend', () => {
    const label = { full: 'a long name '.repeat(9), values: 'a long name '.repeat(9) }
    const runs = Array.from({ length: 6 }, () => ({ label, growth: Float64Array.of(1, 2) }))
    const curves: Curves = { ts: Float64Array.of(0, 86_400_000), runs }
    const svg = curvesFigure('x', 'y', curves) as string
    const labels = [...svg.matchAll(/<tspan dx="5">([^<]*)<\/tspan>/g)].map(match => match[1])
    expect(labels).toHaveLength(6)
    for (const text of labels) expect([...text].length).toBeLessThanOrEqual(22)
    expect(curvesFigure('x', 'y', { ts: Float64Array.of(), runs: [] })).toBeNull()
  })
})

describe('the texts', () => {
  it('show the first of many runs and failures, and say how many more there are', () => {
    const completed = Array.from({ length: 205 }, (_, n) => result(n))
    const failures = Array.from({ length: 203 }, (_, n) => failed(1000 + n))
    const report = reportOf([...completed, ...failures])
    const markdown = experimentMarkdown(report, completed, [])
    expect(markdown).toContain('205 of 408 variations completed, 203 failed.')
    expect(markdown).toContain('5 more in results.csv.')
    expect(markdown).toContain('3 more in results.csv.')
    expect([markdown.includes('run-199'), markdown.includes('run-200')]).toEqual([true, false])
    expect(resultsCsv(report.results, Object.keys(DEFINITION.params)).trimEnd().split('\n')).toHaveLength(409)
  })

  it('tell of failures and of an early end, on the page too, and of nothing where all went well', () => {
    const aborted = {
      reason: 'average return -1 is below 0',
      after_runs: 2,
      metrics: { avg_win_rate: null, avg_return: -1, avg_drawdown: 0.1, profitable_runs: 0 },
    }
    const rows = [result(0), result(1)]
    const bad = reportOf([...rows, failed(2, '<b>|\nbars')], aborted)
    const none: Curves = { ts: Float64Array.of(), runs: [] }
    for (const text of [experimentMarkdown(bad, rows, []), experimentPage(bad, rows, none)]) {
      expect(text).toContain('Ended early after 2 runs: average return -1 is below 0.')
      expect(text).toContain('DATA_ERROR')
      expect(text).not.toContain('<b>')
    }
    const good = reportOf(rows)
    expect(experimentMarkdown(good, rows, [])).not.toMatch(/## Failed|Ended early/)
    expect(experimentPage(good, rows, none)).not.toMatch(/id="failed"|id="notes"/)
    const nothing = reportOf([failed(0)])
    expect(experimentMarkdown(nothing, [], [])).toContain('None completed.')
    expect(experimentPage(nothing, [], none)).toContain('None completed.')
  })
})
