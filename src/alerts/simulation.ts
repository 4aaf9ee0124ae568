/** All alerts of a run: fed in order of time, driven so that limits over all of them are asked in order of time too. */

import type { RiskModel } from '../../contracts/types.ts'
import { type Bars, firstBarAt } from '../market/bars.ts'
import { intervalMs } from '../market/calendar.ts'
import { type Alert, inOrder } from './alert.ts'
import { AlertRun, type Trade } from './alert-run.ts'
import { type CallFacts, callFacts } from './calls.ts'
import { CausalCandles } from './candles.ts'
import { Curve, type CurveColumns } from './curve.ts'
import { alertStream } from './draws.ts'
import { isRandom, type Order, type Terms } from './execution.ts'
import { Heap } from './heap.ts'
import { RiskGate } from './risk.ts'
import type { Rules } from './rules.ts'

/** Everything that decides a simulation besides alerts and candles. */
export interface SimulationSettings {
  rules: Rules
  terms: Terms
  risk: RiskModel | null
  seed: number
  /** Bar size of the curve, ms. */
  step: number
}

/** What became of one alert. */
export interface AlertOutcome {
  alert: Alert
  /** `no_candles`: its token has none in the window. `no_trade`: no entry was filled. */
  status: 'traded' | 'no_trade' | 'no_candles'
  call: CallFacts | null
  orders: readonly Order[]
  trades: readonly Trade[]
  /** Result of all orders, quote currency: failed ones included, which belong to no trade. */
  net: number
}

/** A finished simulation. */
export interface Simulated {
  /** In the order of the alerts. */
  outcomes: AlertOutcome[]
  curve: CurveColumns
  /** Sum of all purses, quote currency. */
  capital: number
}

interface Running {
  run: AlertRun
  at: number
  bars: Bars
  interval: number
  call: CallFacts
}

/** A simulation that is fed one alert after the other; it holds the candles of an alert only while that runs. */
export class Simulation {
  readonly #settings: SimulationSettings
  readonly #random: boolean
  readonly #gate: RiskGate
  readonly #curve: Curve
  readonly #capital: number
  readonly #outcomes: AlertOutcome[] = []
  readonly #running = new Heap<Running>(isEarlier)
  #admitted = 0
  #clock = Number.NEGATIVE_INFINITY

  /** `alerts` is how many will be admitted, `first` the time of the first; each brings a purse. */
  constructor(settings: SimulationSettings, alerts: number, first: number) {
    this.#settings = settings
    this.#random = isRandom(settings.terms.execution)
    this.#capital = alerts * settings.rules.stake
    this.#gate = new RiskGate(settings.risk, this.#capital)
    this.#curve = new Curve(settings.step, first, this.#capital, alerts)
  }

  /** Take the next alert in, with the candles of its token (null: there are none). Alerts come in the order of `inOrder`. */
  admit(alert: Alert, bars: Bars | null): void {
    if (alert.ts < this.#clock) throw new Error(`alert ${alert.alert_id} comes before the one admitted last`)
    this.#clock = alert.ts
    this.#advance(alert.ts)
    const at = this.#admitted++
    const interval = bars === null ? 0 : intervalMs(bars.interval)
    if (bars === null || !hasCandles(alert, bars, interval, this.#settings.rules.window)) {
      this.#outcomes[at] = { alert, status: 'no_candles', call: null, orders: [], trades: [], net: 0 }
      return
    }
    const { rules, terms, seed } = this.#settings
    const call = callFacts(alert, bars, interval, rules.window)
    const random = this.#random ? alertStream(seed, alert.alert_id) : null
    let sequence = 0
    const run = new AlertRun(alert, new CausalCandles(bars, interval), rules, terms, random, settlement =>
      this.#gate.settle({ ...settlement, alert: at, sequence: sequence++ }),
    )
    const running = { run, at, bars, interval, call }
    if (this.#gate.coupled) this.#wait(running)
    else {
      while (run.entryAt < Number.POSITIVE_INFINITY) this.#enter(run)
      this.#finish(running)
    }
  }

  /** Everything to its end. */
  result(): Simulated {
    this.#advance(Number.POSITIVE_INFINITY)
    return { outcomes: this.#outcomes, curve: this.#curve.columns(), capital: this.#capital }
  }

  /** Carry out every entry before `time`: whoever comes later cannot be asked before. */
  #advance(time: number): void {
    for (
      let first = this.#running.peek();
      first !== undefined && first.run.entryAt < time;
      first = this.#running.peek()
    ) {
      this.#running.pop()
      this.#enter(first.run)
      this.#wait(first)
    }
  }

  #enter(run: AlertRun): void {
    run.enter(this.#gate.ask(run.entryAt, run.wanted))
  }

  #wait(running: Running): void {
    if (running.run.entryAt < Number.POSITIVE_INFINITY) this.#running.push(running)
    else this.#finish(running)
  }

  #finish({ run, at, bars, interval, call }: Running): void {
    const { alert, orders, trades } = run
    this.#curve.addOrders(orders, bars, interval)
    if (call.price > 0) this.#curve.addCall(alert, call.price, bars, interval, this.#settings.rules.window)
    const status = trades.length > 0 ? 'traded' : 'no_trade'
    this.#outcomes[at] = { alert, status, call, orders, trades, net: netOf(orders) }
  }
}

/** Simulate alerts in any order; `candlesOf` gives the candles of an alert's token. For data that is in memory. */
export function simulate(
  alerts: readonly Alert[],
  candlesOf: (alert: Alert) => Bars | null,
  settings: SimulationSettings,
): Simulated {
  const ordered = inOrder(alerts)
  const simulation = new Simulation(settings, ordered.length, ordered[0]?.ts ?? 0)
  for (const alert of ordered) simulation.admit(alert, candlesOf(alert))
  return simulation.result()
}

/** True where a candle closes at the call or after it, before the window ends. */
function hasCandles(alert: Alert, { ts }: Bars, interval: number, window: number): boolean {
  const first = firstBarAt(ts, alert.ts - interval)
  return first < ts.length && ts[first] + interval < alert.ts + window
}

function netOf(orders: readonly Order[]): number {
  let net = 0
  for (const { side, value, fee } of orders) {
    if (!Number.isNaN(value)) net += side === 'SELL' ? value : -value
    net -= fee
  }
  return net
}

function isEarlier(a: Running, b: Running): boolean {
  return a.run.entryAt !== b.run.entryAt ? a.run.entryAt < b.run.entryAt : a.at < b.at
}
