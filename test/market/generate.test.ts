/** The generators: what their formulas promise is found in their data, and a seed decides every bit. */

import { describe, expect, it } from 'vitest'
import { correlation, mean, median, normalCdf, std } from '../../src/base/stats.ts'
import { DAY_MS } from '../../src/market/calendar.ts'
import { type AlertsParameters, generateAlerts } from '../../src/market/generate-alerts.ts'
import { type BarsParameters, generateBars } from '../../src/market/generate-bars.ts'
import { generatePanel } from '../../src/market/generate-panel.ts'
import type { GeneratedPanel } from '../../src/market/generate-panel-tables.ts'
import { MeanReverting, stream } from '../../src/market/generate-random.ts'
import { barFaults } from '../../src/market/validate.ts'

const START = Date.UTC(2020, 0, 1)

const logReturns = (prices: ArrayLike<number>) =>
  Float64Array.from({ length: prices.length - 1 }, (_, i) => Math.log(prices[i + 1] / prices[i]))

describe('random streams', () => {
  it('differ by name and by seed, and repeat', () => {
    const first = (seed: number, name: string) => stream(seed, name).uint32()
    expect(first(1, 'a')).toBe(first(1, 'a'))
    expect(new Set([first(1, 'a'), first(1, 'b'), first(2, 'a'), first(2 ** 40, 'a')]).size).toBe(4)
  })

  it('revert to the mean with the deviation and half-life asked for', () => {
    const process = new MeanReverting(stream(3, 'ou'), 0.5, 10)
    const values = Float64Array.from({ length: 200_000 }, () => process.next())
    // About 7,000 independent values: standard errors 0.006 and 0.004.
    expect(Math.abs(mean(values))).toBeLessThan(0.03)
    expect(Math.abs(std(values, 1) - 0.5)).toBeLessThan(0.02)
    expect(correlation(values.subarray(10), values.subarray(0, -10))).toBeCloseTo(0.5, 1)
  })
})

describe('bars', () => {
  const given: BarsParameters = {
    symbols: ['A', 'B'],
    interval: '1d',
    calendar: 'crypto',
    start: START,
    bars: 20_000,
    initial_price: 100,
    annual_drift: 0,
    annual_volatility: 0.5,
    correlation: 0.6,
  }
  const { bars, regimes } = generateBars(7, given)

  it('pass the rules of imported bars, each opening at the close before', () => {
    for (const one of bars) {
      expect(barFaults(one, one.symbol)).toBeNull()
      expect([one.open![0], one.ts[0], one.ts[1] - one.ts[0]]).toEqual([100, START, DAY_MS])
      expect(one.open!.subarray(1)).toEqual(one.close.subarray(0, -1))
      expect(one.high!.every((high, i) => high > one.low![i])).toBe(true)
    }
  })

  it('have the volatility of each regime and the correlation of the symbols', () => {
    const [a, b] = bars.map(one => Float64Array.from(one.close, (close, i) => Math.log(close / one.open![i])))
    const annual = (regime: string) =>
      std(
        a.filter((_, i) => regimes[i] === regime),
        1,
      ) * Math.sqrt(365)
    // 0.5 times 0.9, 1.4 and 0.6; the standard error of each is about 2 %, for the volatility itself wanders.
    expect(Math.abs(annual('bull') / 0.45 - 1)).toBeLessThan(0.08)
    expect(Math.abs(annual('bear') / 0.7 - 1)).toBeLessThan(0.08)
    expect(Math.abs(annual('quiet') / 0.3 - 1)).toBeLessThan(0.08)
    expect(Math.abs(correlation(a, b) - 0.6)).toBeLessThan(0.03)
  })

  it('stay in a regime for the days it is meant to last', () => {
    const stays = { bull: [] as number[], bear: [] as number[], quiet: [] as number[] }
    let since = 0
    for (let i = 1; i < regimes.length; i++) {
      if (regimes[i] === regimes[i - 1]) continue
      stays[regimes[i - 1]].push(i - since)
      since = i
    }
    // About a hundred stays of each, geometric: standard errors of a tenth.
    expect(Math.abs(mean(stays.bull) / 90 - 1)).toBeLessThan(0.35)
    expect(Math.abs(mean(stays.bear) / 45 - 1)).toBeLessThan(0.35)
    expect(Math.abs(mean(stays.quiet) / 60 - 1)).toBeLessThan(0.35)
  })

  it('of one symbol do not depend on the others; the seed decides all', () => {
    const small = { ...given, bars: 50 }
    const [alone] = generateBars(7, { ...small, symbols: ['B'] }).bars
    expect(generateBars(7, small).bars[1]).toEqual(alone)
    expect(generateBars(8, { ...small, symbols: ['B'] }).bars[0].close).not.toEqual(alone.close)
  })

  it('leave out weekends on an exchange', () => {
    const [one] = generateBars(1, { ...given, symbols: ['A'], calendar: 'exchange', bars: 10 }).bars
    // 2020-01-01 was a Wednesday.
    const days = Array.from(one.ts, ts => new Date(ts).toISOString().slice(8, 10))
    expect(days).toEqual(['01', '02', '03', '06', '07', '08', '09', '10', '13', '14'])
  })

  it('scale with the interval: a day of hours moves as a day', () => {
    const hours = generateBars(5, { ...given, symbols: ['A'], interval: '1h', bars: 24 * 5_000 }).bars[0]
    const closes = hours.close.filter((_, i) => i % 24 === 23)
    // Mean square of the regimes' factors by the time in each: (90·0.81 + 45·1.96 + 60·0.36) / 195 = 0.937.
    expect(Math.abs((std(logReturns(closes), 1) * Math.sqrt(365)) / (0.5 * Math.sqrt(0.937)) - 1)).toBeLessThan(0.1)
  })
})

describe('panel', () => {
  const given = { start: START, days: 3000, alts: 40, missing_rate: 0.01 }
  const panel = generatePanel(11, given)
  const at = (id: string) => panel.assets.findIndex(asset => asset.id === id)

  /** Values of one asset by row of the panel; NaN where absent. */
  function series({ asset, date, value }: GeneratedPanel['price'], id: string): Float64Array {
    const out = new Float64Array(given.days).fill(Number.NaN)
    const a = at(id)
    for (let i = 0; i < asset.length; i++) if (asset[i] === a) out[(date[i] - START) / DAY_MS] = value[i]
    return out
  }
  const returns = (id: string) => logReturns(series(panel.price, id))
  const both = (x: Float64Array, y: Float64Array) => {
    const rows = Array.from(x, (_, i) => i).filter(i => Number.isFinite(x[i]) && Number.isFinite(y[i]))
    return [rows.map(i => x[i]), rows.map(i => y[i])]
  }

  it('holds majors, alts, two stablecoins and two wrapped assets', () => {
    expect(panel.assets.length).toBe(2 + 40 + 2 + 2)
    expect(panel.assets.filter(asset => asset.stable).map(asset => asset.id)).toEqual(['USDT', 'USDC'])
    expect(panel.assets.filter(asset => asset.wrapped).map(asset => asset.id)).toEqual(['WBTC', 'STETH'])
    expect(series(panel.price, 'BTC').every(Number.isFinite)).toBe(true)
  })

  it('moves ETH by its beta', () => {
    const [btc, eth] = both(returns('BTC'), returns('ETH'))
    const beta = (correlation(btc, eth) * std(eth, 1)) / std(btc, 1)
    // Standard error 0.015/(0.03·√3000) = 0.009.
    expect(Math.abs(beta - 1.1)).toBeLessThan(0.04)
    expect(Math.abs(std(btc, 1) - 0.03)).toBeLessThan(0.004)
  })

  it('plants regimes that the alts show: half a percent a day for them, or against', () => {
    const btc = returns('BTC')
    const excess = { risk_on_alts: [] as number[], risk_on_majors: [] as number[] }
    for (const { id } of panel.assets.filter(asset => asset.id.startsWith('ALT'))) {
      const alt = returns(id)
      // With the mean beta of 1.2 for each: what it is off multiplies a return whose mean is near 0.
      for (let i = 0; i < alt.length; i++)
        if (Number.isFinite(alt[i])) excess[panel.regimes[i + 1]].push(alt[i] - 1.2 * btc[i])
    }
    // 1,500 days each with a common move of 0.008 a day: standard error 0.0002; betas add their part.
    expect(Math.abs(mean(excess.risk_on_alts) - 0.005)).toBeLessThan(0.0015)
    expect(Math.abs(mean(excess.risk_on_majors) + 0.005)).toBeLessThan(0.0015)
  })

  it('keeps each regime for twenty days at least', () => {
    let since = 0
    const stays = []
    for (let i = 1; i < panel.regimes.length; i++) {
      if (panel.regimes[i] === panel.regimes[i - 1]) continue
      stays.push(i - since)
      since = i
    }
    expect(Math.min(...stays)).toBeGreaterThanOrEqual(20)
    expect(Math.abs(mean(stays) - 60)).toBeLessThan(25)
  })

  it('funds at a ratio per 8 hours, higher while risk is on alts', () => {
    const rates = { risk_on_alts: [] as number[], risk_on_majors: [] as number[] }
    const { asset, date, value } = panel.funding
    for (let i = 0; i < asset.length; i++) rates[panel.regimes[(date[i] - START) / DAY_MS]].push(value[i])
    expect(median(rates.risk_on_alts)).toBeGreaterThan(median(rates.risk_on_majors) + 1e-4)
    expect(Math.abs(median([...rates.risk_on_alts, ...rates.risk_on_majors]))).toBeLessThan(3e-4)
    const funded = new Set(asset)
    expect([funded.has(at('BTC')), funded.has(at('USDT')), funded.has(at('WBTC'))]).toEqual([true, false, false])
  })

  it('leaves out the share of values it is told, lists late and delists', () => {
    const eth = series(panel.volume, 'ETH').filter(Number.isNaN).length / given.days
    // Binomial: 0.01 ± 0.0018.
    expect(Math.abs(eth - 0.01)).toBeLessThan(0.008)
    const spans = panel.assets.map(({ id }) => {
      const price = series(panel.price, id)
      return [price.findIndex(Number.isFinite), price.findLastIndex(Number.isFinite)]
    })
    expect(spans.some(([first]) => first > 100)).toBe(true)
    expect(spans.some(([, last]) => last < given.days - 100)).toBe(true)
  })

  it('holds stablecoins at one dollar and wrapped assets at what they wrap', () => {
    const usdt = series(panel.price, 'USDT').filter(Number.isFinite)
    expect(Math.max(...usdt.map(price => Math.abs(price - 1)))).toBeLessThan(0.005)
    const [wrapped, plain] = both(series(panel.price, 'WBTC'), series(panel.price, 'BTC'))
    expect(Math.max(...wrapped.map((price, i) => Math.abs(price / plain[i] - 1)))).toBeLessThan(0.01)
  })

  it('keeps all other assets when one is added', () => {
    const small = { ...given, days: 60 }
    const [five, six] = [5, 6].map(alts => generatePanel(2, { ...small, alts }))
    const of = (made: GeneratedPanel, id: string) => {
      const a = made.assets.findIndex(asset => asset.id === id)
      return made.volume.value.filter((_, i) => made.volume.asset[i] === a)
    }
    for (const id of ['BTC', 'ALT0005', 'USDC', 'STETH']) expect(of(six, id)).toEqual(of(five, id))
  })
})

describe('alerts', () => {
  const given: AlertsParameters = {
    start: START,
    days: 30,
    alerts: 500,
    callers: 5,
    minutes_before: 20,
    minutes_after: 1440,
  }
  const { alerts, candles } = generateAlerts(4, given)

  it('come in order of time, each with bars of its own around the call', () => {
    expect(alerts.every((alert, i) => i === 0 || alert.ts >= alerts[i - 1].ts)).toBe(true)
    expect(alerts.every(({ ts }) => ts >= START && ts < START + 30 * DAY_MS)).toBe(true)
    expect(new Set(alerts.map(alert => alert.token)).size).toBe(500)
    const byToken = new Map(candles.map(bars => [bars.symbol, bars]))
    for (const { ts, token, price, market_cap } of alerts) {
      const bars = byToken.get(token)!
      expect(barFaults(bars, token)).toBeNull()
      expect([bars.ts.length, bars.ts[20], bars.open![20]]).toEqual([1460, ts - (ts % 60_000), price])
      expect(market_cap).toBe(price * 1e9)
    }
  })

  it('reach a multiple as often as a Brownian motion with that drift does', () => {
    // Tails of the callers uniform in [0.8, 2.5] and σ in [0.02, 0.06]; one token in ten has only part of the time.
    const expected = (least: number) => {
      const grid = Array.from({ length: 40 }, (_, i) => (i + 0.5) / 40)
      const chances = grid.flatMap(u => grid.map(v => reached(least, 0.8 + 1.7 * u, 0.02 + 0.04 * v, 1440)))
      const cutShort = grid.flatMap(u => grid.map(v => reached(least, 1.65, 0.02 + 0.04 * v, 1440 * u)))
      return 0.9 * mean(chances) + 0.1 * mean(cutShort)
    }
    const { candles } = generateAlerts(4, { ...given, alerts: 1000, callers: 99 })
    for (const least of [1.5, 2, 5]) {
      const found = candles.filter(bars => Math.max(...bars.high!.subarray(20)) >= least * bars.open![20]).length / 1000
      const error = Math.sqrt((expected(least) * (1 - expected(least))) / 1000)
      expect(Math.abs(found - expected(least))).toBeLessThan(4 * error)
    }
  })

  /** P(max of a Brownian motion with drift −ασ²/2 over T minutes ≥ ln x): Borodin & Salminen 2002, 2.1.1.4. */
  function reached(least: number, alpha: number, sigma: number, minutes: number): number {
    // A path of quarter minutes sees a maximum lower by 0.5826 of a step (Broadie, Glasserman & Kou 1997).
    const level = Math.log(least) + (0.5826 * sigma) / 2
    const drift = (-alpha * sigma * sigma) / 2
    const spread = sigma * Math.sqrt(minutes)
    const direct = normalCdf((drift * minutes - level) / spread)
    const reflected = Math.exp((2 * drift * level) / (sigma * sigma)) * normalCdf((-level - drift * minutes) / spread)
    return direct + reflected
  }

  it('end at almost nothing for one token in ten', () => {
    const gone = candles.filter(({ open, close }) => close.some((price, i) => price / open![i] < 0.06)).length
    // Binomial: 50 ± 6.7.
    expect(Math.abs(gone - 50)).toBeLessThan(27)
  })

  it('come from every caller and chain', () => {
    expect(new Set(alerts.map(alert => alert.caller)).size).toBe(5)
    expect(new Set(alerts.map(alert => alert.chain))).toEqual(new Set(['solana', 'ethereum', 'base']))
  })
})
