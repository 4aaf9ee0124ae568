/** What is asked of experiments after they were made: list, find by inputs, compare. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Experiment, ExperimentReport } from '../../contracts/types.ts'
import { call } from '../harness.ts'
import { create, done, execute, executed, experimentRoot, ON_ALERTS, ON_BARS, RANDOM, refused } from './experiments.ts'

let root: string

beforeEach(async () => {
  root = await experimentRoot()
})

const returnsOf = ({ results }: ExperimentReport) => results.map(({ summary }) => summary?.total_return)

describe('an experiment', () => {
  it('lists the newest first, page by page, by status, time, commit and RunSet', async () => {
    const day = (n: number) => ({ now: Date.UTC(2026, 0, n) })
    const ids: string[] = []
    for (const n of [1, 2, 3])
      ids.push(
        (await create(root, { ...ON_BARS, name: `e${n}` }, { ...day(n), cwd: n === 2 ? resolve('.') : root }))
          .experimentId,
      )
    await execute(root, ids[0])
    const list = async (params: Record<string, unknown>) => {
      const { experiments, total } = await done(root, 'experiment', 'list', params)
      return [experiments.map(({ experimentId }: { experimentId: string }) => ids.indexOf(experimentId) + 1), total]
    }
    expect(await list({})).toEqual([[3, 2, 1], 3])
    expect(await list({ limit: 1, offset: 1 })).toEqual([[2], 3])
    expect(await list({ offset: 5 })).toEqual([[], 3])
    expect(await list({ status: 'completed' })).toEqual([[1], 1])
    expect(await list({ status: 'pending' })).toEqual([[3, 2], 2])
    expect(await list({ min_created: '2026-01-02', max_created: '2026-01-02' })).toEqual([[2], 1])
    expect(await list({ max_created: '2026-01-02T00:00:00Z' })).toEqual([[1], 1])
    const { experiment } = await done(root, 'experiment', 'get', { id: ids[1] })
    const { gitCommit } = experiment.definition
    if (gitCommit !== null) expect(await list({ git_commit: gitCommit.slice(0, 7) })).toEqual([[2], 1])
    expect(await list({ git_commit: '0000000' })).toEqual([[], 0])
    expect(await refused(root, 'experiment', 'list', { min_created: '2026-02-30', max_created: 'x' })).toMatchObject({
      exit: 2,
      details: [{ pointer: '/params/min_created' }, { pointer: '/params/max_created' }],
    })
    expect(await refused(root, 'experiment', 'get', { id: `${ids[0]}x` })).toMatchObject({
      exit: 6,
      hint: `Did you mean ${ids[0]}?`,
    })
    const { stdout } = await call(root, ['experiment', 'list', '--format', 'csv'])
    expect(stdout.split('\n')[0]).toBe('id,name,status,mode,runsets,runs,failed,created,duration_ms')
  })

  it('compares by the variations that were run in both: mean and standard error of the differences', async () => {
    const strategy = [{ name: 'multi_trade', params: { executionModel: RANDOM } }]
    const random = { ...ON_ALERTS, strategies: undefined, strategy, to: '2025-12-31' }
    const trails = (...values: number[]) => ({ params: { 'strategy_params.trailing_stop': values } })
    const first = await executed(root, { ...random, seed: 1, ...trails(0.1, 0.2, 0.3, 0.4) })
    const second = await executed(root, { ...random, name: 'a|b\n# c <i>', seed: 2, ...trails(0.2, 0.3, 0.4, 0.5) })
    const ids = [first.experiment_id, second.experiment_id]
    const compared = await done(root, 'experiment', 'compare', { ids, out: 'compared.json' })
    const differences = [0, 1, 2].map(k => (returnsOf(second)[k] as number) - (returnsOf(first)[k + 1] as number))
    const average = differences.reduce((sum, value) => sum + value, 0) / 3
    const variance = differences.reduce((sum, value) => sum + (value - average) ** 2, 0) / 2
    const paired = compared['paired'].find(({ metric }: { metric: string }) => metric === 'total_return')
    expect(paired).toMatchObject({
      experimentId: ids[1],
      shared: 3,
      higher: differences.filter(value => value > 0).length,
      lower: differences.filter(value => value < 0).length,
    })
    expect(variance).toBeGreaterThan(0)
    expect(paired.mean).toBeCloseTo(average, 12)
    expect(paired.standardError).toBeCloseTo(Math.sqrt(variance / 3), 12)
    expect(compared['differences'].map(({ field }: { field: string }) => field).sort()).toEqual([
      'params.strategy_params.trailing_stop',
      'seed',
    ])
    const { out, ...rest } = compared
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(rest)
    const { stdout } = await call(root, ['experiment', 'compare', ...ids])
    expect(stdout.split('\n')[0]).toBe('# trails · a\\|b # c &lt;i&gt;')
    const pending = await create(root, { ...ON_BARS })
    expect(await refused(root, 'experiment', 'compare', { ids: [ids[0], pending.experimentId] })).toMatchObject({
      exit: 5,
      hint: `quantlab experiment execute ${pending.experimentId}`,
    })
    const alone = await executed(root, ON_BARS)
    const apart = await done(root, 'experiment', 'compare', { ids: [ids[0], alone.experiment_id] })
    expect(apart['paired'][0]).toMatchObject({ shared: 0, mean: null, standardError: null, higher: 0, lower: 0 })
  })

  it('finds an experiment by each of its inputs', async () => {
    const made = await create(root, ON_ALERTS)
    await create(root, ON_BARS)
    const { nodes } = await done(root, 'runset', 'lineage', { id: 'calls' })
    const artifact = nodes.find(({ kind }: { kind: string }) => kind === 'artifact').id.slice('artifact:'.length)
    const { alerts, ohlcv } = made.definition.inputs
    const ids = (result: Record<string, any>) =>
      result['experiments'].map(({ experimentId }: Experiment) => experimentId)
    for (const id of ['calls', 'candles', alerts[0].contentHash, ohlcv[0].contentHash, artifact])
      expect([id, ids(await done(root, 'experiment', 'find_by_inputs', { artifacts: [id] }))]).toEqual([
        id,
        [made.experimentId],
      ])
    expect(await done(root, 'experiment', 'find_by_inputs', { artifacts: ['nothing', '0'.repeat(64)] })).toEqual({
      experiments: [],
      total: 0,
    })
    expect(await done(root, 'experiment', 'find_by_inputs', { artifacts: ['daily', 'calls'] })).toMatchObject({
      total: 2,
    })
  })
})
