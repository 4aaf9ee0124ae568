/** The rows on which each asset has a close, so that "the last n closes up to a day" need no walk over gaps. */

import type { Panel } from '../market/panel.ts'

/** Rows with a close by asset, ascending: those of asset a stand at `rows[offsets[a]]` to `rows[offsets[a + 1] - 1]`. */
export interface CloseHistory {
  offsets: Int32Array
  rows: Int32Array
}

/** Index the closes of a panel. */
export function closeHistory(panel: Panel): CloseHistory {
  const width = panel.assets.length
  const offsets = new Int32Array(width + 1)
  for (let at = 0; at < panel.close.length; at++) if (!Number.isNaN(panel.close[at])) offsets[(at % width) + 1]++
  for (let a = 0; a < width; a++) offsets[a + 1] += offsets[a]
  const rows = new Int32Array(offsets[width])
  const next = offsets.slice(0, width)
  for (let t = 0, at = 0; t < panel.days; t++) {
    for (let a = 0; a < width; a++, at++) if (!Number.isNaN(panel.close[at])) rows[next[a]++] = t
  }
  return { offsets, rows }
}

/** End (exclusive, an index into `history.rows`) of the rows of an asset that are not after day t. */
export function endAsOf(history: CloseHistory, asset: number, t: number): number {
  let low = history.offsets[asset]
  let high = history.offsets[asset + 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (history.rows[middle] <= t) low = middle + 1
    else high = middle
  }
  return low
}

/** Last present value of an asset in a dense table at most `maxAge` days before t; NaN when there is none. */
export function lastKnown(table: Float64Array, width: number, asset: number, t: number, maxAge: number): number {
  for (let row = t; row >= 0 && t - row <= maxAge; row--) {
    const value = table[row * width + asset]
    if (!Number.isNaN(value)) return value
  }
  return Number.NaN
}
