/** Metrics against figures worked by hand, empyrical, R PerformanceAnalytics, backtesting.py and the papers on the Sharpe ratio. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kurtosis, mean, skewness, std, sum } from '../../src/base/stats.ts'
import {
  compoundAnnualGrowth,
  downsideDeviation,
  probabilisticSharpe,
  sharpePerBar,
  sharpeStandardError,
  tripFigures,
  underwater,
} from '../../src/engine/metric-formulas.ts'
import { METRICS } from '../../src/engine/metric-table.ts'
import { extendedMetrics, type MetricsInput, publishedMetrics } from '../../src/engine/metrics.ts'
import { noteAbsent, readColumns, readReference, sharedAvailable } from '../reference.ts'

const DAY = 86_400_000
const SCHEMAS = join(import.meta.dirname, '../../schemas')
const readSchema = (path: string) => JSON.parse(readFileSync(join(SCHEMAS, path), 'utf8'))
const schema = readSchema('artifacts/extended-metrics.schema.json')

function growthOf(returns: ArrayLike<number>): Float64Array {
  let growth = 1
  return Float64Array.from(returns, value => (growth *= 1 + value))
}

/** A run in which exposure is 1 on every bar, built from returns alone. */
function heldRun(returns: readonly number[], more: Partial<MetricsInput> = {}): MetricsInput {
  return {
    ts: Float64Array.from(returns, (_, i) => i * DAY),
    netReturns: Float64Array.from(returns),
    equity: growthOf(returns),
    position: new Float64Array(returns.length).fill(1),
    close: growthOf(returns),
    turnover: Float64Array.from(returns, (_, i) => (i === 0 ? 1 : 0)),
    roundTrips: [],
    periodsPerYear: 252,
    ...more,
  }
}

const trip = (net_pnl: number, return_ratio: number, holding_days: number) => ({
  net_pnl,
  return_ratio,
  holding_days,
  bars_held: holding_days,
})

// Six bars on which every figure can be worked by hand; the peak of bar 1 is regained on bar 4, five calendar days later.
const SIX = heldRun([0, 0.1, -0.05, -0.1, 0.2, 0.05], {
  ts: Float64Array.from([0, 1, 2, 5, 6, 7], day => day * DAY),
  position: Float64Array.of(1, 1, 1, 0, 1, 1),
  close: Float64Array.of(100, 110, 104, 90, 120, 130),
  turnover: Float64Array.of(1, 0, 0, 1, 1, 0),
  roundTrips: [
    trip(10, 0.1, 2),
    trip(-5, -0.05, 1),
    trip(0, 0, 3),
    trip(20, 0.2, 4),
    trip(-5, -0.05, 1),
    trip(-5, -0.04, 1),
  ],
  totalCosts: 12.5,
  periodsPerYear: 4,
})

describe('the metric table', () => {
  it('says what the schema says, in the same order', () => {
    expect(Object.keys(schema.properties)).toEqual([...Object.keys(METRICS), 'undefined_reasons'])
    expect(schema.required).toEqual(Object.keys(schema.properties))
    for (const [name, metric] of Object.entries(METRICS)) {
      const property = schema.properties[name]
      expect(property.$ref.split('/').at(-1).replace('_or_null', '')).toBe(metric.unit)
      expect(property.description).toBe(`${metric.formula} Source: ${metric.source}.`)
    }
  })
})

describe('published figures, worked by hand', () => {
  it('follow the contract', () => {
    // Deviations from the mean 0.01: −0.01, −0.06, 0.04, 0.01, 0.02; squares sum to 0.0058.
    const net = Float64Array.of(0, -0.05, 0.05, 0.02, 0.03)
    const equity = growthOf(net)
    const published = publishedMetrics(net, equity, Float64Array.of(0, 1, 1, 0, 0))
    expect(published.total_return).toBeCloseTo(0.95 * 1.05 * 1.02 * 1.03 - 1, 14)
    expect(published.max_drawdown).toBeCloseTo(-0.05, 14)
    expect(published.sharpe_simple).toBeCloseTo((Math.sqrt(252) * 0.01) / (Math.sqrt(0.0058 / 4) + 1e-12), 10)
    // Bars 2 and 3 were entered with a position, both gained; bar 1 was not.
    expect(published).toMatchObject({ winrate_active_days: 1, days: 5, trades: 2 })
  })

  it('keep the peak at the first value of the curve, and count a loss on it', () => {
    const net = Float64Array.of(-0.01, -0.02)
    expect(publishedMetrics(net, growthOf(net), Float64Array.of(1, 1)).max_drawdown).toBeCloseTo(-0.02, 14)
  })

  it('have no Sharpe ratio on one bar and one of 0 without a trade', () => {
    const one = publishedMetrics(Float64Array.of(0), Float64Array.of(1), Float64Array.of(0))
    expect(one).toEqual({
      total_return: 0,
      max_drawdown: 0,
      sharpe_simple: null,
      winrate_active_days: 0,
      days: 1,
      trades: 0,
    })
    const flat = publishedMetrics(new Float64Array(9), new Float64Array(9).fill(1), new Float64Array(9))
    expect(flat).toMatchObject({ sharpe_simple: 0, total_return: 0, trades: 0 })
  })

  it('are null, not infinite, for a curve that starts at nothing', () => {
    const net = Float64Array.of(-1, 0.5, 0.5)
    expect(publishedMetrics(net, growthOf(net), Float64Array.of(1, 1, 1)).max_drawdown).toBeNull()
  })
})

describe('extended figures', () => {
  it('agree with six bars worked by hand', () => {
    const metrics = extendedMetrics(SIX)
    const sharpe = Math.sqrt(5 / 52.5)
    const expected: Record<string, number> = {
      periods_per_year: 4,
      cagr: 0.11983205945450853,
      annual_volatility: 2 * Math.sqrt(52.5 / 4500),
      sharpe_ratio: 2 * sharpe,
      sharpe_ratio_standard_error: 2 * Math.sqrt((1 - sharpe / Math.sqrt(8.75) + 0.26 * (5 / 52.5)) / 5),
      probabilistic_sharpe_ratio: 0.7640137968265779,
      sortino_ratio: (2 * (0.2 / 6)) / Math.sqrt(0.0125 / 6),
      calmar_ratio: 0.11983205945450853 / 0.145,
      ulcer_index: Math.sqrt((0.05 * 0.05 + 0.145 * 0.145) / 6),
      skew: 1 / Math.sqrt(8.75),
      kurtosis: 2.04,
      tail_ratio: 2,
      value_at_risk_5pct: -0.0875,
      conditional_value_at_risk_5pct: -0.1,
      best_bar_return: 0.2,
      worst_bar_return: -0.1,
      max_drawdown_duration_bars: 3,
      max_drawdown_duration_days: 5,
      recovery_factor: 0.18503 / 0.145,
      buy_and_hold_return: 0.3,
      exposure_time: 5 / 6,
      turnover: 2,
      total_costs: 12.5,
      trade_count: 6,
      win_rate_trades: 1 / 3,
      profit_factor: 2,
      payoff_ratio: 3,
      expectancy: 0.16 / 6,
      avg_holding_days: 2,
      max_consecutive_wins: 2,
      max_consecutive_losses: 2,
    }
    const { undefined_reasons, ...values } = metrics as unknown as Record<string, number>
    expect(undefined_reasons).toEqual({})
    expect(Object.keys(values)).toEqual(Object.keys(expected))
    for (const [name, value] of Object.entries(expected)) expect(values[name], name).toBeCloseTo(value, 12)
  })

  it('are null with the reason where they are undefined', () => {
    const flat = extendedMetrics(heldRun([0, 0, 0], { position: new Float64Array(3) }))
    expect(flat.undefined_reasons).toEqual({
      sharpe_ratio: 'the returns do not vary',
      sharpe_ratio_standard_error: 'the returns do not vary',
      probabilistic_sharpe_ratio: 'the returns do not vary',
      sortino_ratio: 'no bar lost',
      calmar_ratio: 'no drawdown',
      skew: 'the returns do not vary',
      kurtosis: 'the returns do not vary',
      tail_ratio: 'the 5 % quantile is zero',
      recovery_factor: 'no drawdown',
      total_costs: 'fills are not recorded',
      win_rate_trades: 'no completed round trip',
      profit_factor: 'no completed round trip',
      payoff_ratio: 'no completed round trip',
      expectancy: 'no completed round trip',
      avg_holding_days: 'no completed round trip',
    })
    expect(flat).toMatchObject({ cagr: 0, annual_volatility: 0, sharpe_ratio: null, exposure_time: 0, trade_count: 0 })

    const reasons = (run: MetricsInput) => extendedMetrics(run).undefined_reasons as Record<string, string>
    expect(reasons(heldRun([0.1])).annual_volatility).toBe('fewer than two bars')
    expect(reasons(heldRun([0.1, -2])).cagr).toBe('equity ended below zero')
    expect(reasons(heldRun([0, 9], { periodsPerYear: 525_600 })).cagr).toMatch(/too few bars/)
    expect(reasons(heldRun([-1, 0.1])).ulcer_index).toBe('equity starts at or below zero')
    expect(reasons(heldRun([0.1, 0.2], { roundTrips: [trip(1, 0.1, 1)] })).profit_factor).toBe('no losing round trip')
    expect(reasons(heldRun([0.1, 0.2], { roundTrips: [trip(-1, -0.1, 1)] })).payoff_ratio).toBe('no winning round trip')
    expect(reasons(heldRun([]))).toMatchObject({ cagr: 'no bars', buy_and_hold_return: 'no bars' })
  })

  it('lose everything without becoming infinite', () => {
    expect(extendedMetrics(heldRun([0.1, -1, 0]))).toMatchObject({ cagr: -1, calmar_ratio: -1, recovery_factor: -1 })
  })
})

describe('properties', () => {
  const returns = fc.array(fc.double({ min: -0.9, max: 2, noNaN: true }), { minLength: 2, maxLength: 40 })
  const varied = returns.filter(x => std(x, 1) > 1e-6)

  it('ratios of a return to its risk do not change with the size of the bets', () => {
    fc.assert(
      fc.property(varied, fc.double({ min: 0.01, max: 100, noNaN: true }), (x, scale) => {
        const scaled = x.map(value => value * scale)
        const before = sharpePerBar(x)
        expect(Math.abs(sharpePerBar(scaled) - before)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(before)))
        expect(downsideDeviation(scaled)).toBeCloseTo(downsideDeviation(x) * scale, 9)
        expect(skewness(scaled)).toBeCloseTo(skewness(x), 6)
        expect(kurtosis(scaled)).toBeCloseTo(kurtosis(x), 6)
      }),
    )
  })

  it('the total return is the product of the bars, and compounding it back from a year gives it again', () => {
    fc.assert(
      fc.property(returns, x => {
        const net = Float64Array.from(x)
        const { total_return } = publishedMetrics(net, growthOf(net), net)
        const product = Math.exp(sum(x.map(value => Math.log(1 + value))))
        expect(Math.abs(total_return! + 1 - product)).toBeLessThanOrEqual(1e-9 * product)
        const cagr = compoundAnnualGrowth(product, x.length, 4)
        expect(Math.abs(Math.log(1 + cagr) * (x.length / 4) - Math.log(product))).toBeLessThan(1e-6)
      }),
    )
  })

  it('a drawdown lies between −1 and 0, at or below every single fall and the fall to the end', () => {
    fc.assert(
      fc.property(returns, x => {
        const equity = growthOf(x)
        const under = underwater(
          equity,
          Float64Array.from(x, (_, i) => i * DAY),
        )
        const deepest = publishedMetrics(Float64Array.from(x), equity, equity).max_drawdown!
        expect(under.deepest).toBe(deepest)
        expect(deepest).toBeGreaterThanOrEqual(-1)
        expect(deepest).toBeLessThanOrEqual(Math.min(0, ...x.slice(1)) + 1e-12)
        expect(deepest).toBeLessThanOrEqual(equity[x.length - 1] / equity[0] - 1 + 1e-12)
        expect(under.ulcer).toBeLessThanOrEqual(-deepest + 1e-12)
        expect(under.longestBars).toBeLessThan(x.length)
        expect(under.longestDays).toBe(under.longestBars)
        expect(under.longestBars > 0).toBe(deepest < 0)
      }),
    )
  })

  it('whatever the input, each figure is a number of its unit, or null with a reason', () => {
    const ajv = new Ajv({ strict: false })
    ajv.addSchema(readSchema('common/units.schema.json'))
    const valid = ajv.compile(schema)
    const anything = fc.array(fc.double({ min: -3, max: 1e200, noNaN: true }), { maxLength: 8 })
    const trips = fc.array(
      fc.record({
        net_pnl: fc.double({ noNaN: true }),
        return_ratio: fc.double({ noNaN: true }),
        holding_days: fc.nat(),
        bars_held: fc.nat(),
      }),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(anything, trips, fc.constantFrom(0.5, 252, 525_600), (x, roundTrips, periodsPerYear) => {
        const metrics = extendedMetrics(heldRun(x, { roundTrips, periodsPerYear }))
        expect(valid(metrics), JSON.stringify(valid.errors)).toBe(true)
        const { undefined_reasons, ...values } = metrics
        const nulls = Object.keys(values).filter(name => (values as Record<string, unknown>)[name] === null)
        expect(Object.keys(undefined_reasons as object)).toEqual(nulls)
        for (const value of Object.values(values)) expect(value === null || Number.isFinite(value)).toBe(true)
      }),
    )
  })
})

if (!sharedAvailable)
  noteAbsent('metrics against empyrical, PerformanceAnalytics, backtesting.py and the Sharpe ratio papers')

describe.skipIf(!sharedAvailable)('empyrical test vectors, 8 decimals', () => {
  interface Vectors {
    series: Record<string, { values?: (number | 'NaN')[] }>
    tests: { test: string; cases: unknown[][] }[]
  }
  const vectors = sharedAvailable ? readReference<Vectors>('empyrical_test_vectors') : { series: {}, tests: [] }
  const cases = (name: string) => {
    const found = vectors.tests.find(test => test.test === name)!.cases
    expect(found.length).toBeGreaterThan(0)
    return found
  }
  const numbers = (cell: unknown) => vectors.series[(cell as { series: string }).series].values!.map(Number)
  const present = (x: number[]) => x.filter(value => !Number.isNaN(value))
  /** Returns over a rate: another series bar by bar, or one number. */
  const excess = (x: number[], rate: unknown) =>
    present(x.map((value, i) => value - (typeof rate === 'number' ? rate : numbers(rate)[i])))
  const PERIODS: Record<string, number> = { daily: 252, weekly: 52, monthly: 12 }

  it('max_drawdown: empyrical starts the curve at 1', () => {
    for (const [series, expected] of cases('test_max_drawdown')) {
      const x = present(numbers(series))
      const equity = x.length === 0 ? new Float64Array(0) : Float64Array.of(1, ...growthOf(x))
      const actual = underwater(equity, equity).deepest
      if (expected === 'NaN') expect(actual).toBeNaN()
      else expect(actual).toBeCloseTo(Number(expected), 8)
    }
  })

  it('annual_return: a missing first return is a bar of 0', () => {
    for (const [series, period, expected] of cases('test_annual_ret')) {
      const x = numbers(series).map(value => (Number.isNaN(value) ? 0 : value))
      const actual = compoundAnnualGrowth(growthOf(x)[x.length - 1], x.length, PERIODS[period as string])
      expect(actual).toBeCloseTo(expected as number, 8)
    }
  })

  it('sharpe_ratio: where empyrical is infinite ours is undefined', () => {
    for (const [series, rate, expected] of cases('test_sharpe_ratio')) {
      const actual = sharpePerBar(excess(numbers(series), rate)) * Math.sqrt(252)
      if (expected === 'NaN' || expected === 'Infinity') expect(actual).toBeNaN()
      else expect(actual).toBeCloseTo(expected as number, 8)
    }
  })

  it('sortino and downside risk under translation of returns and target', () => {
    const sortino = (x: number[], target: number) => (mean(x) - target) / downsideDeviation(x, target)
    for (const [series, target, shift] of cases('test_sortino_translation_same') as [unknown, number, number][]) {
      const x = present(numbers(series))
      for (const by of [shift, -shift]) {
        expect(
          sortino(
            x.map(value => value + by),
            target + by,
          ),
        ).toBeCloseTo(sortino(x, target), 8)
      }
    }
    for (const [series, target] of cases('test_downside_risk_trans') as [unknown, number][]) {
      const x = present(numbers(series))
      const risks = [-target, 0, target].map(value => downsideDeviation(x, value))
      expect(risks[0]).toBeLessThan(risks[1])
      expect(risks[1]).toBeLessThan(risks[2])
    }
  })

  it('drawdown and growth under translation of returns', () => {
    const deepest = (x: number[]) => underwater(growthOf(x), growthOf(x)).deepest
    for (const [series, shift] of cases('test_max_drawdown_translation') as [unknown, number][]) {
      const x = present(numbers(series))
      expect(deepest(x.map(value => value - shift))).toBeLessThanOrEqual(deepest(x))
      expect(deepest(x)).toBeLessThanOrEqual(deepest(x.map(value => value + shift)))
    }
    const cagr = (x: number[]) => compoundAnnualGrowth(growthOf(x)[x.length - 1], x.length, 252)
    for (const [series, shift] of cases('test_cagr_translation') as [unknown, number][]) {
      const x = present(numbers(series))
      expect(cagr(x.map(value => value - shift))).toBeLessThan(cagr(x))
      expect(cagr(x)).toBeLessThan(cagr(x.map(value => value + shift)))
    }
  })
})

describe.skipIf(!sharedAvailable)('R PerformanceAnalytics on its managers data (HAM1, monthly), 1e-13 relative', () => {
  interface Managers {
    data: Record<string, number[]>
    tests: Record<string, string>
  }
  const managers = sharedAvailable ? readReference<Managers>('performanceanalytics_managers') : { data: {}, tests: {} }
  const x = managers.data['HAM1'] ?? []
  const equity = growthOf(x)
  const percent = growthOf(x.map(value => value / 100))
  const hundredth = underwater(percent, percent)
  const growth = () => compoundAnnualGrowth(equity[x.length - 1], x.length, 12)

  it.each<[string, () => number]>([
    ['tests/Return/annualized/annualized_tests.py', growth],
    ['tests/SharpeRatio/sharpe_ratio_tests.py', () => sharpePerBar(x)],
    ['tests/StdDev/annualized_tests.py', () => std(x, 1) * Math.sqrt(12)],
    ['tests/calmar_ratio_tests.py', () => growth() / -underwater(equity, equity).deepest],
    ['tests/downside_deviation_tests.py', () => downsideDeviation(x)],
    ['tests/max_drawdown_tests.py', () => -underwater(equity, equity).deepest],
    // R reads its returns as percent there: a hundredth of each, and the index times a hundred.
    ['tests/ulcer_index_tests.py', () => hundredth.ulcer * 100],
  ])('%s', (file, actual) => {
    const expected = Number(/(?:== |: \[)(\d+\.\d{6,})/.exec(managers.tests[file])![1])
    expect(Math.abs(actual() / expected - 1)).toBeLessThan(1e-13)
  })
})

describe.skipIf(!sharedAvailable)('the papers on the Sharpe ratio', () => {
  const papers = sharedAvailable
    ? readReference<{
        psr_example: { sr_monthly: number; T: number; skew: number; kurtosis: number; computed: Record<string, number> }
        dsr_example: {
          annual_sr: number
          periods_per_year: number
          T: number
          skew: number
          kurtosis: number
          computed: Record<string, number>
        }
        lo2002_iid_se: { table: Record<string, Record<string, number>> }
      }>('sharpe_inference_papers')
    : null

  it('probabilistic Sharpe ratio: Bailey & López de Prado 2012, 12 digits of the closed form', () => {
    const { sr_monthly, T, skew, kurtosis: kurt, computed } = papers!.psr_example
    expect(probabilisticSharpe(sr_monthly, 0, skew, kurt, T)).toBeCloseTo(computed.psr0, 12)
    expect(probabilisticSharpe(sr_monthly, 0, 0, 3, T)).toBeCloseTo(computed.psr0_if_normal, 12)
  })

  it('against a benchmark: the deflated Sharpe ratio of Bailey & López de Prado 2014', () => {
    const { annual_sr, periods_per_year, T, skew, kurtosis: kurt, computed } = papers!.dsr_example
    const sharpe = annual_sr / Math.sqrt(periods_per_year)
    expect(probabilisticSharpe(sharpe, computed.sr0_daily, skew, kurt, T)).toBeCloseTo(computed.dsr, 12)
  })

  it('standard error: table 1 of Lo 2002, three printed decimals', () => {
    for (const [sharpe, row] of Object.entries(papers!.lo2002_iid_se.table)) {
      for (const [observations, expected] of Object.entries(row)) {
        const actual = sharpeStandardError(Number(sharpe), 0, 3, Number(observations))
        expect(Math.abs(actual - expected), `${sharpe} ${observations}`).toBeLessThanOrEqual(0.000501)
      }
    }
  })
})

describe.skipIf(!sharedAvailable)('backtesting.py, SMA cross on GOOG, two printed decimals', () => {
  it('gives the printed statistics', async () => {
    const { ts, open, close } = (await readColumns('ohlcv/GOOG_1d_backtestingpy.parquet')).numbers
    const { equity, position, trips, lastExit } = crossing(ts, open, close, 10_000, 0.002)
    const { stats } = readReference<{ stats: Record<string, string> }>('backtestingpy_readme_smacross_goog')
    const netReturns = equity.map((value, i) => (i === 0 ? 0 : value / equity[i - 1] - 1))
    const turnover = position.map((held, i) => Math.abs(held - (i === 0 ? 0 : position[i - 1])))
    const growth = equity.map(value => value / 10_000)
    const run: MetricsInput = {
      ts,
      netReturns,
      equity: growth,
      position,
      close,
      turnover,
      roundTrips: trips,
      periodsPerYear: 252,
    }
    const metrics = extendedMetrics(run)
    const published = publishedMetrics(netReturns, growth, position)
    const printed = (name: string, actual: number | null) => expect(actual!.toFixed(2), name).toBe(stats[name])
    printed('Equity Final [$]', equity.at(-1)!)
    printed('Return [%]', published.total_return! * 100)
    printed('Max. Drawdown [%]', published.max_drawdown! * 100)
    printed('Buy & Hold Return [%]', metrics.buy_and_hold_return! * 100)
    printed('Return (Ann.) [%]', metrics.cagr! * 100)
    printed('Calmar Ratio', metrics.calmar_ratio)
    // There the trade still open at the end, which begins where the last completed one ended, is not counted.
    const completed = position.map((held, i) => (i <= lastExit ? held : 0))
    const exposure = extendedMetrics({ ...run, position: completed }).exposure_time!
    printed('Exposure Time [%]', exposure * 100)
    printed('Win Rate [%]', metrics.win_rate_trades! * 100)
    expect(`${metrics.trade_count}`).toBe(stats['# Trades'])
    expect(`${metrics.max_drawdown_duration_days} days 00:00:00`).toBe(stats['Max. Drawdown Duration'])
    // There the Sortino ratio has the annual return above, and the profit factor sums returns instead of money.
    printed('Sortino Ratio', metrics.cagr! / (downsideDeviation(netReturns) * Math.sqrt(252)))
    const byReturn = tripFigures(trips.map(trip => ({ ...trip, net_pnl: trip.return_ratio })))
    printed('Profit Factor', byReturn.grossProfit / -byReturn.grossLoss)
    // There volatility compounds: √((s² + (1+g)²)^252 − (1+g)^504), g the geometric mean of all bars, s without the first.
    const bar = (growth.at(-1)! ** (1 / 2148)) ** 2
    const volatility = Math.sqrt((std(netReturns.subarray(1), 1) ** 2 + bar) ** 252 - bar ** 252)
    printed('Volatility (Ann.) [%]', volatility * 100)
  })
})

/** The reference's rule, told independently of the engine: a crossing known at a close reverses at the next open with all cash; only entries cost. */
function crossing(ts: Float64Array, open: Float64Array, close: Float64Array, cash: number, fee: number) {
  const average = (i: number, window: number) => mean(close.subarray(i - window + 1, i + 1))
  const equity = new Float64Array(close.length)
  const position = new Float64Array(close.length)
  const trips: { net_pnl: number; return_ratio: number; holding_days: number; bars_held: number }[] = []
  let [side, size, entry, entryBar] = [0, 0, 0, 0]
  for (let i = 0; i < close.length; i++) {
    const wanted =
      i >= 21 ? crossed(average(i - 2, 10) - average(i - 2, 20), average(i - 1, 10) - average(i - 1, 20)) : 0
    if (wanted !== 0 && wanted !== side) {
      const pnl = side * size * (open[i] - entry)
      if (side !== 0) {
        const holding_days = Math.floor((ts[i] - ts[entryBar]) / DAY)
        trips.push({ net_pnl: pnl, return_ratio: pnl / (size * entry), holding_days, bars_held: i - entryBar })
      }
      cash += pnl
      side = wanted
      entry = open[i] * (1 + side * fee)
      entryBar = i
      size = Math.floor(cash / entry)
    }
    equity[i] = cash + side * size * (close[i] - entry)
    position[i] = side
  }
  return { equity, position, trips, lastExit: entryBar }
}

function crossed(before: number, now: number): number {
  if (before < 0 && now > 0) return 1
  return before > 0 && now < 0 ? -1 : 0
}
