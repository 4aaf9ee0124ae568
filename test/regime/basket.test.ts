import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cappedShares, Leaders, msmBasket } from '../../src/regime/basket.ts'
import { type RegimeConfigInput, resolveConfig } from '../../src/regime/config.ts'
import { closeHistory } from '../../src/regime/history.ts'
import { universeOf } from '../../src/regime/universe.ts'
import { msmWeights, regimeScale, regularWeights } from '../../src/regime/weights.ts'
import { panelOf, type Rows } from './panels.ts'

const flat = (value: number | null, days: number) => new Array<number | null>(days).fill(value)

describe('caps on a name', () => {
  it('pours what is cut off over the others, again until none is above', () => {
    // 0.6 → 0.4 leaves 0.6 for 2:1:1; then 0.3 stays below the cap.
    expect(cappedShares([6, 2, 1, 1], 0.4)).toEqual([
      0.4,
      expect.closeTo(0.3, 12),
      expect.closeTo(0.15, 12),
      expect.closeTo(0.15, 12),
    ])
    // 0.5, 0.4, 0.1 under 0.42: the rest of the first cut lifts the second above the cap too.
    expect(cappedShares([5, 4, 1], 0.42)).toEqual([0.42, 0.42, expect.closeTo(0.16, 12)])
    expect(cappedShares([9, 1], 0.3)).toEqual([0.5, 0.5])
    expect(cappedShares([3, 1], null)).toEqual([0.75, 0.25])
  })

  it('keeps the sum, the cap and the order', () => {
    const sizes = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(sizes, fc.double({ min: 0.01, max: 1, noNaN: true }), (given, cap) => {
        const shares = cappedShares(given, cap)
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
        expect(Math.max(...shares)).toBeLessThanOrEqual(Math.max(cap, 1 / given.length) + 1e-12)
        given.forEach((size, i) => {
          given.forEach((other, j) => {
            if (size > other) expect(shares[i]).toBeGreaterThanOrEqual(shares[j] - 1e-12)
          })
        })
      }),
      { numRuns: 50 },
    )
  })
})

it('selects what sorting would select', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      (sizes, n) => {
        const top = new Leaders(n)
        sizes.forEach((size, asset) => {
          top.add(asset, size)
        })
        const sorted = sizes
          .map((size, asset) => ({ size, asset }))
          .sort((a, b) => b.size - a.size || a.asset - b.asset)
        expect(top.assets).toEqual(sorted.slice(0, n).map(one => one.asset))
      },
    ),
    { numRuns: 100 },
  )
})

describe('msm basket', () => {
  const days = 12
  const members = (
    given: RegimeConfigInput['basket'],
    t: number,
    tables: Partial<Record<'close' | 'marketCap' | 'volume', Rows>>,
  ) => {
    const close = { BTC: flat(1, days), A: flat(1, days), B: flat(1, days), C: flat(1, days), ...tables.close }
    const caps = {
      BTC: flat(1e12, days),
      A: flat(3e9, days),
      B: flat(2e9, days),
      C: flat(1e9, days),
      ...tables.marketCap,
    }
    const volumes = { A: flat(1e6, days), B: flat(1e6, days), C: flat(1e6, days), ...tables.volume }
    const panel = panelOf({ close, marketCap: caps, volume: volumes })
    const config = resolveConfig({ basket: { min_names: 1, ...given } })
    const basket = msmBasket(panel, universeOf(panel, config), closeHistory(panel), t, config.basket)
    return Object.fromEntries(basket.assets.map((asset, i) => [panel.assets[asset], basket.weights[i]]))
  }

  it('takes the largest, equal or by cap, equal caps by id', () => {
    expect(members({ n: 2 }, 5, {})).toEqual({ A: 0.5, B: 0.5 })
    expect(members({ n: 2, weighting: 'mcap' }, 5, {})).toEqual({ A: 0.6, B: 0.4 })
    expect(Object.keys(members({ n: 2 }, 5, { marketCap: { A: flat(1e9, days) } }))).toEqual(['B', 'A'])
  })

  it('lets a price and a cap be seven days old, not eight', () => {
    const gone = [1, ...flat(null, days - 1)]
    expect(Object.keys(members({}, 7, { close: { A: gone } }))).toContain('A')
    expect(Object.keys(members({}, 8, { close: { A: gone } }))).not.toContain('A')
    const noCap = [3e9, ...flat(null, days - 1)]
    expect(Object.keys(members({}, 7, { marketCap: { A: noCap } }))).toContain('A')
    expect(Object.keys(members({}, 8, { marketCap: { A: noCap } }))).not.toContain('A')
  })

  it('asks for the median volume of seven calendar days', () => {
    // Within days 5…11 the known volumes are 100, 100 and 5,000: median 100. At day 10 they are 100 and 5,000.
    const thin = [...flat(9e9, 5), null, 100, null, null, 5000, null, 100]
    expect(Object.keys(members({ min_volume_usd: 1000 }, 11, { volume: { A: thin } }))).not.toContain('A')
    expect(Object.keys(members({ min_volume_usd: 1000 }, 9, { volume: { A: thin } }))).toContain('A')
    expect(Object.keys(members({}, 11, { volume: { A: flat(null, days) } }))).not.toContain('A')
  })

  it('asks for history, and is empty below its least number of names', () => {
    const late = [...flat(null, 6), ...flat(1, days - 6)]
    expect(Object.keys(members({ min_history_days: 5 }, 9, { close: { A: late } }))).not.toContain('A')
    expect(Object.keys(members({ min_history_days: 5 }, 10, { close: { A: late } }))).toContain('A')
    expect(members({ min_names: 4 }, 5, {})).toEqual({})
  })
})

describe('neutrality', () => {
  const panel = panelOf({ close: { BTC: [1], ETH: [1], A: [1], B: [1], C: [1], D: [1] } })
  const config = resolveConfig({ mode: 'regular' })
  const universe = universeOf(panel, config)
  const basketOf = (sizes: number[]) => ({
    assets: sizes.map((_, i) => universe.alts[i]),
    weights: cappedShares(sizes, null),
  })
  const anyBasket = fc
    .array(
      fc.record({
        size: fc.double({ min: 0.01, max: 9, noNaN: true }),
        btc: fc.double({ min: 0, max: 3, noNaN: true }),
        eth: fc.double({ min: 0, max: 3, noNaN: true }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map(rows => ({
      basket: basketOf(rows.map(row => row.size)),
      betas: rows.map(row => ({ btc: row.btc, eth: row.eth, fallback: false })),
    }))
  const weightOf = (book: { assets: number[]; weights: number[] }, asset: number) =>
    book.weights[book.assets.indexOf(asset)]

  it('msm: gross 1, net 0, the long leg as configured', () => {
    fc.assert(
      fc.property(anyBasket, fc.double({ min: 0.1, max: 5, noNaN: true }), ({ basket }, eth) => {
        const book = msmWeights(basket, panel, { BTC: 1, ETH: eth })
        expect(book.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(0, 12)
        expect(book.weights.reduce((sum, w) => sum + Math.abs(w), 0)).toBeCloseTo(1, 12)
        expect(weightOf(book, universe.eth) / weightOf(book, universe.btc)).toBeCloseTo(eth, 9)
      }),
      { numRuns: 50 },
    )
  })

  it('beta neutral: no beta is left unless a major stands at its limit', () => {
    fc.assert(
      fc.property(anyBasket, ({ basket, betas }) => {
        const uncapped = { ...config.regular, gross_cap: 9 }
        const book = regularWeights(basket, betas, universe, uncapped)
        for (const [major, key] of [
          [universe.btc, 'btc'],
          [universe.eth, 'eth'],
        ] as const) {
          const weight = weightOf(book, major)
          const exposure = basket.assets.reduce((sum, a, i) => sum + weightOf(book, a) * betas[i][key], 0)
          if (weight < 0.75) expect(weight + exposure).toBeCloseTo(0, 12)
          else expect(weight + exposure).toBeLessThanOrEqual(1e-12)
        }
        // Under its cap the same book is held, smaller.
        const capped = regularWeights(basket, betas, universe, config.regular)
        const gross = (b: typeof book) => b.weights.reduce((sum, w) => sum + Math.abs(w), 0)
        expect(gross(capped)).toBeCloseTo(gross(book) > 1.2 ? 1 : gross(book), 12)
      }),
      { numRuns: 100 },
    )
  })

  it('dollar neutral: long as much as short, tilted to the larger exposure', () => {
    fc.assert(
      fc.property(anyBasket, ({ basket, betas }) => {
        const book = regularWeights(basket, betas, universe, { ...config.regular, neutrality_mode: 'dollar_neutral' })
        expect(book.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(0, 12)
        const [btc, eth] = [weightOf(book, universe.btc), weightOf(book, universe.eth)]
        expect(Math.min(btc, eth)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 50 },
    )
    // One alt with betas 0.8 and 0.4: exposures −0.4 and −0.2, so BTC = 0.25 + 0.5 · 0.2.
    const book = regularWeights(basketOf([1]), [{ btc: 0.8, eth: 0.4, fallback: false }], universe, {
      ...config.regular,
      neutrality_mode: 'dollar_neutral',
    })
    expect(weightOf(book, universe.btc)).toBeCloseTo(0.35, 12)
  })

  it('holds nothing for an empty basket', () => {
    expect(msmWeights({ assets: [], weights: [] }, panel, { BTC: 1 }).assets).toEqual([])
    expect(regularWeights({ assets: [], weights: [] }, [], universe, config.regular).assets).toEqual([])
  })
})

describe('scale of the regime', () => {
  const scaling = (given: RegimeConfigInput['backtest']) =>
    resolveConfig({ backtest: { regime_position_scaling: { enabled: true }, ...given } })

  it('follows the size of the score within the limits of the regime', () => {
    const config = scaling({})
    const weak = (score: number) => regimeScale('WEAK_RISK_ON_MAJORS', score, config)
    expect([weak(0.2), weak(0.5), weak(1), weak(1.5), weak(9)]).toEqual([0.4, 0.4, expect.closeTo(0.6, 12), 0.8, 0.8])
    const strong = (score: number) => regimeScale('STRONG_RISK_ON_MAJORS', score, config)
    expect([strong(0.3), strong(1.2), strong(2)]).toEqual([0.6, expect.closeTo(0.8, 12), 1])
    const plain = (score: number) => regimeScale('RISK_ON_MAJORS', score, config)
    expect([plain(0.1), plain(0.4), plain(0.7), plain(Number.NaN)]).toEqual([0.5, 0.8, 1, 0.5])
  })

  it('is constant without the score, none outside the majors regimes, off where it is off', () => {
    const config = scaling({
      regime_position_scaling: { enabled: true, use_score_magnitude: false, weak_risk_on_majors: 0.55 },
    })
    expect(regimeScale('WEAK_RISK_ON_MAJORS', 9, config)).toBe(0.55)
    expect(regimeScale('BALANCED', 9, config)).toBe(0)
    expect(regimeScale(null, Number.NaN, config)).toBe(0)
    expect(regimeScale('BALANCED', 9, scaling({ gate: 'always' }))).toBe(1)
    expect(regimeScale('WEAK_RISK_ON_MAJORS', 0.1, resolveConfig())).toBe(1)
  })
})
