/** `runset diff` with metrics: one SELECT over the artifacts of either side, and what its figures differ in. */

import type { RunsetDiffRequest, RunsetMetricsDifference, RunsetMetricsRow } from '../../../contracts/types.ts'
import { canonicalJson } from '../../base/canonical.ts'
import type { SelectAnswer } from '../../base/duckdb.ts'
import { fail } from '../../base/errors.ts'
import { generalNumber } from '../../base/markdown.ts'
import type { LabRunSet } from '../../registry/lab-source.ts'
import { findReference } from '../../registry/reference.ts'
import { evaluate } from '../../registry/resolve.ts'
import { getRunSet } from '../../registry/runsets.ts'
import type { Context } from '../command.ts'
import { labAnswers } from '../lab/setting.ts'
import { SUMMARY_SQL } from '../lab/templates.ts'
import { stampOf } from '../registry/registration.ts'

const ROWS = 10_000

/** Metrics of two answers; without `b`, of the second as the selection of `a` resolves now. INVALID_CONFIG for SQL that cannot be compared. */
export async function metricsDifference(
  { a, b, metrics, timeout, memory }: RunsetDiffRequest & { metrics: string },
  context: Context,
): Promise<RunsetMetricsDifference> {
  const sql = metrics === 'summary' ? SUMMARY_SQL : metrics
  const sides = [
    await answeredSide(a, context),
    b === undefined ? await sideNow(a, context) : await answeredSide(b, context),
  ]
  const limits = { timeout, memory, no_verify: false }
  const [before, after] = await Promise.all(
    sides.map(
      async side => (await labAnswers([side], [{ name: 'metrics', sql, values: {} }], limits, ROWS, context))[0],
    ),
  )
  return differenceOf(sql, before, after)
}

/** The answer that a reference stands for. */
async function answeredSide(reference: string, { root }: Context): Promise<LabRunSet> {
  const { spec, resolution } = await getRunSet(root, reference)
  if (resolution === undefined) throw fail('CONFLICT', { message: `RunSet was never resolved: ${reference}` })
  return { reference, spec, resolution }
}

/** The answer that a selection gives now; nothing of it is recorded. */
async function sideNow(reference: string, context: Context): Promise<LabRunSet> {
  const { state } = await findReference(context.root, reference)
  const { spec } = await getRunSet(context.root, reference)
  const { resolution } = await evaluate(context.root, state, stampOf(context))
  return { reference: `${reference} now`, spec, resolution }
}

/** Columns whose cells are numbers on both sides are figures, all others tell the rows apart. */
function differenceOf(sql: string, before: SelectAnswer, after: SelectAnswer): RunsetMetricsDifference {
  if (before.truncated !== null || after.truncated !== null) throw refused(`it answers more than ${ROWS} rows`)
  const names = before.columns.map(({ name }) => name)
  const isFigure = names.map((_, at) => isNumeric(before, at) && isNumeric(after, at))
  const [left, right] = [rowsByKey(before, isFigure), rowsByKey(after, isFigure)]
  const keys = [...left.keys(), ...[...right.keys()].filter(key => !left.has(key))]
  const rows = keys.map(key => rowOf(left.get(key), right.get(key)))
  const named = (figures: boolean) => names.filter((_, at) => isFigure[at] === figures)
  return { sql, keys: named(false), figures: named(true), rows }
}

interface Side {
  key: unknown[]
  figures: (number | null)[]
}

/** A column of nulls alone is a figure that is undefined everywhere, unless it is text by its type. */
function isNumeric({ columns, rows }: SelectAnswer, at: number): boolean {
  if (!rows.every(row => row[at] === null || typeof row[at] === 'number')) return false
  return rows.some(row => row[at] !== null) || NUMERIC.test(columns[at].type)
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/

function rowsByKey({ rows }: SelectAnswer, isFigure: readonly boolean[]): Map<string, Side> {
  const sides = new Map<string, Side>()
  for (const row of rows) {
    const key = row.filter((_, at) => !isFigure[at])
    const text = canonicalJson(key)
    if (sides.has(text)) {
      throw refused(
        key.length === 0
          ? 'it answers several rows, and no column that is no number tells them apart'
          : `two rows have the key ${text}: one column or several that are no numbers must tell all rows apart`,
      )
    }
    sides.set(text, { key, figures: row.filter((_, at) => isFigure[at]) as (number | null)[] })
  }
  return sides
}

function rowOf(before: Side | undefined, after: Side | undefined): RunsetMetricsRow {
  const { key, figures } = (before ?? after) as Side
  const delta = figures.map((_, at) => {
    const [was, is] = [before?.figures[at] ?? null, after?.figures[at] ?? null]
    return was === null || is === null ? null : is - was
  })
  return { key, before: before?.figures ?? null, after: after?.figures ?? null, delta }
}

function refused(why: string): Error {
  const message = `The metrics cannot be compared: ${why}`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/metrics', message }] })
}

/** A line for each row: `key  figure before → after (delta)`. */
export function metricsText({ figures, rows }: RunsetMetricsDifference): string {
  const shown = (value: unknown) => (typeof value === 'number' ? generalNumber(value) : '–')
  return rows
    .flatMap(({ key, before, after, delta }) =>
      figures.map((name, at) => {
        const change = typeof delta[at] === 'number' ? ` (${delta[at] > 0 ? '+' : ''}${shown(delta[at])})` : ''
        return `  ${[...key, name].join(' ')}: ${shown(before?.[at])} → ${shown(after?.[at])}${change}`
      }),
    )
    .join('\n')
}
