/** The trial ledger: every trial ever made on a data set with a strategy counts against the winner of the next sweep. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ask, requestOf, rootWithData } from '../harness.ts'

const sweepOf = (fast: number[]) =>
  requestOf('sweep', {
    config: {
      ticker: 'ETH-USD',
      start: '2020-01-01',
      end: '2023-01-01',
      interval: '1d',
      strategy: 'sma_cross',
      param_grid: { 'strategy_params.fast': fast, 'strategy_params.slow': [40, 60] },
    },
    threads: 0,
  })

/** Per-bar Sharpe ratios of all trials of a sweep, from its leaderboard: √252 whatever the interval, as published. */
function sharpesOf(path: string): number[] {
  const [header, ...rows] = readFileSync(join(path, 'leaderboard.csv'), 'utf8').trim().split('\n')
  const at = header.split(',').indexOf('sharpe_simple')
  return rows.map(row => Number(row.split(',')[at]) / Math.sqrt(252))
}

it('counts earlier sweeps and runs, equal sweeps once, and pools their Sharpe ratios', async () => {
  const root = await rootWithData()
  const ledgers: Record<string, number>[] = []
  const paths: string[] = []
  const swept = async (fast: number[]) => {
    const answer = await ask(root, sweepOf(fast))
    expect(answer['error']).toBeUndefined()
    paths.push(answer['artifacts_path'])
    ledgers.push(JSON.parse(readFileSync(answer['report_path'], 'utf8'))['trial_ledger'])
  }
  await swept([5, 10])
  expect(ledgers[0]).toMatchObject({ dataset_id: 'eth-usd', strategy_family: 'sma_cross', runs: 0, trials: 4 })
  await swept([15, 20, 25])
  expect(ledgers[1]).toMatchObject({ runs: 1, trials: 10 })

  const all = [...sharpesOf(paths[0]), ...sharpesOf(paths[1])]
  expect(all).toHaveLength(10)
  const mean = all.reduce((sum, x) => sum + x, 0) / 10
  const variance = all.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / 9
  expect(ledgers[1]['sharpe_mean_per_bar']).toBeCloseTo(mean, 12)
  expect(ledgers[1]['sharpe_variance_per_bar']).toBeCloseTo(variance, 12)
  // √V · ((1 − γ)·Φ⁻¹(0.9) + γ·Φ⁻¹(1 − 1/(10e))), the two quantiles from a table of the normal distribution.
  const luck = Math.sqrt(variance) * ((1 - 0.5772156649) * 1.2815515655 + 0.5772156649 * 1.7892473587)
  expect(ledgers[1]['expected_max_sharpe_per_bar']).toBeCloseTo(luck, 3)

  await swept([15, 20, 25])
  expect(ledgers[2]).toMatchObject({ runs: 2, trials: 10 })
  const plain = { ticker: 'ETH-USD', strategy: 'sma_cross', start: '2020-01-01', end: '2023-01-01' }
  expect((await ask(root, requestOf('run', plain))).status).toBe('success')
  expect((await ask(root, requestOf('run', { ...plain, strategy: 'ema_cross' }))).status).toBe('success')
  await swept([30])
  expect(ledgers[3]).toMatchObject({ runs: 4, trials: 13 })
  expect(ledgers[3]['deflated_sharpe_ratio']).toBeGreaterThanOrEqual(0)
  expect(ledgers[3]['deflated_sharpe_ratio']).toBeLessThanOrEqual(1)
})
