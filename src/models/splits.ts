/** Temporal splits of the rows with purge and embargo, and purged walk-forward folds within the training split. */

import { type ErrorDetail, fail } from '../base/errors.ts'

/** Rows are bars, by index; [from, to). */
export interface Rows {
  from: number
  to: number
}

/** One split: bars [begin, end), of which the rows [from, to) are used. */
export interface Split extends Rows {
  begin: number
  end: number
  /** Rows dropped at the end: their targets reach into the next split, or behind the last bar. */
  purged: number
  /** Rows left out at the start. */
  embargoed: number
}

export interface Splits {
  train: Split
  validation: Split
  test: Split
}

/** What the splits are made from, in bars. */
export interface SplitSettings {
  bars: number
  /** First bar at which every feature is defined. */
  warmup: number
  horizon: number
  /** First bars of the validation and test splits. */
  validation: number
  test: number
  /** At least the horizon. */
  purge: number
  embargo: number
}

/** First bars of validation and test, so that they hold these shares of the rows with features and a known target. */
export function boundariesOf(
  { bars, warmup, horizon }: Pick<SplitSettings, 'bars' | 'warmup' | 'horizon'>,
  share: { validation: number; test: number },
): { validation: number; test: number } {
  const usable = Math.max(0, bars - warmup - horizon)
  const test = warmup + Math.floor(usable * (1 - share.test))
  return { validation: warmup + Math.floor(usable * (1 - share.test - share.validation)), test }
}

/** The three splits; a split may be empty, which `requireRows` refuses. */
export function splitsOf({ bars, warmup, horizon, validation, test, purge, embargo }: SplitSettings): Splits {
  const split = (begin: number, end: number, dropped: number, left: number): Split => {
    const from = Math.min(begin + left, end)
    const to = Math.max(from, end - dropped)
    return { begin, end, from, to, purged: end - to, embargoed: from - begin }
  }
  return {
    train: split(Math.min(warmup, validation), validation, purge, 0),
    validation: split(validation, test, purge, embargo),
    test: split(test, bars, horizon, embargo),
  }
}

/** Rows below which validation and test say nothing. */
const LEAST_JUDGED = 20

/** DATA_ERROR naming every split that has too few rows left to fit `features` weights or to judge them. */
export function requireRows(splits: Splits, features: number, horizon: number): void {
  const least = { train: LEAST_JUDGED + 2 * features, validation: LEAST_JUDGED, test: LEAST_JUDGED }
  const details: ErrorDetail[] = []
  for (const name of ['train', 'validation', 'test'] as const) {
    const { begin, end, from, to, purged, embargoed } = splits[name]
    if (to - from >= least[name]) continue
    const bars = Math.max(0, end - begin)
    const why =
      horizon >= bars
        ? `the horizon of ${horizon} bars is as long as the split`
        : `${purged} of its ${bars} bars are purged and ${embargoed} under embargo`
    details.push({
      pointer: name,
      message: `${name} has ${to - from} rows, at least ${least[name]} are needed: ${why}`,
      expected: least[name],
    })
  }
  if (details.length === 0) return
  const message = `Too few rows: ${details.map(detail => detail.message).join('; ')}`
  throw fail('DATA_ERROR', { message }, { details, hint: 'Widen the window, move the splits, or shorten the horizon.' })
}

/**
 * Expanding walk-forward folds: the rows are cut into `count` + 1 blocks of equal length, and each block but the first is judged
 * by what is trained on all rows before it, less the `purge` whose targets reach into it. DATA_ERROR where a fold has too few rows.
 */
export function foldsOf(rows: Rows, count: number, purge: number, features: number): { train: Rows; judged: Rows }[] {
  const edge = (k: number) => rows.from + Math.floor(((rows.to - rows.from) * k) / (count + 1))
  return Array.from({ length: count }, (_, k) => {
    const train = { from: rows.from, to: edge(k + 1) - purge }
    const judged = { from: edge(k + 1), to: edge(k + 2) }
    if (train.to - train.from >= 2 * features + 2 && judged.to > judged.from) return { train, judged }
    const message =
      `Fold ${k + 1} of ${count} would be trained on ${Math.max(0, train.to - train.from)} rows ` +
      `and judged on ${judged.to - judged.from}: too few.`
    throw fail('DATA_ERROR', { message }, { hint: 'Take fewer folds, or a longer training split.' })
  })
}
