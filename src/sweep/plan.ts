/** What a sweep is made of, as plain data that threads can share: bars, windows, base request, parameter space. */

import type { ErrorCode } from '../base/errors.ts'
import { fail } from '../base/errors.ts'
import type { Costs } from '../engine/costs.ts'
import { type Bars, firstBarAt } from '../market/bars.ts'
import type { Execution } from '../strategies/strategy.ts'
import { type TrialSpace, trialValues } from './grid.ts'
import { pathSegments, withValue } from './paths.ts'

/** The part of a request that decides a trial; every default is filled in. */
export interface TrialRequest extends Costs {
  strategy: string
  strategy_params: Record<string, unknown>
  execution: Execution
  /** Cash of the paper broker, quote currency. */
  initial_cash: number
}

/** Bars [from, to) of a data set. */
export interface Frame {
  dataset: number
  from: number
  to: number
}

/** Where the bars of the warm-up come from: the beginning of the window, as published, or the bars before it. */
export type Warmup = 'inside' | 'prefetch'

/** One pass over the trials, e.g. the training window of a split. */
export interface Stage {
  name: string
  /** One per selection of data, see `SweepPlan.selections`. */
  frames: readonly Frame[]
  warmup: Warmup
}

export interface SweepPlan {
  request: TrialRequest
  /** Complete default parameters by strategy, for a sweep over strategies. */
  defaults: Record<string, Record<string, unknown>>
  space: TrialSpace
  /** Where each dimension goes in the request; empty for one that selects data. */
  places: readonly (readonly string[])[]
  datasets: readonly Bars[]
  /** Number of the frame by the JSON array of the values of the dimensions that select data; null where none does. */
  selections: Record<string, number> | null
  stages: readonly Stage[]
}

/** What the caller knows before the plan. */
export interface PlanInput {
  request: TrialRequest
  space: TrialSpace
  /** Copied into shared memory; the columns of one that is there already are kept. */
  datasets: readonly Bars[]
  stages: readonly Stage[]
  defaults?: Record<string, Record<string, unknown>>
  /** Other names of places in the request, e.g. a published flat parameter: path → path. */
  aliases?: Record<string, string>
  /** Paths that choose the data, such as ticker: their values must all be in `selections`. */
  dataPaths?: readonly string[]
  selections?: Record<string, number>
}

/** Put a plan together; INVALID_CONFIG where a path leads nowhere in the request. */
export function sweepPlan(input: PlanInput): SweepPlan {
  const { request, space, stages, defaults = {}, aliases = {}, dataPaths = [], selections = {} } = input
  const places = space.dimensions.map(({ path }) =>
    dataPaths.includes(path) ? [] : pathSegments(Object.hasOwn(aliases, path) ? aliases[path] : path),
  )
  const selecting = space.dimensions.some(({ path }) => dataPaths.includes(path))
  const plan = {
    request,
    defaults,
    space,
    places,
    datasets: input.datasets.map(shareBars),
    selections: selecting ? selections : null,
    stages,
  }
  // Paths are wrong for all trials or for none, but for a batch, where each variation has its own, and where the strategy varies.
  for (let trial = 0; trial < (space.list === null ? 1 : space.size); trial++) trialSettings(plan, trial)
  return plan
}

/** The request of one trial and the number of its frame. */
export function trialSettings(plan: SweepPlan, trial: number): { request: TrialRequest; selection: number } {
  const { space, places, selections, defaults } = plan
  const values = trialValues(space, trial)
  let request = plan.request
  const data: unknown[] = []
  // The strategy goes first, because it brings the parameters that other paths lead into.
  for (let d = 0; d < values.length; d++) {
    if (places[d].length === 1 && places[d][0] === 'strategy' && values[d] !== undefined) {
      const strategy = values[d] as string
      request = { ...request, strategy, strategy_params: defaults[strategy] ?? {} }
    }
  }
  for (let d = 0; d < values.length; d++) {
    const place = places[d]
    if (place.length === 0) data.push(values[d] ?? null)
    else if (values[d] !== undefined && !(place.length === 1 && place[0] === 'strategy'))
      request = withValue(request, place, values[d])
  }
  if (selections === null) return { request, selection: 0 }
  const key = JSON.stringify(data)
  if (!Object.hasOwn(selections, key))
    throw fail('INVALID_CONFIG', { message: `No data were opened for ${key} of trial ${trial}.` })
  return { request, selection: selections[key] }
}

/** Bars whose columns lie in shared memory, so that threads read them without a copy. */
export function shareBars(bars: Bars): Bars {
  const share = (column: Float64Array): Float64Array => {
    if (column.buffer instanceof SharedArrayBuffer) return column
    const shared = new Float64Array(new SharedArrayBuffer(column.byteLength))
    shared.set(column)
    return shared
  }
  const maybe = (column: Float64Array | null) => (column === null ? null : share(column))
  const { open, high, low, volume } = bars
  return {
    ...bars,
    ts: share(bars.ts),
    close: share(bars.close),
    open: maybe(open),
    high: maybe(high),
    low: maybe(low),
    volume: maybe(volume),
  }
}

/** The bars of data set `dataset` from `start` (inclusive) to `end` (exclusive), epoch ms. */
export function frameBetween(datasets: readonly Bars[], dataset: number, start: number, end: number): Frame {
  const { ts } = datasets[dataset]
  return { dataset, from: firstBarAt(ts, start), to: firstBarAt(ts, end) }
}

/** A trial that could not be computed; its figures are NaN. */
export interface TrialFailure {
  trial: number
  code: ErrorCode
  message: string
}
