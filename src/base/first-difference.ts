/** The first row in which two sets of columns differ. */

/** A place in columns: row from 0, and the first column that differs there. */
export interface CellPlace {
  row: number
  name: string
}

/** First differing cell of the first `rows` rows, row by row; NaN, as null is read, equals NaN, infinities of `b` read as null. */
export function firstDifferingCell(
  a: Record<string, Float64Array>,
  b: Record<string, Float64Array>,
  rows: number,
): CellPlace | null {
  const names = Object.keys(a)
  for (let row = 0; row < rows; row++) {
    for (const name of names) {
      const value = b[name][row]
      if (!Object.is(a[name][row], Number.isFinite(value) ? value : Number.NaN)) return { row, name }
    }
  }
  return null
}
