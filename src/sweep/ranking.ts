/** Ranks of trials: order, constraints, and the best of any number of trials in bounded memory. */

import { fail } from '../base/errors.ts'
import { TRIAL_METRICS, type TrialMetric } from './kernel.ts'
import { type ChunkResult, figuresOf, type Job, trialOf } from './trials.ts'

/** Metrics to sort by, the first one first; undefined figures come last either way. */
export interface RankOrder {
  sort_by: readonly TrialMetric[]
  /** One per metric. */
  ascending: readonly boolean[]
}

/** The published order of a leaderboard. */
export const PUBLISHED_ORDER: RankOrder = { sort_by: ['sharpe_simple', 'total_return'], ascending: [false, false] }

/** Bounds a trial must keep, both included; an undefined figure keeps none. */
export interface Constraint {
  metric: TrialMetric
  min?: number
  max?: number
}

/** One trial with its figures in the order of TRIAL_METRICS. */
export interface RankedTrial {
  trial: number
  figures: Float64Array
}

/** The order of `sort_by` as given in a request; INVALID_CONFIG for a metric that trials do not have or lists of unequal length. */
export function rankOrder(sort_by: readonly string[], ascending: readonly boolean[]): RankOrder {
  const unknown = sort_by.find(name => !(TRIAL_METRICS as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw fail('INVALID_CONFIG', {
      message: `Cannot sort by '${unknown}'; trials have ${TRIAL_METRICS.join(', ')}.`,
    })
  }
  if (sort_by.length === 0 || sort_by.length !== ascending.length) {
    throw fail('INVALID_CONFIG', {
      message: `sort_by names ${sort_by.length} metrics and ascending ${ascending.length}; both need the same number, at least 1.`,
    })
  }
  return { sort_by: sort_by as readonly TrialMetric[], ascending }
}

/** Negative when `a` ranks before `b`; 0 where they tie in every metric of the order. */
export function comparator({ sort_by, ascending }: RankOrder): (a: Float64Array, b: Float64Array) => number {
  const keys = sort_by.map((name, k) => ({ metric: TRIAL_METRICS.indexOf(name), sign: ascending[k] ? 1 : -1 }))
  return (a, b) => {
    for (const { metric, sign } of keys) {
      const [x, y] = [a[metric], b[metric]]
      if (x === y) continue
      if (Number.isNaN(x) || Number.isNaN(y)) {
        if (Number.isNaN(x) && Number.isNaN(y)) continue
        return Number.isNaN(x) ? 1 : -1
      }
      return x < y ? -sign : sign
    }
    return 0
  }
}

/** Whether figures keep all constraints. */
export function keeps(constraints: readonly Constraint[], figures: Float64Array): boolean {
  return constraints.every(({ metric, min, max }) => {
    const value = figures[TRIAL_METRICS.indexOf(metric)]
    return !((min !== undefined && !(value >= min)) || (max !== undefined && !(value <= max)))
  })
}

/** The best `limit` trials of those added, equal ones in the order they came; memory grows with `limit` only. */
export class Leaderboard {
  readonly #limit: number
  readonly #constraints: readonly Constraint[]
  readonly #order: RankOrder
  readonly #compare: (a: Float64Array, b: Float64Array) => number
  #kept: RankedTrial[] = []
  /** A trial behind this one cannot be among the best any more. */
  #worst: Float64Array | null = null
  /** Trials added, and how many of them kept the constraints. */
  seen = 0
  eligible = 0

  constructor(limit: number, order: RankOrder = PUBLISHED_ORDER, constraints: readonly Constraint[] = []) {
    this.#limit = limit
    this.#constraints = constraints
    this.#order = order
    this.#compare = comparator(order)
  }

  add(trial: number, figures: Float64Array): void {
    this.seen++
    if (!keeps(this.#constraints, figures)) return
    this.eligible++
    if (this.#worst !== null && this.#compare(this.#worst, figures) <= 0) return
    this.#kept.push({ trial, figures })
    if (this.#kept.length >= 2 * this.#limit) this.#trim()
  }

  addChunk(result: ChunkResult, job: Job): void {
    const metric = TRIAL_METRICS.indexOf(this.#order.sort_by[0])
    const column = result.figures.subarray(metric * result.count, (metric + 1) * result.count)
    const ascending = this.#order.ascending[0]
    for (let k = 0; k < result.count; k++) {
      // Most trials of a long sweep are behind the last one kept by their first figure alone.
      const last = this.#worst === null || this.#constraints.length > 0 ? Number.NaN : this.#worst[metric]
      if (ascending ? column[k] > last : column[k] < last) {
        this.seen++
        this.eligible++
      } else this.add(trialOf(job, k), figuresOf(result, k))
    }
  }

  /** Best first. */
  top(): readonly RankedTrial[] {
    this.#trim()
    return this.#kept
  }

  #trim(): void {
    // Array.sort is stable, so ties keep the order of the trials.
    this.#kept.sort((a, b) => this.#compare(a.figures, b.figures))
    this.#kept.length = Math.min(this.#kept.length, this.#limit)
    this.#worst = this.#limit > 0 && this.#kept.length === this.#limit ? this.#kept[this.#limit - 1].figures : null
  }
}
