/** Trials of a plan: settings, data, warm-up and failures; jobs that do not depend on threads. */

import { describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { backtest } from '../../src/engine/backtest.ts'
import { publishedMetrics } from '../../src/engine/metrics.ts'
import { sliceBars } from '../../src/market/bars.ts'
import { STRATEGIES } from '../../src/strategies/index.ts'
import { gridSpace, trialParameters, variationSpace } from '../../src/sweep/grid.ts'
import { TRIAL_METRICS } from '../../src/sweep/kernel.ts'
import { frameBetween, shareBars, sweepPlan, trialSettings } from '../../src/sweep/plan.ts'
import { bench, evaluateJob, figuresOf, jobsOf, trialBacktest } from '../../src/sweep/trials.ts'
import { goldenBars, randomBars } from '../engine/fixtures.ts'
import { FLAT, PUBLISHED, planOf, rowsOf, SMA } from './fixtures.ts'

const bars = randomBars(11, 400)

const RETURN = TRIAL_METRICS.indexOf('total_return')

describe('settings of a trial', () => {
  it('go to their places, and leave the base request as it is', () => {
    const space = gridSpace([
      { path: 'rsi_buy_max', values: [50, 65] },
      { path: 'fee', values: [0.01] },
      { path: 'execution', values: ['next_open'] },
    ])
    const plan = planOf(bars, PUBLISHED, space, { aliases: FLAT })
    expect(trialSettings(plan, 1).request).toEqual({
      ...PUBLISHED,
      fee: 0.01,
      execution: 'next_open',
      strategy_params: { ...PUBLISHED.strategy_params, rsi_buy_max: 65 },
    })
    expect(plan.request).toEqual(PUBLISHED)
  })

  it('bring the parameters of a swept strategy', async () => {
    const defaults = { sma_cross: SMA.strategy_params, buy_and_hold: {} }
    const plan = planOf(bars, SMA, [{ path: 'strategy', values: ['sma_cross', 'buy_and_hold'] }], { defaults })
    expect(trialSettings(plan, 0).request).toMatchObject({ strategy: 'buy_and_hold', strategy_params: {} })
    const rows = await rowsOf(plan)
    expect(rows[1]).toEqual((await rowsOf(planOf(bars, SMA, [])))[0])
  })

  it('reach into arrays and nested objects without touching what they share', () => {
    const request = { ...SMA, strategy_params: { long: { entry: [{ gt: [1, 2] }, { lt: 3 }] } } }
    const space = gridSpace([{ path: 'strategy_params.long.entry.0.gt.1', values: [7] }])
    expect(trialSettings(planOf(bars, request, space), 0).request.strategy_params).toEqual({
      long: { entry: [{ gt: [1, 7] }, { lt: 3 }] },
    })
    expect(request.strategy_params.long.entry[0]).toEqual({ gt: [1, 2] })
  })

  it.each([
    ['strategy_params.fast.x', /strategy_params.fast is a single value/],
    ['strategy_parms.fast', /has no 'strategy_parms'/],
    ['strategy_params.list.2', /strategy_params.list has 1 elements/],
  ])('refuse the path %s', (path, message) => {
    const request = { ...SMA, strategy_params: { fast: 1, list: [1] } }
    expect(() => planOf(bars, request, [{ path, values: [1] }])).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) }),
    )
  })

  it('keep in a batch what an override does not name', () => {
    const space = variationSpace([
      { variationId: 'one', overrides: { strategy_params: { fast: 3 } } },
      { variationId: 'two', overrides: { fee: 0 } },
    ])
    const plan = planOf(bars, SMA, space)
    expect(trialSettings(plan, 0).request).toEqual({ ...SMA, strategy_params: { ...SMA.strategy_params, fast: 3 } })
    expect(trialSettings(plan, 1).request).toEqual({ ...SMA, fee: 0 })
    const wrong = variationSpace([
      { variationId: 'one', overrides: {} },
      { variationId: 'two', overrides: { costs: { fee: 0 } } },
    ])
    expect(() => planOf(bars, SMA, wrong)).toThrow(/No parameter 'costs.fee': the request has no 'costs'/)
  })
})

describe('a universe', () => {
  it('gives each trial the rows of its own data', async () => {
    const datasets = ['BTC-USD', 'ETH-USD'].map(ticker => goldenBars(ticker, '2021-01-01', '2023-01-01'))
    const space = gridSpace([
      { path: 'ticker', values: ['BTC-USD', 'ETH-USD'] },
      { path: 'rsi_buy_max', values: [50, 60] },
    ])
    const plan = sweepPlan({
      request: PUBLISHED,
      space,
      datasets,
      aliases: FLAT,
      dataPaths: ['ticker', 'interval'],
      selections: { '["BTC-USD"]': 0, '["ETH-USD"]': 1 },
      stages: [
        {
          name: 'grid',
          warmup: 'inside',
          frames: datasets.map((one, dataset) => ({ dataset, from: 0, to: one.ts.length })),
        },
      ],
    })
    const rows = await rowsOf(plan)
    for (const [dataset, one] of datasets.entries()) {
      const alone = planOf(one, PUBLISHED, [{ path: 'rsi_buy_max', values: [50, 60] }], { aliases: FLAT })
      const name = one.symbol
      const own = rows.filter((_, trial) => trialParameters(space, trial)['ticker'] === name)
      expect(own, `${dataset}`).toEqual(await rowsOf(alone))
    }
    expect(rows[0]).not.toEqual(rows[1])
  })

  it('refuses a trial whose data were not opened', () => {
    const input = { dataPaths: ['ticker'], selections: {} }
    expect(() => planOf(bars, SMA, [{ path: 'ticker', values: ['X'] }], input)).toThrow(
      /No data were opened for \["X"\]/,
    )
  })
})

describe('the warm-up', () => {
  const whole = goldenBars('ETH-USD')
  const [start, end] = [Date.parse('2021-01-01'), Date.parse('2021-09-01')]
  const frame = frameBetween([whole], 0, start, end)
  const plan = (warmup: 'inside' | 'prefetch', from = frame.from) =>
    sweepPlan({
      request: SMA,
      space: gridSpace([{ path: 'strategy_params.slow', values: [10, 50] }]),
      datasets: [whole],
      stages: [{ name: 'w', frames: [{ ...frame, from }], warmup }],
    })

  it('begins inside the window, as published, or before it', () => {
    const first = (warmup: 'inside' | 'prefetch', trial: number) =>
      trialBacktest(bench(plan(warmup), 0), 0, trial).ts[0]
    const day = 86_400_000
    expect(first('inside', 0)).toBe(start + 9 * day)
    expect(first('inside', 1)).toBe(start + 49 * day)
    expect(first('prefetch', 0)).toBe(start)
    expect(first('prefetch', 1)).toBe(start)
  })

  it('takes from before the window exactly the bars that it needs', async () => {
    const rows = await rowsOf(plan('prefetch'))
    ;[10, 50].forEach((slow, trial) => {
      const result = backtest({
        bars: sliceBars(whole, frame.from - (slow - 1), frame.to),
        strategy: STRATEGIES.sma_cross,
        params: { fast: 5, slow, allow_short: false },
        costs: SMA,
        execution: 'signal_close',
        initialCash: 1000,
      })
      const { total_return } = publishedMetrics(result.netReturn, result.equity, result.position)
      expect(rows[trial][RETURN]).toBe(total_return)
    })
  })

  it('falls back on the window where there are too few bars before it', () => {
    const { ts } = trialBacktest(bench(plan('prefetch', 20), 0), 0, 1)
    expect(ts[0]).toBe(whole.ts[49])
  })
})

it('gives a failed trial undefined figures and a reason, and goes on', () => {
  const space = gridSpace([
    { path: 'strategy_params.fast', values: [5, 30] },
    { path: 'strategy_params.slow', values: [20, 1000] },
  ])
  const plan = planOf(bars, SMA, space)
  const [job] = jobsOf(plan, 0)
  const result = evaluateJob(bench(plan, 0), job)
  expect(result.failures.map(({ trial, code }) => [trial, code])).toEqual([
    [1, 'DATA_ERROR'],
    [2, 'STRATEGY_ERROR'],
    [3, 'DATA_ERROR'],
  ])
  expect(result.failures[1].message).toBe('fast (30) must be below slow (20).')
  expect(figuresOf(result, 0).every(Number.isFinite)).toBe(true)
  for (const k of [1, 2, 3]) expect(figuresOf(result, k).every(Number.isNaN)).toBe(true)
})

it('fails every trial of an unknown strategy by its name', () => {
  const result = evaluateJob(bench(planOf(bars, { ...SMA, strategy: 'smacross' }, []), 0), {
    index: 0,
    stage: 0,
    first: 0,
    count: 1,
    trials: null,
  })
  expect(result.failures[0]).toMatchObject({ code: 'STRATEGY_ERROR', message: expect.stringContaining('sma_cross') })
})

it('forgets indicators when they take too much memory, without a change in the figures', () => {
  const random = new Random(3)
  const values = Array.from({ length: 30 }, () => 10 + random.below(80))
  const plan = planOf(bars, SMA, [{ path: 'strategy_params.slow', values }])
  const [job] = jobsOf(plan, 0)
  const poor = { ...bench(plan, 1), budget: 20_000 }
  expect(evaluateJob(poor, job)).toEqual(evaluateJob(bench(plan, 1), job))
  expect(poor.held).toBeLessThanOrEqual(20_000)
})

it('cuts the trials into the same jobs for a plan, whole and without gaps', () => {
  const values = Array.from({ length: 5000 }, (_, k) => k / 1000)
  const plan = planOf(randomBars(1, 1000), SMA, [{ path: 'fee', values }])
  const jobs = jobsOf(plan, 0)
  expect(jobs.map(({ index }) => index)).toEqual(jobs.map((_, k) => k))
  let next = 0
  for (const { first, count, trials } of jobs) {
    expect([first, trials]).toEqual([next, null])
    next += count
  }
  expect(next).toBe(5000)
  const some = jobsOf(plan, 0, 7, [42, 3])
  expect(some).toEqual([{ index: 7, stage: 0, first: 0, count: 2, trials: [42, 3] }])
})

it('copies bars into shared memory once', () => {
  const shared = shareBars({ ...bars, volume: null })
  expect(shared.close.buffer).toBeInstanceOf(SharedArrayBuffer)
  expect([...shared.close]).toEqual([...bars.close])
  expect(shareBars(shared).close).toBe(shared.close)
  expect(shared.volume).toBeNull()
})
