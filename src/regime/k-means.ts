/** Starting point of the hidden Markov model: k-means with k-means++ seeds (Arthur & Vassilvitskii 2007). */

import type { Random } from '../base/random.ts'
import type { HiddenMarkovModel, Observations } from './hmm-model.ts'

/** Rounds of reassignment; a start need not be converged. */
const ROUNDS = 20
/** Chance that a state stays before anything is known about it. */
const STAY = 0.9

/** A model whose states are the clusters of the rows; absent values count as the mean of the whole, 0, for clustering only. */
export function kMeansStart(x: Observations, states: number, random: Random, varianceFloor: number): HiddenMarkovModel {
  const { dims } = x
  const centres = seeds(x, states, random)
  const member = new Int32Array(x.rows)
  for (let round = 0; round < ROUNDS; round++) {
    let changed = round === 0
    for (let t = 0; t < x.rows; t++) {
      const nearest = nearestCentre(x, t, centres, states)
      if (nearest !== member[t]) changed = true
      member[t] = nearest
    }
    if (!changed) break
    recentre(x, member, centres, states)
  }
  const variance = new Float64Array(states * dims).fill(1)
  const model: HiddenMarkovModel = {
    states,
    dims,
    initial: new Float64Array(states).fill(1 / states),
    transition: new Float64Array(states * states).fill(states > 1 ? (1 - STAY) / (states - 1) : 1),
    mean: centres,
    variance,
  }
  if (states > 1) for (let s = 0; s < states; s++) model.transition[s * states + s] = STAY
  spread(x, member, model, varianceFloor)
  return model
}

/** Rows as centres, each drawn with a chance in proportion to its squared distance from the nearest one already drawn. */
function seeds(x: Observations, states: number, random: Random): Float64Array {
  const { dims, rows } = x
  const centres = new Float64Array(states * dims)
  const distance = new Float64Array(rows).fill(1)
  for (let s = 0; s < states; s++) {
    let total = 0
    for (let t = 0; t < rows; t++) total += distance[t]
    let left = random.next() * total
    let row = 0
    while (row < rows - 1 && left >= distance[row]) left -= distance[row++]
    for (let d = 0; d < dims; d++) centres[s * dims + d] = x.values[row * dims + d] || 0
    for (let t = 0; t < rows; t++) {
      const own = squaredDistance(x, t, centres, s)
      distance[t] = s === 0 ? own : Math.min(distance[t], own)
    }
  }
  return centres
}

function squaredDistance(x: Observations, t: number, centres: Float64Array, s: number): number {
  let total = 0
  for (let d = 0; d < x.dims; d++) {
    const off = (x.values[t * x.dims + d] || 0) - centres[s * x.dims + d]
    total += off * off
  }
  return total
}

function nearestCentre(x: Observations, t: number, centres: Float64Array, states: number): number {
  let nearest = 0
  let least = Number.POSITIVE_INFINITY
  for (let s = 0; s < states; s++) {
    const own = squaredDistance(x, t, centres, s)
    if (own >= least) continue
    nearest = s
    least = own
  }
  return nearest
}

/** Move each centre to the mean of its rows; one without rows stays. */
function recentre(x: Observations, member: Int32Array, centres: Float64Array, states: number): void {
  const { dims } = x
  const totals = new Float64Array(states * dims)
  const counts = new Int32Array(states)
  for (let t = 0; t < x.rows; t++) {
    counts[member[t]]++
    for (let d = 0; d < dims; d++) totals[member[t] * dims + d] += x.values[t * dims + d] || 0
  }
  for (let i = 0; i < centres.length; i++) {
    const count = counts[Math.floor(i / dims)]
    if (count > 0) centres[i] = totals[i] / count
  }
}

function spread(x: Observations, member: Int32Array, model: HiddenMarkovModel, floor: number): void {
  const { dims, states, mean, variance } = model
  const squares = new Float64Array(states * dims)
  const counts = new Int32Array(states)
  for (let t = 0; t < x.rows; t++) {
    counts[member[t]]++
    for (let d = 0; d < dims; d++) {
      const off = (x.values[t * dims + d] || 0) - mean[member[t] * dims + d]
      squares[member[t] * dims + d] += off * off
    }
  }
  for (let i = 0; i < squares.length; i++) {
    const count = counts[Math.floor(i / dims)]
    // One row has no spread of its own: it keeps the variance of the standardised whole.
    if (count > 1) variance[i] = Math.max(floor, squares[i] / count)
  }
}
