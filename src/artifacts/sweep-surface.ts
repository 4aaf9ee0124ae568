/** What a sweep's trials look like over its parameters: axes of categories or bins, and mean scores over pairs of them. Pure. */

import type { Column } from '../base/table.ts'

/** One swept parameter as places along an axis. */
export interface SweepAxis {
  name: string
  /** Text of each place, ascending. */
  labels: string[]
  /** Place of each trial. */
  places: Int32Array
  /** How much of the scores' variance lies between the places: 0 to 1. */
  influence: number
}

/** Mean scores over two axes; NaN where no trial with a score lies. */
export interface SweepSurface {
  x: SweepAxis
  y: SweepAxis
  /** Row by row of `y`, `y.labels.length × x.labels.length`. */
  means: Float64Array
  counts: Int32Array
}

/** Values that an axis shows one by one; numbers beyond that fall into bins. */
const MOST_VALUES = 40
const BINS = 20

/** The axes of parameters that vary, most influential first; a text with more than 40 values is no axis. */
export function sweepAxes(columns: Readonly<Record<string, Column>>, scores: Float64Array): SweepAxis[] {
  const axes = Object.entries(columns).flatMap(([name, column]) => axisOf(name, column, scores) ?? [])
  return axes.sort((a, b) => b.influence - a.influence || (a.name < b.name ? -1 : 1))
}

/** Mean score of the trials in each cell of two axes; undefined scores are left out. */
export function sweepSurface(x: SweepAxis, y: SweepAxis, scores: Float64Array): SweepSurface {
  const width = x.labels.length
  const means = new Float64Array(width * y.labels.length)
  const counts = new Int32Array(means.length)
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) continue
    const cell = y.places[i] * width + x.places[i]
    means[cell] += scores[i]
    counts[cell]++
  }
  for (let cell = 0; cell < means.length; cell++)
    means[cell] = counts[cell] === 0 ? Number.NaN : means[cell] / counts[cell]
  return { x, y, means, counts }
}

function axisOf(name: string, column: Column, scores: Float64Array): SweepAxis | null {
  const distinct = new Set<unknown>()
  for (let i = 0; i < column.length && distinct.size <= MOST_VALUES; i++) distinct.add(column[i])
  const numeric = column instanceof Float64Array
  if (distinct.size < 2 || (distinct.size > MOST_VALUES && !numeric)) return null
  const { labels, places } =
    distinct.size > MOST_VALUES ? binned(column as Float64Array) : listed(column, [...distinct])
  return labels.length < 2 ? null : { name, labels, places, influence: influenceOf(places, labels.length, scores) }
}

function listed(column: Column, distinct: unknown[]): Pick<SweepAxis, 'labels' | 'places'> {
  const sorted = distinct.sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  )
  const place = new Map(sorted.map((value, k) => [value, k]))
  const labels = sorted.map(value => (value === null || Number.isNaN(value) ? '–' : String(value)))
  return { labels, places: Int32Array.from(column as ArrayLike<unknown>, value => place.get(value) as number) }
}

function binned(column: Float64Array): Pick<SweepAxis, 'labels' | 'places'> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of column) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const step = (high - low) / BINS
  const labels = Array.from({ length: BINS }, (_, k) => `${short(low + k * step)}–${short(low + (k + 1) * step)}`)
  return { labels, places: Int32Array.from(column, value => Math.min(BINS - 1, Math.floor((value - low) / step))) }
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** Variance of the mean scores of the places over the variance of all scores. */
function influenceOf(places: Int32Array, count: number, scores: Float64Array): number {
  const [sums, counts] = [new Float64Array(count), new Int32Array(count)]
  let [total, squares, known] = [0, 0, 0]
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) continue
    sums[places[i]] += scores[i]
    counts[places[i]]++
    total += scores[i]
    squares += scores[i] * scores[i]
    known++
  }
  const mean = total / known
  const variance = squares / known - mean * mean
  if (!(variance > 0)) return 0
  let between = 0
  for (let k = 0; k < count; k++)
    if (counts[k] > 0) between += (counts[k] * (sums[k] / counts[k] - mean) * (sums[k] / counts[k] - mean)) / known
  return Math.min(1, between / variance)
}
