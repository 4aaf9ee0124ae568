/** Limits over all alerts together: asked before each entry, in order of time; they see only what was realised until then. */

import type { RiskModel } from '../../contracts/types.ts'
import { DAY_MS, MINUTE_MS } from '../market/calendar.ts'
import type { Refusal } from './execution.ts'
import { Heap } from './heap.ts'

/** A result that becomes known at `time`; quote currency. */
export interface Settlement {
  time: number
  /** Place of the alert in the order of all, and of the settlement in its alert: ties of time are settled by them. */
  alert: number
  sequence: number
  /** Gain or loss realised. */
  pnl: number
  /** Investment that is free again. */
  released: number
  /** Net result of a trade that is over with this; else null. */
  closed: number | null
}

/** The answer to an entry: what it may invest, or why it may not. */
export type Grant = { budget: number; refusal: null } | { budget: 0; refusal: Refusal }

/** The risk model with what it has seen; times of `ask` must not go back. */
export class RiskGate {
  readonly #model: RiskModel
  /** False where no limit looks beyond the single trade: alerts can then be simulated one by one. */
  readonly coupled: boolean
  readonly #pending = new Heap<Settlement>(isBefore)
  readonly #sent: number[] = []
  #capital: number
  #peak: number
  #halted = false
  #invested = 0
  #day = Number.NaN
  #dayResult = 0
  #streak = 0
  #pausedDay = Number.NaN

  /** `capital` in quote currency. */
  constructor(model: RiskModel | null, capital: number) {
    this.#model = model ?? {}
    const { maxPositionSize: _, ...others } = this.#model
    this.coupled = Object.keys(others).length > 0
    this.#capital = capital
    this.#peak = capital
  }

  /** Note a result that becomes known later. */
  settle(settlement: Settlement): void {
    if (this.coupled) this.#pending.push(settlement)
  }

  /** May an entry be sent at `time` that would invest `wanted`? What is granted counts as invested until it is released. */
  ask(time: number, wanted: number): Grant {
    const size = Math.min(wanted, this.#model.maxPositionSize ?? wanted)
    if (!this.coupled) return { budget: size, refusal: null }
    for (let next = this.#pending.peek(); next !== undefined && next.time <= time; next = this.#pending.peek()) {
      this.#realise(next)
      this.#pending.pop()
    }
    this.#enterDay(time)
    const refusal = this.#refusal(time)
    if (refusal !== null) return { budget: 0, refusal }
    const most = this.#model.maxTotalExposure
    const room = most === undefined ? size : most - this.#invested
    // What is released in parts may sum to a little less than was invested.
    if (most !== undefined && room <= most * 1e-9) return { budget: 0, refusal: 'max_total_exposure' }
    const budget = Math.min(size, room)
    this.#invested += budget
    if (this.#model.tradeThrottle !== undefined) this.#sent.push(time)
    return { budget, refusal: null }
  }

  #refusal(time: number): Refusal | null {
    const { maxLossPerDay, tradeThrottle } = this.#model
    if (this.#halted) return 'max_drawdown'
    if (maxLossPerDay !== undefined && this.#dayResult <= -maxLossPerDay) return 'max_loss_per_day'
    if (this.#pausedDay === this.#day) return 'max_consecutive_losses'
    if (tradeThrottle !== undefined) {
      while (this.#sent.length > 0 && this.#sent[0] <= time - tradeThrottle.windowMinutes * MINUTE_MS)
        this.#sent.shift()
      if (this.#sent.length >= tradeThrottle.maxTrades) return 'trade_throttle'
    }
    return null
  }

  #realise({ time, pnl, released, closed }: Settlement): void {
    this.#enterDay(time)
    this.#invested -= released
    this.#capital += pnl
    this.#dayResult += pnl
    this.#peak = Math.max(this.#peak, this.#capital)
    const { maxDrawdown, maxConsecutiveLosses } = this.#model
    if (maxDrawdown !== undefined && this.#peak - this.#capital >= maxDrawdown * this.#peak) this.#halted = true
    if (closed === null) return
    this.#streak = closed < 0 ? this.#streak + 1 : 0
    if (maxConsecutiveLosses === undefined || this.#streak < maxConsecutiveLosses) return
    this.#pausedDay = this.#day
    this.#streak = 0
  }

  #enterDay(time: number): void {
    const day = Math.floor(time / DAY_MS)
    if (day === this.#day) return
    this.#day = day
    this.#dayResult = 0
  }
}

function isBefore(a: Settlement, b: Settlement): boolean {
  if (a.time !== b.time) return a.time < b.time
  return a.alert !== b.alert ? a.alert < b.alert : a.sequence < b.sequence
}
