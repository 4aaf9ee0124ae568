/**
 * Content hashes of bars: SHA-256 over the columns, not over a file, so that the same numbers have the same hash in any file
 * format. One column is its name in UTF-8, one zero byte, then its values as little-endian float64 with one NaN pattern;
 * the columns follow each other in the order ts, open, high, low, close, volume, each only where present.
 */

import { createHash } from 'node:crypto'
import { float64Bytes, hashOf } from '../base/canonical.ts'
import type { Bars } from '../market/bars.ts'
import { VALUE_COLUMNS } from './columns.ts'

/** SHA-256 (lower-case hex) of the columns of these bars: of one symbol's file, or of the bars a run read in [start, end). */
export function snapshotHash(bars: Bars): string {
  const hash = createHash('sha256')
  for (const name of ['ts', ...VALUE_COLUMNS] as const) {
    const column = bars[name]
    if (column !== null) hash.update(`${name}\0`).update(float64Bytes(column))
  }
  return hash.digest('hex')
}

/** SHA-256 of a whole dataset: the canonical JSON of its symbols in code-point order with the hash of each one's columns. */
export function contentHash(symbols: readonly { symbol: string; content_hash: string }[]): string {
  return hashOf({ _t: 'dataset.content', v: 1, symbols: symbols.map(entry => [entry.symbol, entry.content_hash]) })
}
