/** Trials as rows of the tables: which columns there are, and the cells of one trial. */

import type { SweepMember, SweepRow } from '../../../contracts/types.ts'
import type { StreamType } from '../../base/parquet-stream.ts'
import { type Cell, csvCell } from '../../base/table.ts'
import { trialValues } from '../../sweep/grid.ts'
import { TRIAL_METRICS } from '../../sweep/kernel.ts'
import { pathSegments } from '../../sweep/paths.ts'
import type { PreparedSweep } from './plan.ts'

/** Keys that describe the sweep and not a trial; splits, selection and constraints are columns, as published. */
const STRUCTURE = new Set([
  ...['param_grid', 'parameters', 'universe', 'data', 'method', 'n_trials', 'seed', 'variations'],
  ...['max_concurrency', 'early_abort', 'walk_forward', 'warmup'],
])

const MEMBER = ['ticker', 'dataset_id', 'interval'] as const

/** Columns of experiments.csv, and rows under them. */
export interface RowShape {
  /** Parameters, then metrics. */
  columns: string[]
  /** Values under `columns`, objects as they are; `window` replaces start and end. */
  values(trial: number, figures: Float64Array, window?: { start: string; end: string }): unknown[]
  /** The same as the text of a CSV line, without its end. */
  line(trial: number, figures: Float64Array, window?: { start: string; end: string }): string
  /** The swept parameters alone, and how Parquet stores them. */
  swept: Readonly<Record<string, StreamType>>
  sweptValues(trial: number): Cell[]
}

/** The published columns: given keys in their order, swept parameters that are not among them in the order of their paths, metrics. */
export function rowShape({ sweep, config, plan }: PreparedSweep): RowShape {
  const { space } = plan
  const fixed = Object.keys(sweep.given).filter(key => !STRUCTURE.has(key))
  const paths = space.dimensions.map(({ path }) => path)
  const universe = paths.indexOf('universe')
  const members = universe < 0 ? [] : (space.dimensions[universe].values as readonly SweepMember[])
  const named = MEMBER.filter(key => members.some(member => member[key] !== undefined))
  const added = [...paths.filter(path => path !== 'universe'), ...named].filter(path => !fixed.includes(path))
  const columns = [...fixed, ...added.sort()]
  const base = columns.map(column => valueAt(config, plan.request, column))
  const slots = paths.map(path => columns.indexOf(path))
  const memberSlots = named.map(key => ({ key, slot: columns.indexOf(key) }))
  const [start, end] = ['start', 'end'].map(key => columns.indexOf(key))
  const baseTexts = base.map(value => csvCell(cellOf(value)))
  const texts = space.dimensions.map(({ values }) => new Map(values?.map(value => [value, csvCell(cellOf(value))])))
  return {
    columns: [...columns, ...TRIAL_METRICS],
    values(trial, figures, window) {
      const row = base.slice()
      const values = trialValues(space, trial)
      for (let d = 0; d < slots.length; d++) if (slots[d] >= 0 && values[d] !== undefined) row[slots[d]] = values[d]
      if (universe >= 0)
        for (const { key, slot } of memberSlots) row[slot] = (values[universe] as SweepMember)[key] ?? row[slot]
      if (window !== undefined) {
        if (start >= 0) row[start] = window.start
        if (end >= 0) row[end] = window.end
      }
      for (let metric = 0; metric < figures.length; metric++)
        row.push(Number.isFinite(figures[metric]) ? figures[metric] : null)
      return row
    },
    line(trial, figures, window) {
      const row = baseTexts.slice()
      const values = trialValues(space, trial)
      for (let d = 0; d < slots.length; d++)
        if (slots[d] >= 0 && values[d] !== undefined) row[slots[d]] = texts[d].get(values[d]) ?? String(values[d])
      if (universe >= 0)
        for (const { key, slot } of memberSlots) {
          const own = (values[universe] as SweepMember)[key]
          if (own !== undefined) row[slot] = csvCell(own)
        }
      if (window !== undefined) {
        if (start >= 0) row[start] = window.start
        if (end >= 0) row[end] = window.end
      }
      for (let metric = 0; metric < figures.length; metric++)
        row.push(Number.isFinite(figures[metric]) ? String(figures[metric]) : '')
      return row.join(',')
    },
    swept: Object.fromEntries(space.dimensions.map(({ path, values }) => [path, typeOf(values)])),
    sweptValues: trial => trialValues(space, trial).map(cellOf),
  }
}

/** Values as a JSON object. */
export function rowObject(columns: readonly string[], values: readonly unknown[]): SweepRow {
  return Object.fromEntries(columns.map((column, k) => [column, values[k] ?? null]))
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return value as Cell
}

/** What a trial has where nothing sweeps it. */
function valueAt(config: object, request: object, path: string): unknown {
  let value: unknown = Object.hasOwn(config, path.split('.')[0]) ? config : request
  for (const segment of pathSegments(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return null
    value = (value as Record<string, unknown>)[segment]
  }
  return value
}

function typeOf(values: readonly unknown[] | null): StreamType {
  if (values === null || values.every(value => typeof value === 'number')) return 'double'
  return values.every(value => typeof value === 'boolean') ? 'boolean' : 'text'
}
