/** No look-ahead, for every strategy of the table: by truncating and by scrambling the future; and laws of cost and equity. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StrategyName } from '../../contracts/types.ts'
import { loadSchemas, schemaOf, validate } from '../../src/base/schema.ts'
import { type Backtest, backtest } from '../../src/engine/backtest.ts'
import type { Costs } from '../../src/engine/costs.ts'
import { type Bars, sliceBars } from '../../src/market/bars.ts'
import { STRATEGIES, strategyFor } from '../../src/strategies/index.ts'
import { indicatorCache } from '../../src/strategies/indicator-cache.ts'
import type { Execution, Strategy } from '../../src/strategies/strategy.ts'
import { expectClose, FREE, randomBars } from '../engine/fixtures.ts'

type Params = Record<string, unknown>
type Subject = [label: string, strategy: Strategy, params: Params]

const EXECUTIONS: Execution[] = ['signal_close', 'next_open']
const COSTS: Costs = { fee: 0.001, slippage_bps: 5, slippage_mode: 'atr', k_atr: 0.05 }
const SAMPLE = randomBars(20, 320)
await loadSchemas()
const subjects: Subject[] = (
  await Promise.all(Object.keys(STRATEGIES).map(name => subjectsOf(name as StrategyName)))
).flat()

/** The strategy with each example of its schema, or with its defaults, with every switch turned, and with every whole number halved. */
async function subjectsOf(name: StrategyName): Promise<Subject[]> {
  const strategy = strategyFor(name)
  const examples = (schemaOf(`strategies/${name}`)!['examples'] ?? []) as Params[]
  for (const example of examples) expect(await validate(`strategies/${name}`, example)).toEqual([])
  if (examples.length > 0) return examples.map((params, i) => [`${name}, example ${i + 1}`, strategy, params])
  const defaults: Params = {}
  expect(await validate(`strategies/${name}`, defaults)).toEqual([])
  const turned = mapValues(defaults, value => (typeof value === 'boolean' ? !value : value))
  const halved = mapValues(turned, value => (Number.isInteger(value) ? Math.ceil(Number(value) / 2) : value))
  return [defaults, turned, halved]
    .filter((params, i, all) => all.findIndex(other => JSON.stringify(other) === JSON.stringify(params)) === i)
    .map(params => [`${name} ${JSON.stringify(params)}`, strategy, params])
}

function mapValues(params: Params, change: (value: unknown) => unknown): Params {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, change(value)]))
}

function targetsOf(strategy: Strategy, bars: Bars, params: Params, execution: Execution): Float64Array {
  return strategy.targets(bars, params, { execution, indicators: indicatorCache(bars) })
}

/** The first k at which the targets of the first k bars are not, bit for bit, the first k targets; null when there is none. */
function leakByTruncation(strategy: Strategy, bars: Bars, params: Params): number | null {
  for (const execution of EXECUTIONS) {
    const all = targetsOf(strategy, bars, params, execution)
    for (let k = 1; k < bars.ts.length; k++) {
      const part = targetsOf(strategy, sliceBars(bars, 0, k), params, execution)
      if (!sameBits(part, all.subarray(0, k))) return k
    }
  }
  return null
}

/** The first cut at which replacing all bars from there on changes an earlier target, return or fill; null when there is none. */
function leakByScrambling(strategy: Strategy, bars: Bars, params: Params): number | null {
  const first = strategy.warmup(params) + 1
  for (const execution of EXECUTIONS) {
    const run = (subject: Bars) =>
      backtest({ bars: subject, strategy, params, costs: COSTS, execution, initialCash: 1000 })
    const before = run(bars)
    for (let cut = first; cut < bars.ts.length; cut += 7) {
      const after = run(scrambled(bars, cut))
      const frame = cut - strategy.warmup(params)
      const columns = ['target', 'position', 'netReturn', 'equity', 'brokerEquity'] as const
      const same = columns.every(name => sameBits(before[name].subarray(0, frame), after[name].subarray(0, frame)))
      if (!same || earlyFills(before, bars.ts[cut]) !== earlyFills(after, bars.ts[cut])) return cut
    }
  }
  return null
}

/** The same bars up to `cut`, other ones from there on, at another price level. */
function scrambled(bars: Bars, cut: number): Bars {
  const other = randomBars(1000 + cut, bars.ts.length, 0.1)
  const join = (own: Float64Array, foreign: Float64Array) => {
    const out = own.slice()
    for (let i = cut; i < out.length; i++) out[i] = 0.3 * foreign[i]
    return out
  }
  return {
    ...bars,
    open: join(bars.open!, other.open!),
    high: join(bars.high!, other.high!),
    low: join(bars.low!, other.low!),
    close: join(bars.close, other.close),
  }
}

function earlyFills({ fills }: Backtest, before: number): string {
  return JSON.stringify(fills.filter(fill => fill.timestamp < before))
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}

describe('no look-ahead', () => {
  it.each(subjects)('%s', (_, strategy, params) => {
    expect(leakByTruncation(strategy, SAMPLE, params)).toBeNull()
    expect(leakByScrambling(strategy, SAMPLE, params)).toBeNull()
  })

  it.each(Object.keys(STRATEGIES))('%s trades on the sample, so the check above sees something', name => {
    const runs = subjects.filter(([, strategy]) => strategy.name === name)
    const fills = runs.map(
      ([, strategy, params]) =>
        backtest({ bars: SAMPLE, strategy, params, costs: FREE, execution: 'signal_close', initialCash: 1000 }).fills
          .length,
    )
    expect(Math.max(...fills)).toBeGreaterThan(name === 'buy_and_hold' ? 0 : 3)
  })

  const planted = (name: string, target: (bars: Bars, i: number) => number): Strategy => ({
    name,
    family: name,
    warmup: () => 1,
    targets: bars => Float64Array.from(bars.ts, (_, i) => (i < 1 ? 0 : target(bars, i))),
  })

  it.each([
    planted('reads the next close', ({ close }, i) => (close[i + 1] > close[i] ? 1 : 0)),
    planted('reads the high of ten bars later', ({ high }, i) => (high![i + 10] > 1.1 * high![i] ? 1 : 0)),
    planted('compares with the mean of all bars', ({ close }, i) =>
      close[i] < close.reduce((a, b) => a + b) / close.length ? 1 : 0,
    ),
    planted('sizes by the highest close of all', ({ close }, i) => close[i] / Math.max(...close) / 2),
    planted('turns the last bar off', ({ ts }, i) => (i === ts.length - 1 ? 0 : 1)),
  ])('catches a strategy that $name', leaky => {
    expect(leakByTruncation(leaky, SAMPLE, {})).not.toBeNull()
    // Scrambling keeps the number of bars, which only truncation changes.
    if (leaky.name !== 'turns the last bar off') expect(leakByScrambling(leaky, SAMPLE, {})).not.toBeNull()
  })

  it('lets an honest strategy of the same make pass', () => {
    const honest = planted('reads the last close', ({ close }, i) => (close[i] > close[i - 1] ? 1 : -0.5))
    expect(leakByTruncation(honest, SAMPLE, {})).toBeNull()
    expect(leakByScrambling(honest, SAMPLE, {})).toBeNull()
  })
})

describe('laws', () => {
  const numRuns = 15
  const anySubject = fc.constantFrom(...subjects)
  const anyExecution = fc.constantFrom(...EXECUTIONS)
  const anySeed = fc.integer({ min: 1, max: 10_000 })
  const inputOf = ([, strategy, params]: Subject, bars: Bars, execution: Execution, costs: Costs) => ({
    bars,
    strategy,
    params,
    costs,
    execution,
    initialCash: 1000,
  })

  it('higher costs never leave more, on any bar', () => {
    const rate = fc.double({ min: 0, max: 0.02, noNaN: true })
    fc.assert(
      fc.property(anySubject, anyExecution, anySeed, rate, rate, rate, (subject, execution, seed, fee, more, slip) => {
        const bars = randomBars(seed, 220)
        const run = (costs: Costs) => backtest(inputOf(subject, bars, execution, costs))
        const cheap = run({ ...FREE, fee, slippage_bps: 1000 * slip })
        const dear = run({ ...FREE, fee: fee + more, slippage_bps: 2000 * slip })
        for (let i = 0; i < cheap.bars; i++) {
          expect(dear.equity[i]).toBeLessThanOrEqual(cheap.equity[i] * (1 + 1e-12))
          expect(dear.brokerEquity[i]).toBeLessThanOrEqual(cheap.brokerEquity[i] * (1 + 1e-12))
        }
        if (cheap.fills.length > 0 && more > 1e-6) expect(dear.equity.at(-1)!).toBeLessThan(cheap.equity.at(-1)!)
      }),
      { seed: 1, numRuns: 40 },
    )
  })

  it('equity is the product of 1 + net return', () => {
    fc.assert(
      fc.property(anySubject, anyExecution, anySeed, (subject, execution, seed) => {
        const run = backtest(inputOf(subject, randomBars(seed, 220), execution, COSTS))
        let growth = 1
        for (let i = 0; i < run.bars; i++) {
          growth *= 1 + run.netReturn[i]
          expect(run.equity[i]).toBe(growth)
        }
      }),
      { seed: 2, numRuns },
    )
  })

  it('without costs, long or flat, the broker has exactly what the bar loop says', () => {
    const long = subjects.filter(
      ([, , params]) =>
        params['allow_short'] !== true && params['short'] === undefined && params['positions'] !== 'long_short',
    )
    fc.assert(
      fc.property(fc.constantFrom(...long), anyExecution, anySeed, (subject, execution, seed) => {
        const run = backtest(inputOf(subject, randomBars(seed, 220), execution, FREE))
        for (let i = 0; i < run.bars; i++) expectClose(run.brokerEquity[i], 1000 * run.equity[i], `bar ${i}`)
      }),
      { seed: 3, numRuns: 40 },
    )
  })

  it('the unit of the price does not matter', () => {
    const times4 = (column: Float64Array | null) => column?.map(value => 4 * value) ?? null
    fc.assert(
      fc.property(anySubject, anyExecution, anySeed, (subject, execution, seed) => {
        const bars = randomBars(seed, 220)
        const scaled: Bars = {
          ...bars,
          open: times4(bars.open),
          high: times4(bars.high),
          low: times4(bars.low),
          close: bars.close.map(value => 4 * value),
        }
        const [a, b] = [bars, scaled].map(each => backtest(inputOf(subject, each, execution, COSTS)))
        expect(sameBits(a.target, b.target)).toBe(true)
        expect(sameBits(a.equity, b.equity)).toBe(true)
      }),
      { seed: 4, numRuns },
    )
  })
})
