/** Least squares by Householder reflections and symmetric systems by Cholesky; a system without a unique solution gives NaN. */

import type { Sample } from './sample.ts'

/** A column counts as a combination of those before it when less than this share of its length is left. */
const DEPENDENT = 1e-12

/**
 * Coefficients b minimising |y − Σ bⱼ·columnsⱼ|² + Σ ridgeⱼ·bⱼ² (an intercept is a column of ones). `ridge` is one penalty ≥ 0
 * for all columns or one for each (0 leaves the intercept alone). All NaN when the columns are linearly dependent or
 * fewer rows than columns are given. Householder QR (Golub & Van Loan §5.3), the penalty as extra rows √ridge.
 */
export function leastSquares(
  columns: readonly Sample[],
  y: Sample,
  options: { ridge?: number | readonly number[] } = {},
): Float64Array {
  const count = columns.length
  const penalty = (j: number) => (typeof options.ridge === 'number' ? options.ridge : (options.ridge?.[j] ?? 0))
  const rows = y.length + (options.ridge === undefined ? 0 : count)
  if (rows < count) return new Float64Array(count).fill(Number.NaN)
  const a = columns.map((column, j) => {
    const copy = new Float64Array(rows)
    copy.set(column)
    if (rows > y.length) copy[y.length + j] = Math.sqrt(penalty(j))
    return copy
  })
  const right = new Float64Array(rows)
  right.set(y)
  const diagonal = new Float64Array(count)
  for (let j = 0; j < count; j++) {
    const length = Math.sqrt(dot(a[j], a[j], 0))
    diagonal[j] = reflect(a, right, j)
    if (!(Math.abs(diagonal[j]) > DEPENDENT * length)) return diagonal.fill(Number.NaN)
  }
  for (let j = count - 1; j >= 0; j--) {
    let value = right[j]
    for (let k = j + 1; k < count; k++) value -= a[k][j] * diagonal[k]
    // Solved from the last, a diagonal entry is read once and then holds the coefficient.
    diagonal[j] = value / diagonal[j]
  }
  return diagonal
}

/**
 * Solution x of A·x = b for a symmetric positive definite A (n × n, row by row, the lower triangle is read), by Cholesky's
 * A = L·Lᵀ. All NaN when A is not positive definite to working precision. Arguments are not changed.
 */
export function solveSymmetric(matrix: Sample, b: Sample): Float64Array {
  const n = b.length
  const lower = Float64Array.from(matrix)
  const x = Float64Array.from(b)
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let value = lower[i * n + j]
      for (let k = 0; k < j; k++) value -= lower[i * n + k] * lower[j * n + k]
      if (i > j) lower[i * n + j] = value / lower[j * n + j]
      else if (value > 1e-14 * matrix[j * n + j]) lower[j * n + j] = Math.sqrt(value)
      else return x.fill(Number.NaN)
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i * n + k] * x[k]
    x[i] /= lower[i * n + i]
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lower[k * n + i] * x[k]
    x[i] /= lower[i * n + i]
  }
  return x
}

/** Reflect column j onto its diagonal and apply the same reflection to the columns right of it and to the right side; the diagonal entry. */
function reflect(a: Float64Array[], right: Float64Array, j: number): number {
  const pivot = a[j]
  const norm = Math.sqrt(dot(pivot, pivot, j))
  if (norm === 0) return 0
  // The sign that adds, so that nothing cancels.
  const diagonal = pivot[j] > 0 ? -norm : norm
  pivot[j] -= diagonal
  const half = dot(pivot, pivot, j) / 2
  for (let k = j + 1; k < a.length; k++) subtractProjection(a[k], pivot, j, half)
  subtractProjection(right, pivot, j, half)
  return diagonal
}

function subtractProjection(target: Float64Array, direction: Float64Array, from: number, half: number): void {
  const share = dot(target, direction, from) / half
  for (let i = from; i < target.length; i++) target[i] -= share * direction[i]
}

function dot(x: Float64Array, y: Float64Array, from: number): number {
  let total = 0
  for (let i = from; i < x.length; i++) total += x[i] * y[i]
  return total
}
