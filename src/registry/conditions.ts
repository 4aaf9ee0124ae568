/** The conditions of a selection, each both as a predicate on a run and as SQL on the cache. Pure; tests hold the two equal. */

import { canonicalJson } from '../base/canonical.ts'
import { sqlText } from '../base/duckdb.ts'
import { isoInstant } from '../base/time.ts'
import { type RunRecord, universeOf } from './run-record.ts'
import type { Select, Universe, WhereSelect } from './types.ts'

/** True or false; undefined where the run never declared what is asked, which is no match. */
export type Verdict = boolean | undefined

export interface Condition {
  /** Name in the funnel and in `metadata.excluded`. */
  code: string
  wanted: unknown
  /** The value the run is compared by. */
  has(record: RunRecord): unknown
  test(record: RunRecord): Verdict
  /** SQL of `test` over a row of the cache's runs; null where SQL cannot say exactly the same. */
  sql: string | null
  /** SQL that is true where `test` is undefined. */
  undeclared?: string
}

const DEFAULT_STATUSES = ['completed']

/** Conditions of a where or tags selection in funnel order; `datasetId` is the concrete data set where `latest` was asked. */
export function conditionsOf(select: Select, datasetId?: string): Condition[] {
  if ('tags' in select) return [...standing(select.statuses ?? DEFAULT_STATUSES), tagsCondition(select.tags)]
  if ('where' in select) {
    const { where } = select
    return [
      ...(where.datasetId === undefined ? [] : [datasetCondition(datasetId ?? where.datasetId)]),
      ...standing(where.statuses ?? DEFAULT_STATUSES),
      ...declaredConditions(where),
    ]
  }
  return []
}

/** What the ids form asserts of each listed run; the status is not asked. */
export function assertionsOf(assert: WhereSelect, datasetId?: string): Condition[] {
  const dataset = datasetId ?? assert.datasetId
  return [...(dataset === undefined ? [] : [datasetCondition(dataset)]), ...declaredConditions(assert)]
}

/** The first condition that a run fails: `code`, `code?` where it declares nothing to compare, or null where all hold. */
export function firstFailure(conditions: readonly Condition[], record: RunRecord): string | null {
  for (const condition of conditions) {
    const verdict = condition.test(record)
    if (verdict !== true) return verdict === undefined ? `${condition.code}?` : condition.code
  }
  return null
}

/** SQL expression with the value of `firstFailure` for each row of the cache's runs, as far as SQL can say it. */
export function failureSql(conditions: readonly Condition[]): string {
  const cases = conditions.flatMap(({ code, sql, undeclared }) =>
    sql === null
      ? []
      : [
          ...(undeclared === undefined ? [] : [`WHEN ${undeclared} THEN ${sqlText(`${code}?`)}`]),
          `WHEN NOT coalesce(${sql}, false) THEN ${sqlText(code)}`,
        ],
  )
  return cases.length === 0 ? `NULL::VARCHAR` : `CASE ${cases.join(' ')} END`
}

/** Deleted runs. */
export const TOMBSTONED: Condition = {
  code: 'tombstoned',
  wanted: true,
  has: record => record.tombstoned,
  test: record => record.tombstoned,
  sql: 'tombstoned',
}

export function standing(statuses: readonly string[]): Condition[] {
  return [
    {
      code: 'tombstoned',
      wanted: false,
      has: record => record.tombstoned,
      test: record => !record.tombstoned,
      sql: 'NOT tombstoned',
    },
    {
      code: 'status',
      wanted: statuses,
      has: record => record.status,
      test: record => statuses.includes(record.status),
      sql: statuses.length === 0 ? 'false' : `status IN (${statuses.map(sqlText).join(', ')})`,
    },
  ]
}

export function declaredConditions(where: WhereSelect): Condition[] {
  return [
    ...timeConditions(where),
    ...strategyConditions(where),
    ...universeConditions(where.universe ?? {}),
    ...(where.runTags === undefined ? [] : [tagsCondition(where.runTags)]),
    ...paramConditions(where),
  ]
}

export function datasetCondition(datasetId: string): Condition {
  return {
    code: 'dataset',
    wanted: datasetId,
    has: record => record.datasetIds,
    test: record => record.datasetIds.includes(datasetId),
    sql: `list_contains(dataset_ids, ${sqlText(datasetId)})`,
  }
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoInstant(ms)
}

function timeConditions({ timeBounds }: WhereSelect): Condition[] {
  if (timeBounds === undefined) return []
  const from = Date.parse(timeBounds.from)
  const to = Date.parse(timeBounds.to)
  const conditions: Condition[] = []
  if (timeBounds.match === 'executed') {
    conditions.push({
      code: 'time',
      wanted: timeBounds,
      has: record => isoInstant(record.row.created_at),
      test: ({ row }) => row.created_at >= from && row.created_at < to,
      sql: `created_at >= ${at(from)} AND created_at < ${at(to)}`,
    })
  } else {
    const overlap = timeBounds.match === 'overlap'
    conditions.push({
      code: 'time',
      wanted: timeBounds,
      has: ({ row }) => ({ from: isoOrNull(row.window_from), to: isoOrNull(row.window_to) }),
      test: ({ row: { window_from, window_to } }) => {
        if (window_from === null || window_to === null) return undefined
        return overlap ? window_from < to && window_to > from : window_from >= from && window_to <= to
      },
      sql: overlap
        ? `window_from < ${at(to)} AND window_to > ${at(from)}`
        : `window_from >= ${at(from)} AND window_to <= ${at(to)}`,
      undeclared: 'window_from IS NULL OR window_to IS NULL',
    })
  }
  if (timeBounds.alertWindowPolicy !== undefined) {
    conditions.push(equality('alertWindowPolicy', 'alert_window_policy', timeBounds.alertWindowPolicy))
  }
  return conditions
}

function strategyConditions({ strategy = {} }: WhereSelect): Condition[] {
  const conditions: Condition[] = []
  const { strategyFamily: family, strategyHash, engineVersion } = strategy
  if (family !== undefined) {
    // A family is named whole, or by the part before one of its underscores.
    conditions.push({
      code: 'strategyFamily',
      wanted: family,
      has: ({ row }) => row.strategy_family,
      test: ({ row }) => row.strategy_family === family || (row.strategy_family ?? '').startsWith(`${family}_`),
      sql: `strategy_family = ${sqlText(family)} OR starts_with(strategy_family, ${sqlText(`${family}_`)})`,
    })
  }
  if (strategyHash !== undefined) conditions.push(equality('strategyHash', 'strategy_spec_hash', strategyHash))
  if (engineVersion !== undefined) conditions.push(equality('engineVersion', 'engine_version', engineVersion))
  return conditions
}

type TextColumn = 'alert_window_policy' | 'strategy_spec_hash' | 'engine_version'

function equality(code: string, column: TextColumn, wanted: string): Condition {
  return {
    code,
    wanted,
    has: ({ row }) => row[column],
    test: ({ row }) => row[column] === wanted,
    sql: `${column} = ${sqlText(wanted)}`,
  }
}

const LISTS = {
  chains: 'universe_chains',
  venues: 'universe_venues',
  tokenSources: 'universe_token_sources',
  callers: 'universe_callers',
} as const

const AMOUNTS = {
  minMarketCap: {
    column: 'universe_min_market_cap',
    holds: (has: number, wanted: number) => has >= wanted,
    sign: '>=',
  },
  maxMarketCap: {
    column: 'universe_max_market_cap',
    holds: (has: number, wanted: number) => has <= wanted,
    sign: '<=',
  },
  minVolume: { column: 'universe_min_volume', holds: (has: number, wanted: number) => has >= wanted, sign: '>=' },
} as const

/** A run is in where all it declares lies inside the filter: a baseline for one caller holds no run over all callers. */
function universeConditions(universe: Universe): Condition[] {
  const conditions: Condition[] = []
  for (const [name, column] of Object.entries(LISTS) as [keyof typeof LISTS, string][]) {
    const wanted = universe[name]
    if (wanted === undefined) continue
    conditions.push({
      code: `universe.${name}`,
      wanted,
      has: ({ row }) => universeOf(row)?.[name] ?? null,
      test: ({ row }) => {
        const has = universeOf(row)?.[name]
        return has === undefined || has.length === 0 ? undefined : has.every(value => wanted.includes(value))
      },
      sql: `list_has_all([${wanted.map(sqlText).join(', ')}], ${column})`,
      undeclared: `coalesce(len(${column}), 0) = 0`,
    })
  }
  for (const [name, { column, holds, sign }] of Object.entries(AMOUNTS) as [
    keyof typeof AMOUNTS,
    (typeof AMOUNTS)[keyof typeof AMOUNTS],
  ][]) {
    const wanted = universe[name]
    if (wanted === undefined) continue
    conditions.push({
      code: `universe.${name}`,
      wanted,
      has: ({ row }) => universeOf(row)?.[name] ?? null,
      test: ({ row }) => {
        const has = universeOf(row)?.[name]
        return has === undefined ? undefined : holds(has, wanted)
      },
      sql: `${column} ${sign} ${wanted}::DOUBLE`,
      undeclared: `${column} IS NULL`,
    })
  }
  return conditions
}

export function tagsCondition(tags: readonly string[]): Condition {
  return {
    code: 'runTags',
    wanted: tags,
    has: record => record.tags,
    test: record => tags.every(tag => record.tags.includes(tag)),
    sql: `list_has_all(tags, [${tags.map(sqlText).join(', ')}])`,
  }
}

/** Last in the funnel, because SQL and canonical JSON write numbers differently. */
function paramConditions({ strategy }: WhereSelect): Condition[] {
  return Object.entries(strategy?.paramConstraints ?? {}).map(([path, constraint]) => ({
    code: `param.${path}`,
    wanted: constraint,
    has: ({ row }) => valueAt(row.strategy_params_json, path) ?? null,
    test: ({ row }) => {
      const has = valueAt(row.strategy_params_json, path)
      if (has === undefined) return undefined
      if ('eq' in constraint && canonicalJson(has) !== canonicalJson(constraint.eq)) return false
      const { min, max } = constraint
      if (min === undefined && max === undefined) return true
      return typeof has === 'number' && has >= (min ?? -Infinity) && has <= (max ?? Infinity)
    },
    sql: null,
  }))
}

/** The value at a dotted path of an object's own properties; undefined where there is none. */
function valueAt(json: string | null, path: string): unknown {
  let value: unknown = json === null ? undefined : JSON.parse(json)
  for (const segment of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = (value as Record<string, unknown>)[segment]
  }
  return value
}

function at(epochMs: number): string {
  return `make_timestamp_ms(${epochMs})`
}
