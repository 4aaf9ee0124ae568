/** Where two results first differ: metrics, trades and equity, compared to the last bit; pure. */

import type { ResultDifference } from '../../../contracts/types.ts'
import { firstDifferingCell } from '../../base/first-difference.ts'

/** What a run left as its result: the figures of metrics.json, the text of trades.csv, the columns of equity.parquet by name. */
export interface Result {
  metrics: Record<string, unknown>
  trades_csv: string
  equity: Record<string, Float64Array>
  /** The files that these three are of, where they are others. */
  files?: readonly [metrics: string, trades: string, equity: string]
}

const FILES = ['metrics.json', 'trades.csv', 'equity.parquet'] as const

/** The first difference of each file, metrics first; none where the results are equal to the last bit. */
export function differencesOf(original: Result, replay: Result): ResultDifference[] {
  const found = [
    jsonDifference(original.metrics, replay.metrics, ''),
    textDifference(original.trades_csv, replay.trades_csv),
    columnDifference(original.equity, replay.equity),
  ]
  const files = original.files ?? FILES
  return found.flatMap((place, index) => (place === null ? [] : [{ file: files[index], ...place }]))
}

type Place = Omit<ResultDifference, 'file'>

/** First differing value in the order of sorted keys; an absent value reads as null, but differs from null. */
export function jsonDifference(original: unknown, replay: unknown, pointer: string): Place | null {
  if (isTree(original) && isTree(replay) && Array.isArray(original) === Array.isArray(replay)) {
    const keys = Object.keys({ ...original, ...replay }).sort()
    for (const key of keys) {
      const below = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const [a, b] = [(original as Tree)[key], (replay as Tree)[key]]
      const place = jsonDifference(a, b, below)
      if (place !== null) return place
    }
    return null
  }
  return Object.is(original, replay) ? null : { pointer, original: original ?? null, replay: replay ?? null }
}

/** First differing cell of two CSV texts: `/<row>/<column>`, the rows counted from 1 below the header, which is row 0. */
export function textDifference(original: string, replay: string): Place | null {
  if (original === replay) return null
  const [a, b] = [linesOf(original), linesOf(replay)]
  const header = a[0].split(',')
  for (let row = 0; row < Math.min(a.length, b.length); row++) {
    if (a[row] === b[row]) continue
    const [left, right] = [a[row].split(','), b[row].split(',')]
    const first = left.findIndex((cell, index) => cell !== right[index])
    const column = first < 0 ? left.length : first
    return {
      pointer: `/${row}/${header[column] ?? column}`,
      original: left[column] ?? null,
      replay: right[column] ?? null,
    }
  }
  if (a.length !== b.length) return { pointer: '/rows', original: a.length - 1, replay: b.length - 1 }
  return { pointer: '', original: 'other line ends', replay: 'line feeds' }
}

/** First row in which a column differs, and there the first column; NaN, as null is read, equals NaN. */
export function columnDifference(
  original: Record<string, Float64Array>,
  replay: Record<string, Float64Array>,
): Place | null {
  const [first] = Object.keys(original)
  const [rows, others] = [original[first].length, replay[first].length]
  const place = firstDifferingCell(original, replay, Math.min(rows, others))
  if (place === null) return rows === others ? null : { pointer: '/rows', original: rows, replay: others }
  const { row, name } = place
  const values = { original: finiteOrNull(original[name][row]), replay: finiteOrNull(replay[name][row]) }
  return { pointer: `/${row + 1}/${name}`, ...values }
}

type Tree = Record<string, unknown>

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
