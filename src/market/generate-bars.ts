/**
 * Seeded bars: geometric Brownian motion with stochastic volatility and switching regimes, correlated over the symbols.
 *
 *   d ln p = (μ + μ_s − σ²/2) dt + σ dW,   σ = volatility · m_s · exp(h − v²),   W = √ρ·W_market + √(1−ρ)·W_symbol
 *
 * s is the regime, common to all symbols: a Markov chain that leaves s with probability Δt/duration_s for one of the two
 * others. h is an Ornstein–Uhlenbeck process of stationary deviation v and half-life 12 days; exp(h − v²) has a mean square
 * of 1, so that `volatility` is what its name says. A bar follows its path in steps: open is the close before, high and low
 * are the extremes of the path, so that each bar is consistent by construction. Volume rises with the range of the bar.
 */

import type { Random } from '../base/random.ts'
import type { Bars, Calendar } from './bars.ts'
import { barsPerYear, DAY_MS, intervalMs } from './calendar.ts'
import { MeanReverting, stream } from './generate-random.ts'

export interface BarsParameters {
  symbols: readonly string[]
  /** Of fixed length; `exchange` goes with 1d only. */
  interval: string
  calendar: Calendar
  /** First bar, epoch ms. */
  start: number
  /** Bars of each symbol. */
  bars: number
  initial_price: number
  /** μ, a year. */
  annual_drift: number
  /** A square-root year. */
  annual_volatility: number
  /** ρ, 0…1: the correlation of any two symbols' returns. */
  correlation: number
}

export type MarketRegime = 'bull' | 'bear' | 'quiet'

/** μ_s a year, m_s, and the expected stay in days. */
const REGIMES: Record<MarketRegime, { drift: number; volatility: number; days: number }> = {
  bull: { drift: 0.6, volatility: 0.9, days: 90 },
  bear: { drift: -0.8, volatility: 1.4, days: 45 },
  quiet: { drift: 0, volatility: 0.6, days: 60 },
}
const NAMES = Object.keys(REGIMES) as MarketRegime[]
const LOG_VOLATILITY = { deviation: 0.3, halfLifeDays: 12 }
/** Steps of the path inside a bar. */
const STEPS = 8
const DAILY_TURNOVER = 1e9

/** What all symbols share: the regime, the volatility and the market's own moves. */
interface Market {
  regimes: MarketRegime[]
  /** σ of each bar, a square-root year. */
  sigma: Float64Array
  /** W_market, standard normal, one for each step of each bar. */
  moves: Float64Array
}

/** Bars of every symbol, and the planted regime of each bar. The same seed and parameters give the same bits everywhere. */
export function generateBars(seed: number, given: BarsParameters): { bars: Bars[]; regimes: MarketRegime[] } {
  const market = marketOf(stream(seed, 'market'), given)
  const ts = timesOf(given)
  const bars = given.symbols.map(symbol => symbolBars(stream(seed, `symbol ${symbol}`), symbol, ts, market, given))
  return { bars, regimes: market.regimes }
}

function timesOf({ start, bars, interval, calendar }: BarsParameters): Float64Array {
  const step = intervalMs(interval)
  const ts = new Float64Array(bars)
  let time = start
  for (let i = 0; i < bars; i++) {
    while (calendar === 'exchange' && isWeekend(time)) time += DAY_MS
    ts[i] = time
    time += step
  }
  return ts
}

/** 1970-01-01 was a Thursday: day 0 is the fifth of a week that starts on Sunday. */
function isWeekend(time: number): boolean {
  const weekday = (((Math.floor(time / DAY_MS) + 4) % 7) + 7) % 7
  return weekday === 0 || weekday === 6
}

function marketOf(random: Random, { bars, interval, calendar, annual_volatility }: BarsParameters): Market {
  const barsPerDay = barsPerYear(interval, calendar) / barsPerYear('1d', calendar)
  const { deviation, halfLifeDays } = LOG_VOLATILITY
  const logVolatility = new MeanReverting(random, deviation, halfLifeDays * barsPerDay)
  const regimes: MarketRegime[] = new Array(bars)
  const sigma = new Float64Array(bars)
  const moves = new Float64Array(bars * STEPS)
  let regime = NAMES[random.below(NAMES.length)]
  for (let i = 0; i < bars; i++) {
    if (random.next() < 1 / (REGIMES[regime].days * barsPerDay)) {
      const others = NAMES.filter(name => name !== regime)
      regime = others[random.below(others.length)]
    }
    regimes[i] = regime
    const level = Math.exp(logVolatility.next() - deviation * deviation)
    sigma[i] = annual_volatility * REGIMES[regime].volatility * level
    for (let k = 0; k < STEPS; k++) moves[i * STEPS + k] = random.normal()
  }
  return { regimes, sigma, moves }
}

function symbolBars(random: Random, symbol: string, ts: Float64Array, market: Market, given: BarsParameters): Bars {
  const { interval, calendar, bars, annual_drift, correlation } = given
  const dt = 1 / (barsPerYear(interval, calendar) * STEPS)
  const days = barsPerYear('1d', calendar) / barsPerYear(interval, calendar)
  const shared = Math.sqrt(correlation)
  const own = Math.sqrt(1 - correlation)
  const column = () => new Float64Array(bars)
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()]
  let log = Math.log(given.initial_price)
  let price = given.initial_price
  for (let i = 0; i < bars; i++) {
    const sigma = market.sigma[i]
    const drift = (annual_drift + REGIMES[market.regimes[i]].drift - (sigma * sigma) / 2) * dt
    const spread = sigma * Math.sqrt(dt)
    let [top, bottom] = [price, price]
    open[i] = price
    for (let k = 0; k < STEPS; k++) {
      log += drift + spread * (shared * market.moves[i * STEPS + k] + own * random.normal())
      price = Math.exp(log)
      if (price > top) top = price
      if (price < bottom) bottom = price
    }
    high[i] = top
    low[i] = bottom
    close[i] = price
    // In units of the range a path without drift has on average, √(8/π)·σ√Δt (Parkinson 1980).
    const range = Math.log(top / bottom) / (1.596 * spread * Math.sqrt(STEPS))
    volume[i] = ((DAILY_TURNOVER * days) / price) * Math.exp(0.6 * (range - 1) + 0.25 * random.normal())
  }
  return { symbol, interval, calendar, ts, open, high, low, close, volume }
}
