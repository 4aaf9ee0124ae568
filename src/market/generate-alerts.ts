/**
 * Seeded alerts: calls of tokens by callers of different skill, each with one-minute bars around the call.
 *
 * The log price of a token is a Brownian motion of deviation σ a minute with drift −ασ²/2, so that the greatest multiple M it
 * reaches after the call has a Pareto tail, P(M ≥ x) = x^(−α) for an endless horizon (the maximum of a Brownian motion with
 * negative drift is exponential). α is the caller's: 0.8 (good) to 2.5 (poor). σ is 0.02…0.06 by token. One token in ten is
 * abandoned at some minute after the call: it falls to 3 % and stays near there. Before the call the drift is 0.
 */

import type { Random } from '../base/random.ts'
import type { Bars } from './bars.ts'
import { DAY_MS, MINUTE_MS } from './calendar.ts'
import { stream } from './generate-random.ts'

export interface AlertsParameters {
  /** First day, epoch ms; calls fall into [start, start + days). */
  start: number
  days: number
  alerts: number
  callers: number
  /** Bars from a token's first one up to the call. */
  minutes_before: number
  /** Bars from the minute of the call on. */
  minutes_after: number
}

export interface GeneratedAlert {
  alert_id: string
  /** Instant of the call, epoch ms. */
  ts: number
  token: string
  symbol: string
  chain: string
  venue: string
  caller: string
  /** Open of the minute of the call. */
  price: number
  market_cap: number
  source: string
}

export interface GeneratedAlerts {
  /** Ascending in time. */
  alerts: GeneratedAlert[]
  /** One set of bars for each alert, under its token, in the order of the tokens. */
  candles: Bars[]
}

const CHAINS = [
  {
    name: 'solana',
    share: 0.6,
    length: 43,
    digits: '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
    prefix: '',
  },
  { name: 'ethereum', share: 0.25, length: 40, digits: '0123456789abcdef', prefix: '0x' },
  { name: 'base', share: 0.15, length: 40, digits: '0123456789abcdef', prefix: '0x' },
]
const VENUES = ['telegram', 'discord', 'x']
const SUPPLY = 1e9
const STEPS = 4

/** Alerts with their candles. The same seed and parameters give the same bits everywhere. */
export function generateAlerts(seed: number, given: AlertsParameters): GeneratedAlerts {
  const times = stream(seed, 'times')
  const instants = Float64Array.from(
    { length: given.alerts },
    () => given.start + Math.floor(times.next() * given.days * DAY_MS),
  ).sort()
  const callers = Array.from({ length: given.callers }, (_, i) => callerOf(stream(seed, `caller ${i + 1}`), i + 1))
  const alerts: GeneratedAlert[] = []
  const candles: Bars[] = []
  for (let i = 0; i < given.alerts; i++) {
    const random = stream(seed, `alert ${i + 1}`)
    const caller = callers[random.below(callers.length)]
    const chain = chainOf(random.next())
    const token =
      chain.prefix +
      Array.from({ length: chain.length }, () => chain.digits[random.below(chain.digits.length)]).join('')
    const bars = tokenBars(random, token, instants[i], caller.tail, given)
    const price = (bars.open as Float64Array)[given.minutes_before]
    alerts.push({
      alert_id: `alert-${String(i + 1).padStart(5, '0')}`,
      ts: instants[i],
      token,
      symbol: `TKN${i + 1}`,
      chain: chain.name,
      venue: caller.venue,
      caller: caller.name,
      price,
      market_cap: price * SUPPLY,
      source: 'generated',
    })
    candles.push(bars)
  }
  return { alerts, candles: candles.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)) }
}

function callerOf(random: Random, number: number): { name: string; venue: string; tail: number } {
  const tail = 0.8 + 1.7 * random.next()
  return { name: `caller_${String(number).padStart(2, '0')}`, venue: VENUES[random.below(VENUES.length)], tail }
}

function chainOf(place: number): (typeof CHAINS)[number] {
  let below = 0
  for (const chain of CHAINS) {
    below += chain.share
    if (place < below) return chain
  }
  return CHAINS[0]
}

function tokenBars(random: Random, token: string, instant: number, tail: number, given: AlertsParameters): Bars {
  const { minutes_before: before, minutes_after: after } = given
  const count = before + after
  const sigma = 0.02 + 0.04 * random.next()
  const abandoned = random.next() < 0.1 ? before + 1 + random.below(Math.max(1, after - 1)) : count
  const call = Math.floor(instant / MINUTE_MS) * MINUTE_MS
  const column = () => new Float64Array(count)
  const [ts, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()]
  let log = Math.log(5e-5) + 1.2 * random.normal()
  let price = Math.exp(log)
  for (let i = 0; i < count; i++) {
    const drift = i < before ? 0 : (-tail * sigma * sigma) / 2
    let [top, bottom] = [price, price]
    ts[i] = call + (i - before) * MINUTE_MS
    open[i] = price
    for (let k = 0; k < STEPS; k++) {
      log += drift / STEPS + (sigma / Math.sqrt(STEPS)) * random.normal()
      if (i === abandoned && k === 0) log += Math.log(0.03)
      price = Math.exp(log)
      if (price > top) top = price
      if (price < bottom) bottom = price
    }
    high[i] = top
    low[i] = bottom
    close[i] = price
    const quote = i > abandoned ? 20 : 2_000 * (1 + 40 * Math.log(top / bottom))
    volume[i] = (quote * Math.exp(0.5 * random.normal())) / price
  }
  return { symbol: token, interval: '1m', calendar: 'crypto', ts, open, high, low, close, volume }
}
