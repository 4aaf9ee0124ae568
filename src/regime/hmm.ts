/** Hidden Markov model with diagonal Gaussian states: fitted by expectation–maximisation, read by the forward filter (Rabiner 1989). */

import { Random } from '../base/random.ts'
import type { HiddenMarkovModel, Observations } from './hmm-model.ts'
import { kMeansStart } from './k-means.ts'

export interface HmmFit {
  model: HiddenMarkovModel
  /** Log likelihood before each step and after the last one; never falls. */
  logLikelihood: number[]
  /** Probability of each state given all rows, row-major. */
  smoothed: Float64Array
}

export interface HmmOptions {
  states: number
  seed: number
  /** Independent k-means++ starts; the most likely fit wins, the earlier one among equals. */
  starts?: number
  steps?: number
  /** A start ends once the log likelihood per row rises by no more than this. */
  tolerance?: number
}

/** Smallest variance of a state, for inputs standardised to 1: without a floor a state can shrink onto one row and the likelihood grows without bound. */
const VARIANCE_FLOOR = 1e-3

/** Fit a model to standardised observations; equal arguments give equal bits. Needs at least one row and one dimension. */
export function fitHmm(x: Observations, options: HmmOptions): HmmFit {
  const { states, seed, starts = 10, steps = 200, tolerance = 1e-8 } = options
  const random = new Random(seed)
  const work = newWork(x, states)
  let best: HmmFit | null = null
  for (let start = 0; start < starts; start++) {
    const fit = climb(x, kMeansStart(x, states, random, VARIANCE_FLOOR), steps, tolerance * x.rows, work)
    if (best === null || last(fit.logLikelihood) > last(best.logLikelihood)) best = fit
  }
  return best as HmmFit
}

/** Probability of each state given the rows up to and including each row, row-major: no later row is read. */
export function forwardFilter(x: Observations, model: HiddenMarkovModel): Float64Array {
  const work = newWork(x, model.states)
  emissions(x, model, work)
  forward(x.rows, model, work)
  return work.forward
}

/** Scratch of one fit, allocated once. */
interface Work {
  /** Densities, each row divided by its largest, whose logarithm stands in `peak`. */
  density: Float64Array
  peak: Float64Array
  /** Filtered probabilities, and the factor each row was divided by. */
  forward: Float64Array
  scale: Float64Array
  smoothed: Float64Array
  /** Expected number of transitions. */
  moves: Float64Array
  backward: Float64Array
  next: Float64Array
  /** Weighted sums by state and dimension. */
  weight: Float64Array
  total: Float64Array
  square: Float64Array
  /** Of the density: its constant part and half the inverse variance. */
  constant: Float64Array
  precision: Float64Array
}

function newWork(x: Observations, states: number): Work {
  const table = () => new Float64Array(x.rows * states)
  const parameters = () => new Float64Array(states * x.dims)
  return {
    density: table(),
    peak: new Float64Array(x.rows),
    forward: table(),
    scale: new Float64Array(x.rows),
    smoothed: table(),
    moves: new Float64Array(states * states),
    backward: new Float64Array(states),
    next: new Float64Array(states),
    weight: parameters(),
    total: parameters(),
    square: parameters(),
    constant: parameters(),
    precision: parameters(),
  }
}

function climb(x: Observations, model: HiddenMarkovModel, steps: number, least: number, work: Work): HmmFit {
  const logLikelihood: number[] = []
  for (let step = 0; ; step++) {
    emissions(x, model, work)
    logLikelihood.push(forward(x.rows, model, work))
    smooth(x.rows, model, work)
    const risen = step === 0 || last(logLikelihood) - logLikelihood[step - 1] > least
    if (step === steps || !risen) return { model, logLikelihood, smoothed: Float64Array.from(work.smoothed) }
    maximise(x, model, work)
  }
}

/** Densities of every row in every state; the product runs over the present dimensions only. */
function emissions(x: Observations, model: HiddenMarkovModel, work: Work): void {
  const { states, dims, mean, variance } = model
  const { constant, precision } = work
  for (let i = 0; i < variance.length; i++) {
    constant[i] = 0.5 * Math.log(2 * Math.PI * variance[i])
    precision[i] = 0.5 / variance[i]
  }
  for (let t = 0; t < x.rows; t++) {
    let peak = Number.NEGATIVE_INFINITY
    for (let s = 0; s < states; s++) {
      let log = 0
      for (let d = 0; d < dims; d++) {
        const value = x.values[t * dims + d]
        if (Number.isNaN(value)) continue
        const off = value - mean[s * dims + d]
        log -= constant[s * dims + d] + off * off * precision[s * dims + d]
      }
      work.density[t * states + s] = log
      if (log > peak) peak = log
    }
    work.peak[t] = peak
    for (let s = 0; s < states; s++) work.density[t * states + s] = Math.exp(work.density[t * states + s] - peak)
  }
}

/** Filtered probabilities, scaled row by row; the log likelihood. */
function forward(rows: number, model: HiddenMarkovModel, work: Work): number {
  const { states, initial, transition } = model
  let logLikelihood = 0
  for (let t = 0; t < rows; t++) {
    let total = 0
    for (let j = 0; j < states; j++) {
      let prior = t === 0 ? initial[j] : 0
      if (t > 0)
        for (let i = 0; i < states; i++) prior += work.forward[(t - 1) * states + i] * transition[i * states + j]
      const weight = prior * work.density[t * states + j]
      work.forward[t * states + j] = weight
      total += weight
    }
    work.scale[t] = total
    logLikelihood += Math.log(total) + work.peak[t]
    // Beyond the training rows a state that fits may be out of reach: then the chain starts anew from the row alone.
    if (total === 0)
      for (let j = 0; j < states; j++) total += work.forward[t * states + j] = work.density[t * states + j]
    for (let j = 0; j < states; j++) work.forward[t * states + j] /= total
  }
  return logLikelihood
}

/** Backward pass: probabilities given all rows, and the expected transitions. */
function smooth(rows: number, model: HiddenMarkovModel, work: Work): void {
  const { states, transition } = model
  const { backward, next, smoothed, moves } = work
  moves.fill(0)
  backward.fill(1)
  for (let s = 0; s < states; s++) smoothed[(rows - 1) * states + s] = work.forward[(rows - 1) * states + s]
  for (let t = rows - 2; t >= 0; t--) {
    for (let j = 0; j < states; j++) {
      next[j] = (work.density[(t + 1) * states + j] * backward[j]) / work.scale[t + 1]
    }
    for (let i = 0; i < states; i++) {
      let total = 0
      for (let j = 0; j < states; j++) {
        const step = transition[i * states + j] * next[j]
        total += step
        moves[i * states + j] += work.forward[t * states + i] * step
      }
      backward[i] = total
      smoothed[t * states + i] = work.forward[t * states + i] * total
    }
  }
}

/** Set the parameters to what the expected states and transitions make most likely, variances not below the floor. */
function maximise(x: Observations, model: HiddenMarkovModel, work: Work): void {
  const { states, initial, transition, mean, variance } = model
  const { smoothed, moves } = work
  for (let s = 0; s < states; s++) {
    initial[s] = smoothed[s]
    let leaving = 0
    for (let j = 0; j < states; j++) leaving += moves[s * states + j]
    if (leaving > 0) for (let j = 0; j < states; j++) transition[s * states + j] = moves[s * states + j] / leaving
  }
  const { weight, total, square } = moments(x, states, work)
  for (let i = 0; i < mean.length; i++) {
    // A dimension that a state never saw keeps its parameters: the likelihood does not depend on them.
    if (!(weight[i] > 0)) continue
    mean[i] = total[i] / weight[i]
    // The inputs are standardised, so that the square of the mean takes no digits from the difference.
    variance[i] = Math.max(VARIANCE_FLOOR, square[i] / weight[i] - mean[i] * mean[i])
  }
}

/** Σ p, Σ p·x and Σ p·x² by state and dimension over the present values, p the probability of the state; one pass over the rows. */
function moments(x: Observations, states: number, work: Work) {
  const { dims } = x
  const { smoothed, weight, total, square } = work
  for (const table of [weight, total, square]) table.fill(0)
  for (let t = 0; t < x.rows; t++) {
    for (let d = 0; d < dims; d++) {
      const value = x.values[t * dims + d]
      if (Number.isNaN(value)) continue
      for (let s = 0; s < states; s++) {
        const p = smoothed[t * states + s]
        weight[s * dims + d] += p
        total[s * dims + d] += p * value
        square[s * dims + d] += p * value * value
      }
    }
  }
  return { weight, total, square }
}

function last(values: readonly number[]): number {
  return values[values.length - 1]
}
