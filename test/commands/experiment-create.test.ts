/** `experiment create`: what a request defines, what identifies it, and how it is refused. */

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { hashOf } from '../../src/base/canonical.ts'
import { variationsOf } from '../../src/commands/experiment/variations.ts'
import { create, done, experimentRoot, FAST, ON_ALERTS, ON_BARS, RANDOM, TRAILS } from './experiments.ts'

let root: string

beforeEach(async () => {
  root = await experimentRoot()
})

async function variationsOfRequest(params: Record<string, unknown>) {
  const { definition, seed } = await create(root, params)
  return variationsOf(root, definition, seed)
}

async function idsAndSeeds(params: Record<string, unknown>): Promise<[string, number | null][]> {
  return (await variationsOfRequest(params)).map(({ id, seed }) => [id, seed])
}

const hashOfRequest = async (params: Record<string, unknown>) => (await create(root, params)).definitionHash

describe('the definition', () => {
  it('says what was asked, with inputs by content and values in their order', async () => {
    const result = await done(
      root,
      'experiment',
      'create',
      {
        ...ON_ALERTS,
        description: 'three trails',
        params: { 'strategy_params.trailing_stop': [0.3, 0.1, 0.2, 0.1], 'costModel.baseFee': 0.01 },
        actor: 'ada',
      },
      { now: Date.UTC(2026, 0, 29, 12) },
    )
    const { contentHash } = await done(root, 'dataset', 'get', { id: 'calls' })
    expect(result).toMatchObject({ created: true, variations: 3 })
    expect(result['experiment']).toMatchObject({
      name: 'trails',
      status: 'pending',
      mode: 'reproducible',
      createdBy: 'ada',
      attempts: 0,
      definition: {
        description: 'three trails',
        runsets: [],
        inputs: { alerts: [{ datasetId: 'calls', contentHash }], ohlcv: [{ datasetId: 'candles' }] },
        strategies: [{ name: 'multi_trade', params: {} }],
        dateRange: { from: '2025-10-01T00:00:00.000Z', to: '2025-11-01T00:00:00.000Z' },
        params: { 'costModel.baseFee': [0.01], 'strategy_params.trailing_stop': [0.1, 0.2, 0.3] },
        seed: null,
        seedMode: 'per_variation',
        maxCombinations: 10000,
      },
    })
    expect(result['experiment'].experimentId).toBe(
      `exp-20260129120000-${result['experiment'].definitionHash.slice(0, 6)}`,
    )
    expect(await done(root, 'experiment', 'get', { id: result['experiment'].experimentId })).toEqual({
      experiment: result['experiment'],
    })
  })

  it('C-30: has the seed of its definition hash, the same for the same definition, unless one is given', async () => {
    const first = await create(root, ON_ALERTS, { now: Date.UTC(2026, 0, 1) })
    const again = await create(root, { ...ON_ALERTS, name: 'other' }, { now: Date.UTC(2026, 5, 1) })
    expect(again.experimentId).not.toBe(first.experimentId)
    expect([again.definitionHash, again.seed]).toEqual([first.definitionHash, first.seed])
    const hash = hashOf({ _t: 'experiment.seed', v: 1, definitionHash: first.definitionHash })
    expect(first.seed).toBe(Number.parseInt(hash.slice(0, 12), 16))
    expect(await create(root, { ...ON_ALERTS, seed: 42 })).toMatchObject({ seed: 42, definition: { seed: 42 } })
  })

  it('has one hash for one question, however it is spelled', async () => {
    const plain = {
      ...ON_BARS,
      strategies: ['sma_cross', 'buy_and_hold'],
      symbols: ['AAA', 'BBB'],
      params: { fee: [0.001, 0.002] },
    }
    const hash = await hashOfRequest(plain)
    for (const other of [
      { ...plain, name: 'x', description: 'y' },
      { ...plain, strategies: ['buy_and_hold', 'sma_cross'] },
      { ...plain, strategies: ['sma_cross'], strategy: [{ name: 'buy_and_hold' }] },
      { ...plain, strategies: undefined, strategy: [{ name: 'buy_and_hold', params: {} }, { name: 'sma_cross' }] },
      { ...plain, symbols: ['BBB', 'AAA'] },
      { ...plain, params: { fee: [0.002, 0.001, 0.002] } },
      { ...plain, seed_mode: 'per_variation', early_abort: {}, max_combinations: 77 },
      { ...plain, from: '2024-01-01T00:00:00Z', to: '2024-07-01T00:00:00Z' },
      { ...plain, from: '2024-01-01T02:00:00+02:00', to: '2024-06-30T19:00:00.000-05:00' },
    ])
      expect([other, await hashOfRequest(other)]).toEqual([other, hash])
    const differing = [
      { ...plain, strategies: ['sma_cross'] },
      {
        ...plain,
        strategies: undefined,
        strategy: [{ name: 'buy_and_hold' }, { name: 'sma_cross', params: { fast: 5, slow: 9 } }],
      },
      { ...plain, symbols: ['AAA'] },
      { ...plain, symbols: undefined },
      { ...plain, params: { fee: [0.001] } },
      { ...plain, params: {} },
      { ...plain, seed_mode: 'shared' },
      { ...plain, seed: 1 },
      { ...plain, from: '2024-01-02' },
      { ...plain, to: '2024-06-29' },
      { ...plain, early_abort: { min_avg_return: { threshold: 0, after_runs: 3 } } },
    ]
    const hashes = new Set([hash])
    for (const other of differing) hashes.add(await hashOfRequest(other))
    expect(hashes.size).toBe(differing.length + 1)
  })

  it('is found again in the second it was made in, and made anew under another name or stamp', async () => {
    const now = Date.UTC(2026, 0, 29)
    const first = await done(root, 'experiment', 'create', ON_ALERTS, { now })
    const again = await done(root, 'experiment', 'create', ON_ALERTS, { now })
    expect(again).toMatchObject({
      created: false,
      message: `Experiment unchanged: ${first['experiment'].experimentId}`,
    })
    const named = await done(root, 'experiment', 'create', { ...ON_ALERTS, name: 'b' }, { now })
    expect(named['experiment'].experimentId).toBe(`${first['experiment'].experimentId}-2`)
  })

  it('takes the data set that an input artifact belongs to (C-32)', async () => {
    const { nodes } = await done(root, 'runset', 'lineage', { id: 'daily' })
    const { id } = nodes.find((node: { kind: string }) => node.kind === 'artifact')
    const { definition } = await create(root, { ...ON_BARS, ohlcv: [id.slice('artifact:'.length)] })
    expect(definition.inputs.ohlcv.map(({ datasetId }) => datasetId)).toEqual(['daily'])
  })
})

describe('RS-34', () => {
  const values = fc.uniqueArray(
    fc.integer({ min: 1, max: 60 }).map(n => n / 100),
    { minLength: 1, maxLength: 4 },
  )

  it('leaves every variation its id and seed, whatever the order and whatever is added', async () => {
    const base = { ...ON_ALERTS, seed: 9, name: 'order' }
    const kept = await idsAndSeeds({ ...base, params: { 'executionModel.failures': [{ baseRate: 0.2 }], ...TRAILS } })
    const more = await idsAndSeeds({
      ...base,
      strategies: ['MultiTrade_2x50pctTP', 'multi_trade'],
      params: { 'strategy_params.trailing_stop': [0.4, 0.3, 0.2, 0.1], 'executionModel.failures': [{ baseRate: 0.2 }] },
    })
    for (const [id, seed] of kept) expect(new Map(more).get(id)).toBe(seed)
    expect([kept.length, more.length]).toEqual([3, 8])
    await fc.assert(
      fc.asyncProperty(values, values, fc.integer({ min: 61, max: 99 }), async (trails, rates, added) => {
        const params = (trails: number[], rates: number[]) => ({
          'strategy_params.trailing_stop': trails,
          'executionModel.failures.baseRate': rates,
        })
        const base = {
          ...ON_ALERTS,
          seed: 9,
          strategies: undefined,
          strategy: [{ name: 'multi_trade', params: { executionModel: RANDOM } }],
        }
        const first = await idsAndSeeds({ ...base, params: params(trails, rates) })
        expect(new Set(first.map(([id]) => id)).size).toBe(trails.length * rates.length)
        const turned = {
          'executionModel.failures.baseRate': rates.toReversed(),
          'strategy_params.trailing_stop': trails.toReversed(),
        }
        expect(await idsAndSeeds({ ...base, params: turned })).toEqual(first)
        const longer = new Map(await idsAndSeeds({ ...base, params: params([added / 100, ...trails], rates) }))
        for (const [id, seed] of first) expect(longer.get(id)).toBe(seed)
      }),
      { numRuns: 12 },
    )
  })
})

/** Places at which two JSON values differ, dotted. */
function differing(a: unknown, b: unknown, place = ''): string[] {
  const plain = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!plain(a) || !plain(b)) return JSON.stringify(a) === JSON.stringify(b) ? [] : [place]
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap(key =>
    differing(one[key], other[key], place === '' ? key : `${place}.${key}`),
  )
}

it.each([
  ['fee', 'fee', 0.004, ON_BARS],
  ['strategy_params.fast', 'strategy_params.fast', 4, ON_BARS],
  ['strategy.config.slow', 'strategy_params.slow', 40, ON_BARS],
  ['strategy_params.trailing_stop', 'strategy_params.trailing_stop', 0.25, ON_ALERTS],
  ['executionModel.slippage.base', 'strategy_params.executionModel.slippage.base', 0.07, ON_ALERTS],
  ['executionModel.slippage.max', 'strategy_params.executionModel.slippage.max', 0.3, ON_ALERTS],
  ['costModel.priorityFee', 'strategy_params.costModel.priorityFee', { base: 0.1, max: 0.4 }, ON_ALERTS],
  ['runConfig.timeResolutionMs', 'strategy_params.runConfig.timeResolutionMs', 250, ON_ALERTS],
  ['riskModel', 'strategy_params.riskModel', { maxDrawdown: 0.5 }, ON_ALERTS],
  ['filters', 'strategy_params.filters', { callerNames: ['whale_watcher'] }, ON_ALERTS],
  ['filters.callerNames', 'strategy_params.filters', ['whale_watcher'], ON_ALERTS],
  ['executionModel.failures.baseRate', 'strategy_params.executionModel.failures', 0, ON_ALERTS],
])('RS-35: an override at %s touches that place alone', async (path, place, value, base) => {
  const [{ request: before }] = await variationsOfRequest(base)
  const [{ request: after, parameters }] = await variationsOfRequest({ ...base, params: { [path]: [value] } })
  expect(parameters).toEqual({ [path]: value })
  expect(differing(before, after)).toEqual([place])
})

describe('seeds', () => {
  const random = {
    ...ON_ALERTS,
    strategies: undefined,
    strategy: [{ name: 'multi_trade', params: { executionModel: RANDOM } }],
    params: TRAILS,
  }

  it('are those of each variation, one for all when shared, and none where nothing is random', async () => {
    const own = (await idsAndSeeds(random)).map(([, seed]) => seed)
    expect([new Set(own).size, own.every(Number.isSafeInteger)]).toEqual([3, true])
    const shared = (await idsAndSeeds({ ...random, seed: 42, seed_mode: 'shared' })).map(([, seed]) => seed)
    expect(shared).toEqual([42, 42, 42])
    expect((await idsAndSeeds({ ...ON_ALERTS, params: TRAILS, seed: 42 })).map(([, seed]) => seed)).toEqual([
      null,
      null,
      null,
    ])
    expect((await idsAndSeeds({ ...ON_BARS, params: FAST })).map(([, seed]) => seed)).toEqual([null, null, null, null])
  })

  it('of the caller win, by whatever way they are given', async () => {
    const seeds = async (params: Record<string, unknown>) =>
      (await variationsOfRequest({ ...random, seed: 1, seed_mode: 'shared', ...params })).map(({ seed, request }) => [
        seed,
        (request['strategy_params'] as { runConfig: { seed: number } }).runConfig.seed,
      ])
    const both = (...all: number[]) => all.map(seed => [seed, seed])
    expect(await seeds({ params: { 'runConfig.seed': [7, 8] } })).toEqual(both(7, 8))
    expect(await seeds({ params: { 'strategy_params.runConfig.seed': [7, 8] } })).toEqual(both(7, 8))
    expect(await seeds({ params: { runConfig: { seed: 7 } } })).toEqual(both(7))
    expect(await seeds({ params: { runConfig: [{ seed: 7 }, { timeResolutionMs: 100 }] } })).toEqual(both(7, 1))
    expect(await seeds({ params: { strategy_params: [{ executionModel: RANDOM, runConfig: { seed: 7 } }] } })).toEqual(
      both(7),
    )
    const strategy = [{ name: 'multi_trade', params: { executionModel: RANDOM, runConfig: { seed: 7 } } }]
    expect(await seeds({ strategy, params: {} })).toEqual(both(7))
  })
})
