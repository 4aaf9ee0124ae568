/** `runs list` of the root's own runs: the rows of the index joined with what the registry knows, and runs that only it knows. */

import type { RunsIndexRow, RunsListRequest, RunsListResult } from '../../../contracts/types.ts'
import { RUN_FIELDS } from '../../artifacts/run-reader.ts'
import { inert } from '../../artifacts/runs-index-text.ts'
import { fail } from '../../base/errors.ts'
import { type Table, tableOf } from '../../base/table.ts'
import type { RunFilter } from '../../registry/run-filter.ts'
import { findRuns, listRuns, type RunView } from '../../registry/runs.ts'
import { pruned } from '../../registry/selection.ts'
import { parseInstant } from '../../registry/time-bounds.ts'
import type { Context, Outcome } from '../command.ts'
import { listText } from './text.ts'

/** What is asked of the registry; empty where the request asks nothing that only the registry knows. */
function filterOf(request: RunsListRequest): RunFilter {
  const { dataset, strategy_hash, strategy_family, engine_version, status, tags, from, to } = request
  return pruned({
    datasetId: dataset,
    strategyHash: strategy_hash,
    strategyFamily: strategy_family,
    engineVersion: engine_version,
    statuses: status,
    tags,
    createdFrom: from === undefined ? undefined : instantText(from, 'from', false),
    createdTo: to === undefined ? undefined : instantText(to, 'to', true),
    deleted: request.deleted ? true : undefined,
  })
}

/** One page: filtered by the registry newest first where the request names what only the registry knows, else in index order. */
export async function registryListing(
  request: RunsListRequest,
  context: Context,
  from: { dir: string; warnings: string[] },
  rows: readonly RunsIndexRow[],
): Promise<Outcome> {
  const { offset, limit, mode, ticker } = request
  const filter = filterOf(request)
  const indexed = new Map(rows.map(row => [row.run_id, row]))
  // A filter on the index leaves only runs that are in it; the order of the index is asked for by a sort other than by name.
  const byIndex = mode !== undefined || ticker !== undefined || request.sort !== 'name'
  const filtered = Object.keys(filter).length > 0
  const inOrder = rows.flatMap(({ run_id }) => (run_id === null ? [] : [run_id]))
  const { page, total, registered, others } = await pageOf(context.root, filter, inOrder, { offset, limit, byIndex })
  const result: RunsListResult = {
    root_dir: from.dir,
    n_runs: total,
    total,
    runs: page.flatMap(id => indexed.get(id) ?? []),
    registered: page.flatMap(id => registered.get(id) ?? []) as NonNullable<RunsListResult['registered']>,
  }
  const plain = !filtered && context.via === 'flags' && others === 0
  return {
    answer: { result },
    warnings: from.warnings,
    ...(plain ? { text: () => listText(from.dir, total, result.runs, request.metric) } : {}),
    table: () => (filtered ? listingTable : indexTable)(page, indexed, registered, request.metric),
  }
}

interface Page {
  /** Ids of the runs it shows. */
  page: string[]
  total: number
  registered: Map<string, RunView>
  /** Runs of the whole listing that are in no index. */
  others: number
}

/** What a page shows; only its own runs and those of the index are read, however many are registered. */
async function pageOf(
  root: string,
  filter: RunFilter,
  indexed: readonly string[],
  asked: { offset: number; limit: number | undefined; byIndex: boolean },
): Promise<Page> {
  const { offset, limit = Number.MAX_SAFE_INTEGER - offset, byIndex } = asked
  const filtered = Object.keys(filter).length > 0
  if (filtered && !byIndex) {
    const { runs, total } = await listRuns(root, filter, { limit, offset })
    return { page: runs.map(({ runId }) => runId), total, registered: byId(runs), others: 0 }
  }
  const known = byId(await findRuns(root, indexed, filter))
  const inIndex = filtered ? indexed.filter(id => known.has(id)) : indexed
  const page = inIndex.slice(offset, offset + limit)
  if (byIndex) return { page, total: inIndex.length, registered: known, others: 0 }
  const end = Math.max(0, offset + limit - inIndex.length)
  // Of the newest runs as many are left out as the index holds.
  const { runs, total } = await listRuns(root, filter, {
    limit: end === 0 ? 0 : Math.min(end + known.size, Number.MAX_SAFE_INTEGER),
  })
  const rest = runs.filter(({ runId }) => !known.has(runId)).slice(Math.max(0, offset - inIndex.length), end)
  const others = total - known.size
  return {
    page: [...page, ...rest.map(({ runId }) => runId)],
    total: inIndex.length + others,
    registered: new Map([...known, ...byId(rest)]),
    others,
  }
}

function byId(runs: readonly RunView[]): Map<string, RunView> {
  return new Map(runs.map(run => [run.runId, run]))
}

type Lister = (
  ids: readonly string[],
  indexed: ReadonlyMap<string | null, RunsIndexRow>,
  registered: ReadonlyMap<string, RunView>,
  metric: RunsListRequest['metric'],
) => Table

/** The published columns; what only the registry knows fills in what it can. */
const indexTable: Lister = (ids, indexed, registered) => {
  const rows = ids.map(id => {
    const row = indexed.get(id) ?? { run_id: id, created_at: registered.get(id)?.createdAt ?? null }
    return Object.fromEntries(RUN_FIELDS.map(name => [name, inert(row[name as keyof typeof row] ?? null)]))
  })
  return tableOf(RUN_FIELDS, rows)
}

const COLUMNS = ['run_id', 'status', 'datasets', 'strategy', 'tags', 'created_at'] as const

const listingTable: Lister = (ids, indexed, registered, metric) => {
  const rows = ids.map(id => {
    const run = registered.get(id)
    const row = indexed.get(id)
    return {
      run_id: id,
      status: run?.status ?? 'completed',
      datasets: run?.datasetIds.join(' ') ?? '',
      strategy: run?.strategyFamily ?? '',
      tags: run?.tags.join(' ') ?? '',
      created_at: run?.createdAt ?? row?.created_at ?? '',
      [metric]: row?.[metric] ?? null,
    }
  })
  return tableOf([...COLUMNS, metric], rows)
}

function instantText(text: string, name: string, endOfDay: boolean): string {
  const instant = parseInstant(text, endOfDay)
  if (typeof instant !== 'string') return new Date(instant).toISOString()
  const message = `${name}: ${instant}`
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: `/params/${name}`, message }] })
}
