/** Metrics in the lab: one row a run with its summary, best result and extended figures side by side, and the same as one row a figure. */

import { fail } from '../base/errors.ts'
import type { KindLoader } from './lab-loader.ts'
import { quoted } from './lab-names.ts'
import { type LabFile, textOf } from './lab-source.ts'

/** Block of metrics.json → prefix of its columns: the headline figures keep their bare names. */
const BLOCKS = { summary: '', best_result: 'best_result_', extended: 'extended_' } as const

type Json = Record<string, unknown>

/**
 * Tables `metrics` (columns by figure) and `metric_values` (run_id, artifact_id, block, metric, value; numbers only). Metrics
 * of a foreign program, without a summary, are one: their own keys are the columns. DATA_ERROR for JSON that is no object.
 */
export async function loadMetrics(loader: KindLoader, files: readonly LabFile[]): Promise<void> {
  const headline = new Set<string>()
  for (const file of files) {
    const document = documentOf(file)
    if (document === null) {
      loader.row(file, ['document'], [textOf(file)])
      continue
    }
    const cells = new Map<string, string | null>()
    const foreign = !isObject(document['summary'])
    for (const [key, value] of Object.entries(document)) {
      const block = Object.hasOwn(BLOCKS, key) && isObject(value) ? (key as keyof typeof BLOCKS) : undefined
      if (block === undefined) flatten(key, value, cells)
      else for (const [name, item] of Object.entries(value as Json)) flatten(`${BLOCKS[block]}${name}`, item, cells)
      if (block === 'summary') for (const name of Object.keys(value as Json)) headline.add(name)
    }
    if (foreign) for (const name of cells.keys()) headline.add(name)
    loader.row(file, [...cells.keys()], [...cells.values()])
  }
  loader.names(['mode', 'status', ...HEADLINE])
  await loader.close()
  await loader.database.run(
    'CREATE TABLE metric_values (run_id VARCHAR, artifact_id VARCHAR, block VARCHAR, metric VARCHAR, value DOUBLE)',
  )
  const described = await loader.database.query(
    `SELECT column_name FROM duckdb_columns() WHERE table_name = 'metrics' AND schema_name = 'main'
      AND data_type IN ('BIGINT', 'DOUBLE') ORDER BY column_index`,
  )
  for (const name of described.columns['column_name'] as string[]) {
    const [block, metric] = blockOf(name)
    if (block === 'summary' && !headline.has(name)) continue
    await loader.database.run(
      `INSERT INTO metric_values SELECT run_id, artifact_id, $block, $metric, ${quoted(name)} FROM metrics WHERE ${quoted(name)} IS NOT NULL`,
      { block, metric },
    )
  }
}

/** Figures that every summary has: their columns are there even where no run is. */
const HEADLINE = ['total_return', 'sharpe_simple', 'max_drawdown', 'trades', 'win_rate']

/** The block and the figure of a column. */
function blockOf(column: string): [block: string, metric: string] {
  for (const block of ['best_result', 'extended'] as const) {
    if (column.startsWith(BLOCKS[block])) return [block, column.slice(BLOCKS[block].length)]
  }
  return ['summary', column]
}

/** An object; null for a file that is no JSON by its name. */
function documentOf(file: LabFile): Json | null {
  if (!/\.json$/i.test(file.path)) return null
  const text = textOf(file)
  try {
    const document: unknown = JSON.parse(text)
    if (isObject(document)) return document
  } catch {
    // Said below.
  }
  throw fail('DATA_ERROR', { message: `${file.path} (${file.artifact.runId}/metrics) is no JSON object` })
}

/** Objects become names joined by `_`; lists stay JSON. */
function flatten(name: string, value: unknown, cells: Map<string, string | null>): void {
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) flatten(`${name}_${key}`, item, cells)
    return
  }
  cells.set(name, value === null ? null : typeof value === 'string' ? value : JSON.stringify(value))
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
