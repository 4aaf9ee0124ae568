/** `runs`: list, show, best and compare over finished runs. */

import { basename, join } from 'node:path'
import type {
  RunsBestRequest,
  RunsBestResult,
  RunsCompareRequest,
  RunsCompareResult,
  RunsIndexRow,
  RunsListRequest,
  RunsListResult,
  RunsShowRequest,
  RunsShowResult,
} from '../../../contracts/types.ts'
import { compareReport, ranked, writeCompareReport } from '../../artifacts/compare-report.ts'
import { inspectRun, RUN_FIELDS, rowOf } from '../../artifacts/run-reader.ts'
import { currentRuns, type Runs, readRunsIndex, unreadable } from '../../artifacts/runs-index.ts'
import { inert } from '../../artifacts/runs-index-text.ts'
import { fail } from '../../base/errors.ts'
import { layout } from '../../base/layout.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { type Table, tableOf } from '../../base/table.ts'
import { isoInstant } from '../../base/time.ts'
import type { Command, Context } from '../command.ts'
import { isRunName, locateRun, noSuchRuns } from '../locate-run.ts'
import { bestText, compareText, listText, showText } from './text.ts'

const list: Command<RunsListRequest> = {
  async run(params, context) {
    const { dir, runs } = runsIn(params.dir, context)
    const { metric, offset, limit } = params
    // Another directory is a listing of that directory; the root's own runs are those that are registered too.
    if (params.dir === undefined) {
      const { registryListing } = await import('./listing.ts')
      const matching = runs.rows.filter(row => matches(row, params))
      return registryListing(params, context, { dir, warnings: runs.warnings }, sorted(matching, params))
    }
    const matching = sorted(
      runs.rows.filter(row => matches(row, params)),
      params,
    )
    const page = matching.slice(offset, limit === undefined ? undefined : offset + limit)
    const result: RunsListResult = { root_dir: dir, n_runs: matching.length, runs: page }
    return {
      answer: { result },
      warnings: runs.warnings,
      text: () => listText(params.dir ?? dir, matching.length, page, metric),
      table: () => rowTable(page),
    }
  },
}

const show: Command<RunsShowRequest> = {
  run({ run_id }, context) {
    const dir = locateRun(run_id, context)
    if (dir === null) throw noSuchRuns([{ name: run_id, pointer: '/params/run_id' }], context)
    const { row } = rowOf(dir)
    const { files, faults } = inspectRun(dir)
    const { metadata, config, metrics } = files
    const result: RunsShowResult = { run: row, metadata, config, metrics }
    return {
      answer: { result },
      warnings: faults.map(fault => unreadable(dir, fault)),
      text: () => showText(run_id, row, isRunName(run_id) ? dir : run_id),
      table: () => rowTable([row]),
    }
  },
}

const best: Command<RunsBestRequest> = {
  run({ dir: asked, metric }, context) {
    const { dir, runs } = runsIn(asked, context)
    const [row] = ranked(runs.rows, metric)
    const value = row?.[metric] ?? null
    if (value === null) {
      const message = `No run in ${dir} has a value of '${metric}'.`
      throw fail('NOT_FOUND', { message }, { hint: 'Name another metric, or a directory that holds runs.' })
    }
    // Only a directory that cannot be read has no id, and it has no metric either.
    const result: RunsBestResult = { metric, run_id: row.run_id!, value, path: row.path }
    return {
      answer: { result },
      warnings: runs.warnings,
      text: () => bestText(metric, row, asked === undefined ? row.path : join(asked, basename(row.path))),
      table: () => tableOf(['metric', 'run_id', 'value', 'path'], [{ ...result, run_id: inert(result.run_id) }]),
    }
  },
}

const compare: Command<RunsCompareRequest> = {
  run({ runs, metric, outdir }, context) {
    const folder = insideRoot(context.root, context.cwd, outdir)
    const dirs = runs.map(name => locateRun(name, context))
    const missing = runs.flatMap((name, at) => (dirs[at] === null ? [{ name, pointer: `/params/runs/${at}` }] : []))
    if (missing.length > 0) throw noSuchRuns(missing, context)
    const read = dirs.map(dir => rowOf(dir!))
    const report = compareReport(
      read.map(each => each.row),
      metric,
      isoInstant(context.clock.now()),
    )
    const { json, md } = writeCompareReport(folder, report)
    const result: RunsCompareResult = { compare_report_json: json, compare_report_md: md, report }
    return {
      answer: { result },
      warnings: read.flatMap(({ row, fault }) => (fault === null ? [] : [unreadable(row.path, fault)])),
      text: () => compareText(join(outdir, 'compare_report.json'), join(outdir, 'compare_report.md')),
      table: () => rowTable(report.runs),
    }
  },
}

export const runsCommands = { list, show, best, compare }

/** The root's own runs come from its index, any other directory is read in full. */
function runsIn(asked: string | undefined, { root, cwd }: Context): { dir: string; runs: Runs } {
  const own = layout.runs(root)
  const dir = asked === undefined ? own : resolvePath(root, cwd, asked)
  return { dir, runs: dir === own ? currentRuns(root) : readRunsIndex(dir) }
}

function matches(row: RunsIndexRow, { mode, ticker }: RunsListRequest): boolean {
  return (mode === undefined || row.mode === mode) && (ticker === undefined || row.ticker === ticker)
}

function sorted(rows: RunsIndexRow[], { sort, metric }: RunsListRequest): RunsIndexRow[] {
  if (sort === 'metric') return ranked(rows, metric)
  if (sort === 'created_at') return rows.toSorted((a, b) => descending(a.created_at ?? '', b.created_at ?? ''))
  return rows
}

/** Rows in CSV and generic tables: text that a spreadsheet would run is made harmless. */
function rowTable(rows: readonly RunsIndexRow[]): Table {
  const cells = rows.map(row => Object.fromEntries(RUN_FIELDS.map(name => [name, inert(row[name])])))
  return tableOf(RUN_FIELDS, cells)
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1
}
