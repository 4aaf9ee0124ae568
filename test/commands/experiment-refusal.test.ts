/** What `experiment create` refuses: with which class and code, where in the request, all faults at once. */

import { beforeEach, describe, expect, it } from 'vitest'
import { done, experimentRoot, ON_ALERTS, ON_BARS, refused } from './experiments.ts'

let root: string

beforeEach(async () => {
  root = await experimentRoot()
})

describe('a refusal', () => {
  const faults = async (params: Record<string, unknown>) => {
    const { exit, code, details } = await refused(root, 'experiment', 'create', params)
    return [exit, code, details.map((detail: { pointer: string }) => detail.pointer)]
  }
  const without = (params: Record<string, unknown>, ...names: string[]) =>
    Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)))

  it('C-31: is for RunSets beside data sets, and for neither, with all that is missing', async () => {
    expect(await refused(root, 'experiment', 'create', { ...ON_ALERTS, runset: ['x'] })).toMatchObject({
      exit: 2,
      message: 'Must provide either --runset OR (--alerts + --ohlcv)',
    })
    expect(await faults({ name: 'x' })).toEqual([2, 'INVALID_CONFIG', ['/params/runset', '/params/from', '/params/to']])
    expect(await faults({ name: 'x', alerts: ['calls'], from: '2025-10-01', to: '2025-10-02', freeze: true })).toEqual([
      2,
      'INVALID_CONFIG',
      ['/params/runset', '/params/freeze'],
    ])
    expect(await faults({ ...ON_ALERTS, symbols: ['AAA'], require_frozen: true })).toEqual([
      2,
      'INVALID_CONFIG',
      ['/params/require_frozen', '/params/symbols'],
    ])
  })

  it.each([
    [{ from: '2025-11-31', to: 'soon' }, ['/params/from', '/params/to']],
    [{ from: '2025-10-05', to: '2025-10-04' }, ['/params/to']],
    [{ from: '2025-10-05', to: '2025-10-05T00:00:00Z' }, ['/params/to']],
  ])('is for the window %j', async (window, pointers) => {
    expect(await faults({ ...ON_ALERTS, ...window })).toEqual([2, 'INVALID_SPEC', pointers])
  })

  it('is for inputs that are not there or of another kind, all at once, with a near miss', async () => {
    expect(
      await refused(root, 'experiment', 'create', { ...ON_ALERTS, alerts: ['cals'], ohlcv: ['candels', 'candles'] }),
    ).toMatchObject({
      exit: 6,
      code: 'NOT_FOUND',
      details: [
        { pointer: '/params/alerts/0', message: 'there is no data set or input artifact cals; did you mean calls?' },
        {
          pointer: '/params/ohlcv/0',
          message: 'there is no data set or input artifact candels; did you mean candles?',
        },
      ],
    })
    expect(await faults({ ...ON_ALERTS, alerts: ['candles'], ohlcv: ['calls'] })).toEqual([
      3,
      'DATA_ERROR',
      ['/params/alerts/0', '/params/ohlcv/0'],
    ])
    expect(await faults({ ...ON_ALERTS, ohlcv: ['daily'] })).toEqual([3, 'DATA_ERROR', ['/params/ohlcv']])
    expect(await faults({ ...ON_BARS, symbols: ['AAA', 'ZZZ'] })).toEqual([3, 'DATA_ERROR', ['/params/symbols']])
  })

  it('is for strategies that are not there, that need alerts, or whose parameters are wrong', async () => {
    expect(await faults({ ...ON_BARS, strategies: ['sma_cros'] })).toEqual([4, 'STRATEGY_ERROR', ['/params/strategy']])
    expect(await faults({ ...ON_BARS, strategies: ['multi_trade'] })).toEqual([
      4,
      'STRATEGY_ERROR',
      ['/params/strategies'],
    ])
    expect(await faults({ ...ON_ALERTS, strategies: ['MultiTrade_20pctTrial'] })).toEqual([
      4,
      'STRATEGY_ERROR',
      ['/params/strategy'],
    ])
    const strategy = [{ name: 'sma_cross', params: { fast: -1, slw: 3 } }]
    expect((await refused(root, 'experiment', 'create', { ...without(ON_BARS, 'strategies'), strategy })).exit).toBe(4)
  })

  it.each([
    [{ fee: [] }, ['/params/params/fee']],
    [{ fe: 0.1, start: '2024-01-01' }, ['/params/params/fe', '/params/params/start']],
    [{ fee: ['NaN', 0.1, -1] }, ['/params/params/fee', '/params/params/fee']],
    [{ fee: null }, ['/params/params/fee']],
    [
      { 'executionModel.slippage.base': 0, 'strategy_params.executionModel.slippage.base': 0.1 },
      ['/params/params/strategy_params.executionModel.slippage.base'],
    ],
    [{ 'strategy.config.fast': 3, 'strategy_params.fast': 4 }, ['/params/params/strategy_params.fast']],
  ])('is for parameters %j', async (params, pointers) => {
    expect(await faults({ ...ON_BARS, params })).toEqual([2, 'INVALID_CONFIG', pointers])
  })

  it.each([
    { 'strategy_params.__proto__.x': 1 },
    { 'constructor.x': 1 },
    { '': 1 },
    { 'fee..x': 1 },
    { 'fee.x': 1 },
    { strategy_params: { fast: 3 }, 'strategy_params.fast': 4 },
    { executionModel: [{}], 'strategy_params.executionModel.slippage': 1 },
  ])('is for paths that lead nowhere or twice to one place: %j', async params => {
    expect(await refused(root, 'experiment', 'create', { ...ON_BARS, params })).toMatchObject({
      exit: 2,
      code: 'INVALID_CONFIG',
    })
  })

  it.each([
    [{ executionModel: ['x', { failures: { baseRate: 0.5 } }] }, '/params/params/executionModel'],
    [{ 'executionModel.nope': 1 }, '/params/params/executionModel.nope'],
    [{ strategy_params: [null] }, '/params/params/strategy_params'],
    [{ strategy_params: [['x']] }, '/params/params/strategy_params'],
    [{ runConfig: ['x'] }, '/params/params/runConfig'],
    [{ 'runConfig.seed': -1 }, '/params/params/runConfig.seed'],
    [{ 'filters.callerNames': 'whale_watcher' }, '/params/params/filters.callerNames'],
  ])('is for a model that is none, at the path which gives it: %j', async (params, pointer) => {
    const { exit, details } = await refused(root, 'experiment', 'create', { ...ON_ALERTS, params })
    expect([[2, 4].includes(exit), details[0]?.pointer]).toEqual([true, pointer])
  })

  it('counts every variation, and is for one more than allowed', async () => {
    const request = { ...ON_BARS, strategies: ['sma_cross', 'buy_and_hold'], params: { fee: [0.001, 0.002] } }
    const result = await done(root, 'experiment', 'create', { ...request, max_combinations: 8 })
    // Two strategies × two symbols × two fees.
    expect(result['variations']).toBe(8)
    expect(await faults({ ...request, max_combinations: 7 })).toEqual([
      2,
      'INVALID_CONFIG',
      ['/params/max_combinations'],
    ])
    const wide = Object.fromEntries(
      ['fast', 'slow'].map(name => [`strategy_params.${name}`, Array.from({ length: 5000 }, (_, k) => k + 1)]),
    )
    expect(await faults({ ...ON_BARS, params: wide })).toEqual([2, 'INVALID_CONFIG', ['/params/max_combinations']])
    expect(await faults({ ...ON_BARS, max_combinations: 1_000_001 })).toEqual([
      2,
      'INVALID_CONFIG',
      ['/params/max_combinations'],
    ])
  })

  it('writes nothing', async () => {
    await refused(root, 'experiment', 'create', { ...ON_BARS, params: { fe: 1 } })
    expect(await done(root, 'experiment', 'list', {})).toMatchObject({ experiments: [], total: 0 })
  })
})
