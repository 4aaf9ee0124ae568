/** Two sides put side by side: every part compared, and the verdict. Pure; it does not know where a side comes from. */

import type {
  ComparedEquity,
  ComparedPoint,
  ComparedRows,
  Comparison,
  ComparisonGap,
} from '../../../contracts/types.ts'
import { isoInstant } from '../../base/time.ts'
import { type Curve, type CurvePoint, compareCurves, deepestPoint } from '../../engine/curve-comparison.ts'
import { cellAt, compareRows, type RowColumn, type RowTable } from '../../engine/row-comparison.ts'
import { comparedCode, comparedInputs, comparedMetrics } from './inputs.ts'
import type { Part, Side } from './side.ts'
import { verdictOf } from './verdict.ts'

/** Rows of each kind that are listed; all are counted. */
const LISTED_ROWS = 50

const FILL_KEY = ['timestamp', 'alert_id', 'token', 'symbol']
const TRIAL_KEY = ['variation_id', 'split_name', 'phase']
/** The place of a trial in its sweep, and the name of its run: no other sweep or experiment has the same. */
const TRIAL_NAMES = ['trial', 'run_id']
const WITH_TRIALS: readonly string[] = ['sweep', 'regime_sweep', 'experiment']

/** The comparison of two sides. */
export function comparisonOf(a: Side, b: Side): Comparison {
  const sweeps = [a, b].some(({ about }) => WITH_TRIALS.includes(about.kind))
  const forms = otherForms(a, b)
  const parts = {
    a: a.about,
    b: b.about,
    inputs: comparedInputs(a.inputs, b.inputs, forms === null),
    code: comparedCode(a.code, b.code),
    metrics: comparedMetrics(a, b, forms),
    trades: comparedRows(a.trades, b.trades, { wanted: FILL_KEY, prefer: 'side', otherwise: forms }),
    trials: sweeps
      ? comparedRows(a.trials, b.trials, {
          wanted: TRIAL_KEY,
          beside: TRIAL_NAMES,
          otherwise: otherTrials(a.trials, b.trials),
        })
      : null,
    equity: comparedEquity(a, b),
  }
  const gaps = ([side, from]: ['a' | 'b', Side]): ComparisonGap[] => from.missing.map(gap => ({ side, ...gap }))
  const missing = [...gaps(['a', a]), ...gaps(['b', b])]
  return { schemaVersion: '1.0', ...parts, verdict: verdictOf(parts), missing }
}

/** Why two sides tell fills, figures and configuration in other words; null where they do not. */
function otherForms(a: Side, b: Side): string | null {
  const documents = [a, b].map(({ about }) => about.kind === 'document')
  if (documents[0] === documents[1]) return null
  return `${documents[0] ? 'A' : 'B'} is an exported run, which has its own names for these; compare the runs themselves`
}

/** Trials of one window are none of those by split. */
function otherTrials(a: Part<RowTable>, b: Part<RowTable>): string | null {
  const splits = [a, b].map(part => 'value' in part && part.value.columns.has('split_name'))
  return splits[0] === splits[1]
    ? null
    : `the trials of ${splits[0] ? 'A' : 'B'} are by split, those of ${splits[0] ? 'B' : 'A'} are not`
}

/** Why a part cannot be compared; null where it can. */
function noPart(a: Part<unknown>, b: Part<unknown>): string | null {
  const reasons = ['reason' in a ? `A: ${a.reason}` : [], 'reason' in b ? `B: ${b.reason}` : []].flat()
  return reasons.length === 0 ? null : reasons.join('; ')
}

function filesOf(a: Part<unknown>, b: Part<unknown>): { a: string | null; b: string | null } {
  return { a: 'file' in a ? a.file : null, b: 'file' in b ? b.file : null }
}

/** How rows are matched, and why they cannot be where both are there. */
interface Matching {
  wanted: readonly string[]
  prefer?: string
  beside?: readonly string[]
  otherwise: string | null
}

function comparedRows(a: Part<RowTable>, b: Part<RowTable>, { wanted, otherwise, ...more }: Matching): ComparedRows {
  const [left, right] = ['value' in a ? a.value : null, 'value' in b ? b.value : null]
  const key = wanted.filter(name => left?.columns.has(name) && right?.columns.has(name))
  const bare = {
    files: filesOf(a, b),
    key,
    rowsA: left?.rows ?? 0,
    rowsB: right?.rows ?? 0,
  }
  const reason =
    noPart(a, b) ?? otherwise ?? (key[0] === wanted[0] ? null : `not both have a column ${wanted[0]} to match rows by`)
  if (reason !== null || left === null || right === null) return { comparable: false, reason, ...bare, ...NOTHING }
  const found = compareRows(left, right, { key, listed: LISTED_ROWS, ...more })
  const keyOf = (place: { a: number | null; b: number | null }) =>
    place.a === null ? cells(right, place.b as number, key) : cells(left, place.a, key)
  const { firstDivergence: first, listed, ...counts } = found
  return {
    comparable: true,
    reason: null,
    ...bare,
    ...counts,
    firstDivergence:
      first === null
        ? null
        : {
            state: first.a === null ? 'only_b' : first.b === null ? 'only_a' : 'changed',
            key: keyOf(first),
            rowA: first.a === null ? null : first.a + 1,
            rowB: first.b === null ? null : first.b + 1,
          },
    listed: {
      changed: listed.changed.map(pair => ({
        key: keyOf(pair),
        rowA: pair.a + 1,
        rowB: pair.b + 1,
        fields: pair.fields.map(field => ({
          field,
          a: shown(left.columns.get(field)!, pair.a),
          b: shown(right.columns.get(field)!, pair.b),
        })),
      })),
      onlyA: listed.onlyA.map(row => ({ row: row + 1, cells: cells(left, row, [...left.columns.keys()]) })),
      onlyB: listed.onlyB.map(row => ({ row: row + 1, cells: cells(right, row, [...right.columns.keys()]) })),
    },
  }
}

const NOTHING = {
  ...{ same: 0, changed: 0, onlyA: 0, onlyB: 0, columnsOnlyA: [], columnsOnlyB: [], firstDivergence: null, fields: [] },
  listed: { changed: [], onlyA: [], onlyB: [] },
}

function cells(table: RowTable, row: number, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map(name => [name, shown(table.columns.get(name)!, row)]))
}

function shown(column: RowColumn, row: number): number | string | null {
  const value = cellAt(column, row)
  return column.kind === 'time' && value !== null ? isoInstant(value as number) : value
}

function comparedEquity(a: Side, b: Side): ComparedEquity {
  const reason = noPart(a.equity, b.equity)
  const curves = [a.equity, b.equity].map(part => ('value' in part ? part.value : EMPTY))
  const [left, right] = curves
  const found = compareCurves(...(reason === null ? ([left, right] as const) : ([EMPTY, EMPTY] as const)))
  const { common, onlyA, onlyB, returnCorrelation, trackingError } = found
  const bars = a.periodsPerYear === b.periodsPerYear ? a.periodsPerYear : null
  return {
    ...{ comparable: reason === null, reason, files: filesOf(a.equity, b.equity) },
    ...{ barsA: left.ts.length, barsB: right.ts.length, common, onlyA, onlyB },
    firstUnmatched: found.firstUnmatched === null ? null : isoInstant(found.firstUnmatched),
    firstDifference: pointOf(found.firstDifference),
    maxDifference: pointOf(found.maxDifference),
    finalDifference: pointOf(found.finalDifference),
    returnCorrelation,
    trackingError,
    trackingErrorAnnual: trackingError === null || bars === null ? null : trackingError * Math.sqrt(bars),
    drawdownA: fallOf(left),
    drawdownB: fallOf(right),
  }
}

const EMPTY: Curve = { ts: new Float64Array(0), equity: new Float64Array(0) }

function pointOf(point: CurvePoint | null): ComparedPoint | null {
  return point === null ? null : { at: isoInstant(point.ts), a: point.a, b: point.b, difference: point.b - point.a }
}

function fallOf(curve: Curve): ComparedEquity['drawdownA'] {
  const deepest = deepestPoint(curve)
  return deepest === null ? null : { maxDrawdown: deepest.drawdown, at: isoInstant(deepest.ts) }
}
