/** Parameter stability: what becomes of the score one step away from the winner. */

import { gridDigits, type TrialSpace } from './grid.ts'

/** A trial that differs from the winner by one step. */
export interface Neighbour {
  /** The parameter that differs; null for drawn trials, which differ in several. */
  path: string | null
  trial: number
}

export interface Stability {
  /** Neighbours with a score. */
  neighbours: number
  /** Scores of the winner and, over its neighbours, the mean and the lowest; null where undefined. */
  winner_score: number | null
  mean_score: number | null
  lowest_score: number | null
  /** mean_score / winner_score for a winner above 0; 1 is a plateau, 0 or less a lonely peak. */
  retention: number | null
  reason: string | null
}

/**
 * The trials beside `winner`. In a grid: one step down and up in each parameter with numbers, the others kept. Among drawn trials: twice as many
 * as there are parameters with numbers, the nearest ones by distance in steps or in shares of the range drawn, other values being equal.
 * None for a batch, whose variations have no order.
 */
export function neighbours(space: TrialSpace, winner: number): Neighbour[] {
  if (space.list !== null) return []
  const numeric = space.dimensions.map(
    ({ values }) => values === null || (values.length > 1 && values.every(value => typeof value === 'number')),
  )
  return space.points === null ? gridNeighbours(space, winner, numeric) : nearest(space, space.points, winner, numeric)
}

/** How the `scores` of the neighbours compare with that of the winner; NaN scores are left out. */
export function stability(winnerScore: number, scores: readonly number[]): Stability {
  const known = scores.filter(score => Number.isFinite(score))
  const winner_score = Number.isFinite(winnerScore) ? winnerScore : null
  if (known.length === 0 || winner_score === null) {
    const reason =
      winner_score === null ? 'the winner has no score' : 'insufficient data: the winner has no neighbours with a score'
    return { neighbours: known.length, winner_score, mean_score: null, lowest_score: null, retention: null, reason }
  }
  const mean_score = known.reduce((total, score) => total + score, 0) / known.length
  const lowest_score = Math.min(...known)
  const positive = winner_score > 0
  return {
    neighbours: known.length,
    winner_score,
    mean_score,
    lowest_score,
    retention: positive ? mean_score / winner_score : null,
    reason: positive ? null : 'the score of the winner is not above 0',
  }
}

function gridNeighbours(space: TrialSpace, winner: number, numeric: readonly boolean[]): Neighbour[] {
  const { dimensions } = space
  const digits = gridDigits(space, winner, [])
  const found: Neighbour[] = []
  // How far apart two trials are that differ by one step of the dimension.
  let stride = space.size
  dimensions.forEach(({ path, texts }, d) => {
    stride /= texts.length
    if (!numeric[d]) return
    if (digits[d] > 0) found.push({ path, trial: winner - stride })
    if (digits[d] < texts.length - 1) found.push({ path, trial: winner + stride })
  })
  return found
}

function nearest(space: TrialSpace, points: Float64Array, winner: number, numeric: readonly boolean[]): Neighbour[] {
  const { dimensions, size } = space
  const width = dimensions.length
  const scales = dimensions.map(({ values }, d) => (values === null ? extent(points, d, width) : values.length - 1))
  const wanted = 2 * numeric.filter(Boolean).length
  const found: { trial: number; distance: number }[] = []
  for (let trial = 0; trial < size; trial++) {
    if (trial === winner) continue
    let distance = 0
    for (let d = 0; d < width; d++) {
      const step = points[trial * width + d] - points[winner * width + d]
      if (numeric[d]) distance += scales[d] > 0 ? (step / scales[d]) * (step / scales[d]) : 0
      else if (step !== 0) distance = Number.POSITIVE_INFINITY
    }
    if (distance === Number.POSITIVE_INFINITY) continue
    if (found.length === wanted && !(distance < found[wanted - 1].distance)) continue
    const place = found.findIndex(other => distance < other.distance)
    found.splice(place < 0 ? found.length : place, 0, { trial, distance })
    if (found.length > wanted) found.pop()
  }
  return found.map(({ trial }) => ({ path: null, trial }))
}

function extent(points: Float64Array, dimension: number, width: number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = dimension; i < points.length; i += width) {
    low = Math.min(low, points[i])
    high = Math.max(high, points[i])
  }
  return high - low
}
