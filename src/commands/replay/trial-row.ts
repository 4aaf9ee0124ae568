/** One trial as trials.parquet of a sweep has it, found by its number or its id. */

import { join } from 'node:path'
import type { ReplayRequest } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { nearest } from '../../base/near.ts'
import { openParquet } from '../../base/parquet.ts'
import type { Column } from '../../base/table.ts'
import { TRIAL_METRICS, type TrialMetric } from '../../sweep/kernel.ts'
import { runIdIn } from '../artifact/folder.ts'

/** Figures by name; null where undefined. */
export type Figures = Record<TrialMetric, number | null>

/** A computed trial; of a walk-forward, in one window. */
export interface TrialRow {
  /** From 0. */
  row: number
  trial: number
  variation_id: string
  split_name?: string
  phase?: 'train' | 'test'
  figures: Figures
}

/** Which window of a walk-forward. */
type Window = Pick<ReplayRequest, 'split' | 'phase'>

/** Figures in the order of TRIAL_METRICS as numbers that JSON can say. */
export function figuresFrom(figures: Float64Array): Figures {
  const entries = TRIAL_METRICS.map((name, k) => [name, Number.isFinite(figures[k]) ? figures[k] : null])
  return Object.fromEntries(entries) as Figures
}

/**
 * The row of a trial in the sweep at `path`. An id comes before a number; of a walk-forward the test of the split, or the training where it was not
 * tested. NOT_FOUND with the nearest id, INVALID_CONFIG where the window is not named or there is none, CONFLICT for a trial that failed.
 */
export async function storedTrial(path: string, asked: string, window: Window): Promise<TrialRow> {
  const file = openParquet(join(path, 'trials.parquet'))
  const walking = file.columns.some(({ name }) => name === 'split_name')
  const extra = walking ? ['split_name', 'phase'] : []
  const { columns, rows } = await file.read(['trial', 'variation_id', ...extra, ...TRIAL_METRICS, 'error'])
  const { trial, variation_id, split_name, phase, error } = columns
  if (!walking && (window.split ?? window.phase) !== undefined) throw noWindows(path, window)
  const named = matching(rows, row => variation_id[row] === asked)
  const found = named.length > 0 ? named : matching(rows, row => String(trial[row]) === asked)
  if (found.length === 0) throw noSuchTrial(path, asked, variation_id)
  const row = walking ? oneWindow(found, asked, window, split_name, phase) : found[0]
  if (error[row] !== null) {
    const message = `Trial ${asked} has no result to compare with: it failed with ${error[row]}`
    throw fail('CONFLICT', { message }, { hint: 'Name a trial that has figures.' })
  }
  return {
    row,
    trial: Number(trial[row]),
    variation_id: String(variation_id[row]),
    ...(walking ? { split_name: String(split_name[row]), phase: phase[row] as 'train' | 'test' } : {}),
    figures: figuresFrom(Float64Array.from(TRIAL_METRICS, name => Number(columns[name][row] ?? Number.NaN))),
  }
}

function matching(rows: number, is: (row: number) => boolean): number[] {
  const found: number[] = []
  for (let row = 0; row < rows; row++) if (is(row)) found.push(row)
  return found
}

function oneWindow(rows: number[], asked: string, { split, phase }: Window, names: Column, phases: Column): number {
  const splits = [...new Set(rows.map(row => String(names[row])))]
  if (split === undefined && splits.length > 1) {
    const message = `Trial ${asked} was computed in ${splits.length} splits: name one as \`split\`.`
    throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/split', message, expected: splits }] })
  }
  const name = split ?? splits[0]
  const there = rows.filter(row => names[row] === name)
  const row = there.find(one => phases[one] === (phase ?? 'test')) ?? (phase === undefined ? there[0] : undefined)
  if (row !== undefined) return row
  const message =
    there.length === 0
      ? `There is no split '${name}'; there are: ${splits.join(', ')}.`
      : `Trial ${asked} was not tested in ${name}: it was not among the best of its training.`
  const pointer = there.length === 0 ? '/params/split' : '/params/phase'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer, message }] })
}

function noWindows(path: string, window: Window): Error {
  const message = `${runIdIn(path)} is no walk-forward: leave split and phase out.`
  const pointer = `/params/${window.split === undefined ? 'phase' : 'split'}`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer, message }] })
}

function noSuchTrial(path: string, asked: string, ids: Column): Error {
  const known = Array.from(ids.slice(0, 10_000) as ArrayLike<unknown>, String)
  const suggestion = nearest(asked, known)
  const message = `${runIdIn(path)} computed no trial ${JSON.stringify(asked)}; trials.parquet lists them by trial and variation_id.`
  const detail = { pointer: '/params/trial', message, ...(suggestion === undefined ? {} : { suggestion }) }
  return fail('NOT_FOUND', { message }, { details: [detail] })
}
