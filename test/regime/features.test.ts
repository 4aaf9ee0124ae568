import { expect, it } from 'vitest'
import { resolveConfig } from '../../src/regime/config.ts'
import { computeFeatures } from '../../src/regime/features.ts'
import { fundingSkew, openInterestRisk } from '../../src/regime/funding-features.ts'
import { universeOf } from '../../src/regime/universe.ts'
import { windowMean, windowMedian, windowStd, windowZScore } from '../../src/regime/windows.ts'
import { panelOf } from './panels.ts'

const config = resolveConfig()
const flat = (value: number, days: number) => new Array(days).fill(value) as number[]

it('windows skip absent rows and need their least number of values', () => {
  const x = Float64Array.of(1, Number.NaN, 3, 8)
  expect(Array.from(windowMean(x, 3, 2))).toEqual([Number.NaN, Number.NaN, 2, 5.5])
  expect(Array.from(windowMedian(x, 4, 3))).toEqual([Number.NaN, Number.NaN, Number.NaN, 3])
  expect(Array.from(windowStd(Float64Array.of(0.1, 0.1, 0.1), 3))).toEqual([Number.NaN, Number.NaN, 0])
  expect(Array.from(windowZScore(Float64Array.of(0.1, 0.1, 0.1, 0.4), 3))).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
    expect.closeTo(2 / Math.sqrt(3), 12),
  ])
})

it('counts only returns between neighbouring days', () => {
  const panel = panelOf({
    close: { BTC: [1, 1, 1, 1], A: [1, 2, null, 4], B: [1, 0.5, 1, 1], C: [1, 3, 3, 6] },
  })
  const { columns } = computeFeatures(panel, universeOf(panel, config), config)
  // Day 1: A +100 %, B −50 %, C +200 %; day 2: B +100 %, C 0; day 3: B 0, C +100 %.
  expect(Array.from(columns['raw_alt_breadth_pct_up'])).toEqual([Number.NaN, (100 * 2) / 3, 50, 50])
  expect(Array.from(columns['raw_alt_breadth_median_ret'])).toEqual([Number.NaN, 1, 0.5, 0.5])
  expect(columns['raw_alt_breadth_iqr'][1]).toBeCloseTo(1.5 - 0.25, 12)
})

it('carries a market cap for seven days into the dominance, not eight', () => {
  const days = 10
  const panel = panelOf({
    close: { BTC: flat(1, days), A: flat(1, days), B: flat(1, days) },
    marketCap: { BTC: flat(60, days), A: flat(20, days), B: [20, ...new Array<null>(days - 1).fill(null)] },
  })
  const dominance = computeFeatures(panel, universeOf(panel, config), config).columns['raw_btc_dominance']
  expect(dominance[7]).toBe(0.6)
  expect(dominance[8]).toBe(0.75)
})

it('weights the alt index by the caps of the day before', () => {
  const days = 8
  const big = Array.from({ length: days }, (_, t) => 1.1 ** t)
  const panel = panelOf({
    close: { BTC: flat(1, days), A: big, B: Array.from({ length: days }, (_, t) => (t % 2 === 0 ? 1 : 2)) },
    marketCap: { BTC: flat(1, days), A: flat(3, days), B: flat(1, days) },
  })
  const spread = computeFeatures(panel, universeOf(panel, config), config).columns['raw_volatility_spread']
  // Index returns (3·0.1 + 1·(±))/4 for +1 and −0.5 in turn: 0.325 four times, −0.05 three times; BTC does not move.
  const index = [0.325, -0.05, 0.325, -0.05, 0.325, -0.05, 0.325]
  const centre = index.reduce((a, b) => a + b) / 7
  const deviation = Math.sqrt(index.reduce((sum, x) => sum + (x - centre) * (x - centre), 0) / 6)
  expect(spread[7]).toBeCloseTo(deviation, 12)
  expect(spread[6]).toBeNaN()
})

it('needs five funded alts, and weighs by open interest only where half of them have it', () => {
  const ids = ['A', 'B', 'C', 'D', 'E']
  const one = (value: (i: number) => number | null) =>
    Object.fromEntries(ids.map((id, i) => [id, [value(i), value(i), value(i)]]))
  const build = (openInterest: Record<string, (number | null)[]>, funding = one(i => (i + 1) * 1e-4)) =>
    panelOf({
      close: { BTC: flat(1, 3), ...one(() => 1) },
      funding: { BTC: flat(1e-4, 3), ...funding },
      openInterest,
    })
  const skewOf = (panel: ReturnType<typeof build>, least = 5) => fundingSkew(panel, universeOf(panel, config), least)[0]
  // Plain mean 3e-4 of the alts less 1e-4.
  expect(skewOf(build({ A: flat(9, 3) }))).toBeCloseTo(2e-4, 15)
  expect(skewOf(build({ A: flat(9, 3) }, { ...one(i => (i + 1) * 1e-4), E: [null, null, null] }))).toBeNaN()
  // Three of five covered, but fewer than the least number of five.
  const three = { A: flat(2, 3), B: flat(1, 3), C: flat(1, 3) }
  expect(skewOf(build(three))).toBeCloseTo(2e-4, 15)
  // A least number of two lets three of five decide: (2·1 + 2 + 3)/4 = 1.75e-4.
  expect(skewOf(build(three), 2)).toBeCloseTo(0.75e-4, 15)
  expect(skewOf(build({ A: flat(2, 3), B: flat(1, 3) }), 2)).toBeCloseTo(2e-4, 15)
})

it('measures open-interest risk in percent over three days, the market cap standing in', () => {
  const risk = (interest: (number | null)[], price: (number | null)[], cap = flat(100, 4)) => {
    const panel = panelOf({
      close: { BTC: price, A: flat(1, 4) },
      marketCap: { BTC: cap, A: flat(1, 4) },
      openInterest: { BTC: interest },
    })
    return openInterestRisk(panel, universeOf(panel, config))[3]
  }
  expect(risk([100, 1, 1, 110], [1, 1, 1, 2])).toBeCloseTo(10 / 50, 12)
  expect(risk([100, 1, 1, 110], [1, 1, 1, 1])).toBeCloseTo(5 / 50, 12)
  expect(risk([100, 1, 1, 900], [1, 1, 1, 2])).toBe(1)
  expect(risk([100, 1, 1, 90], [1, 1, 1, 2])).toBe(0)
  expect(risk([100, 1, 1, null], [1, 1, 1, 2], [100, 100, 100, 120])).toBeCloseTo(20 / 50, 12)
  expect(risk([100, 1, 1, 110], [null, 1, 1, 2])).toBeNaN()
})

it('leaves majors, stablecoins, wrapped and excluded assets out of the alts', () => {
  const ids = ['BTC', 'ETH', 'USDT', 'WBTC', 'AAA', 'BBB']
  const panel = panelOf({
    close: Object.fromEntries(ids.map(id => [id, flat(1, 2)])),
    marketCap: Object.fromEntries([...ids, 'GHOST'].map(id => [id, flat(1, 2)])),
  })
  const alts = (given: Parameters<typeof resolveConfig>[0]) =>
    Array.from(universeOf(panel, resolveConfig(given)).alts, a => panel.assets[a])
  expect(alts({})).toEqual(['AAA', 'BBB'])
  expect(alts({ universe: { exclude_assets: ['AAA'], exclude_wrapped: false } })).toEqual(['BBB', 'WBTC'])
  const lone = panelOf({ close: { BTC: [1, 1], A: [1, 1] } })
  expect(() => universeOf(lone, resolveConfig({ mode: 'regular' }))).toThrow('no prices of ETH')
})
