/** The tables of a comparison, as its Markdown and its page show them. */

import type { ComparedRows, ComparedText, Comparison } from '../../contracts/types.ts'

export type TableRow = Record<string, string | number | null>

/** Who is compared. */
export function sideRows({ a, b }: Comparison): TableRow[] {
  const names = [
    ['named as', 'reference'],
    ['kind', 'kind'],
    ['id', 'id'],
    ['created', 'createdAt'],
    ['replay of', 'replayOf'],
    ['result hash', 'resultHash'],
    ['path', 'path'],
  ] as const
  const verified = { fact: 'files verified', A: yesNo(a.verified), B: yesNo(b.verified) }
  return [...names.map(([label, name]) => ({ fact: label, A: a[name], B: b[name] })), verified]
}

/** What went in, one row a fact. */
export function inputRows({ inputs }: Comparison): TableRow[] {
  const { datasets, window, seed, snapshotHash, fingerprint, fingerprintV2, hashes, config } = inputs
  const data = (side: 'a' | 'b') =>
    datasets[side].map(({ datasetId, contentHash }) => `${datasetId} (${brief(contentHash) ?? 'no hash'})`).join(', ')
  const span = (side: 'a' | 'b') => {
    const bounds = window[side]
    return bounds === null ? null : `${bounds.from} to ${bounds.to}`
  }
  return [
    { input: 'data sets', A: data('a'), B: data('b'), same: yesNo(datasets.same) },
    { input: 'window', A: span('a'), B: span('b'), same: yesNo(window.same) },
    factRow('rows read', snapshotHash),
    factRow('strategy', hashes.strategy),
    factRow('execution', hashes.executionModel),
    factRow('costs', hashes.costModel),
    factRow('risk', hashes.riskModel),
    factRow('configuration', hashes.runConfig),
    { input: 'seed', A: textOf(seed.a), B: textOf(seed.b), same: yesNo(seed.same) },
    factRow('fingerprint', fingerprint),
    factRow('fingerprint_v2', fingerprintV2),
    {
      input: 'fields of the configuration',
      A: `${config.same} equal`,
      B: `${config.different} different`,
      same: yesNo(config.different === 0),
    },
  ]
}

/** Fields of the configuration that differ, or all. */
export function configRows({ inputs }: Comparison, all: boolean): TableRow[] {
  return inputs.config.fields
    .filter(field => all || !field.same)
    .map(({ field, a, b, same }) => ({
      field: field.slice(1),
      A: textOf(a),
      B: textOf(b),
      ...(all ? { same: yesNo(same) } : {}),
    }))
}

/** What computed it. */
export function codeRows({ code }: Comparison): TableRow[] {
  const { relation, gitCommit, engineVersion, quantlabVersion, nodeVersion } = code
  return [
    { code: 'git commit', A: gitCommit.a, B: gitCommit.b, same: relation },
    versionRow('engine', engineVersion),
    versionRow('quantlab', quantlabVersion),
    versionRow('Node', nodeVersion),
  ]
}

/** Figures that differ, or all. */
export function metricRows({ metrics }: Comparison, all: boolean): TableRow[] {
  return metrics.rows
    .filter(row => all || !row.same)
    .map(({ metric, a, b, present, difference, ratio, unit }) => ({
      metric,
      A: present === 'b' ? '(absent)' : cellOf(a),
      B: present === 'a' ? '(absent)' : cellOf(b),
      difference,
      ratio,
      unit,
    }))
}

/** How many rows were matched, and how. */
export function countRows(rows: ComparedRows): TableRow[] {
  return [
    { rows: 'of A', count: rows.rowsA },
    { rows: 'of B', count: rows.rowsB },
    { rows: 'the same', count: rows.same },
    { rows: 'changed', count: rows.changed },
    { rows: 'only in A', count: rows.onlyA },
    { rows: 'only in B', count: rows.onlyB },
  ]
}

/** Listed rows that are changed: one table row a field. */
export function changedRows({ listed }: ComparedRows): TableRow[] {
  return listed.changed.flatMap(({ key, rowA, rowB, fields }) =>
    fields.map(({ field, a, b }) => ({
      ...keyCells(key),
      'row of A': rowA,
      'row of B': rowB,
      field,
      A: cellOf(a),
      B: cellOf(b),
    })),
  )
}

/** Listed rows of one side alone. */
export function onlyRows({ listed }: ComparedRows, side: 'onlyA' | 'onlyB'): TableRow[] {
  return listed[side].map(({ row, cells }) => ({ row, ...keyCells(cells) }))
}

/** The first row that is not the same, as a sentence; null where all are. */
export function divergenceText({ firstDivergence: first }: ComparedRows): string | null {
  if (first === null) return null
  const where = Object.entries(first.key)
    .map(([name, value]) => `${name} ${textOf(value) ?? 'unknown'}`)
    .join(', ')
  const rows = [
    first.rowA === null ? [] : `row ${first.rowA} of A`,
    first.rowB === null ? [] : `row ${first.rowB} of B`,
  ]
  const state = { changed: 'has other values', only_a: 'is only in A', only_b: 'is only in B' }[first.state]
  return `The first divergence: ${where} (${rows.flat().join(', ')}) ${state}.`
}

/** Figures of the curves. */
export function equityRows({ equity }: Comparison): TableRow[] {
  const { drawdownA, drawdownB, firstDifference, maxDifference, finalDifference } = equity
  const point = (name: string, at: typeof maxDifference): TableRow => ({
    figure: name,
    A: at?.a ?? null,
    B: at?.b ?? null,
    difference: at?.difference ?? null,
    at: at?.at ?? null,
  })
  return [
    { figure: 'bars', A: equity.barsA, B: equity.barsB, difference: null, at: null },
    {
      figure: 'bars at instants of one side alone',
      A: equity.onlyA,
      B: equity.onlyB,
      difference: null,
      at: equity.firstUnmatched,
    },
    point('first different bar', firstDifference),
    point('largest difference', maxDifference),
    point('last common bar', finalDifference),
    {
      figure: 'deepest drawdown',
      A: drawdownA?.maxDrawdown ?? null,
      B: drawdownB?.maxDrawdown ?? null,
      difference: drawdownA && drawdownB ? drawdownB.maxDrawdown - drawdownA.maxDrawdown : null,
      at: [drawdownA?.at, drawdownB?.at].filter(at => at !== undefined).join(' | ') || null,
    },
  ]
}

/** How alike the returns are. */
export function likenessRows({ equity }: Comparison): TableRow[] {
  return [
    { figure: 'common bars', value: equity.common },
    { figure: 'correlation of returns', value: equity.returnCorrelation },
    { figure: 'tracking error per bar', value: equity.trackingError },
    { figure: 'tracking error per year', value: equity.trackingErrorAnnual },
  ]
}

function factRow(input: string, { a, b, same }: ComparedText): TableRow {
  return { input, A: brief(a), B: brief(b), same: yesNo(same) }
}

function versionRow(code: string, { a, b, same }: ComparedText): TableRow {
  return { code, A: a, B: b, same: yesNo(same) }
}

function keyCells(cells: Record<string, unknown>): TableRow {
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, cellOf(value)]))
}

function yesNo(same: boolean | null): string {
  return same === null ? 'unknown' : same ? 'yes' : 'no'
}

function brief(hash: string | null): string | null {
  return hash?.slice(0, 16) ?? null
}

function cellOf(value: unknown): string | number | null {
  return typeof value === 'number' ? value : textOf(value)
}

const MOST_CHARACTERS = 200

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text
}
