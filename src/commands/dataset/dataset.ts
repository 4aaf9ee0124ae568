/** `dataset`: register, list, get and verify immutable data. */

import type {
  DatasetGetRequest,
  DatasetListRequest,
  DatasetRegisterRequest,
  DatasetVerifyRequest,
} from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { resolvePath } from '../../base/paths.ts'
import { type Table, tableOf } from '../../base/table.ts'
import { registerAlerts } from '../../lake/alerts.ts'
import { getDataset, listDatasets, registerDataset, verifyDataset } from '../../lake/datasets.ts'
import type { RegisterParams } from '../../lake/draft.ts'
import type { Manifest } from '../../lake/manifest.ts'
import { registerPanel } from '../../lake/panel-datasets.ts'
import { holdsTables, verifyTables } from '../../lake/tables.ts'
import { listDatasetFacts } from '../../registry/dataset-facts.ts'
import { pruned } from '../../registry/selection.ts'
import type { Command, Context } from '../command.ts'
import { stampOf } from '../registry/registration.ts'
import { uriOf } from '../registry/run-facts.ts'
import { expectedOf, factWithoutData, orElsewhere, registerDatasetOf } from './fact.ts'
import { detailOf, factDetailOf, factSummaryOf, registeredText, summaryOf } from './result.ts'

export const datasetCommands = {
  register: {
    async run({ action: _, trace_id: __, chains, venues, completeness, git_commit, metadata, ...request }, context) {
      const { root } = context
      const declared = pruned({ chains, venues, completeness, git_commit, metadata })
      const known = await factWithoutData(root, request.id)
      const params = { ...placed(request, context), ...expectedOf(known) }
      const { status, manifest, warnings } = await registered(root, params, context.clock.now())
      await registerDatasetOf(root, manifest, declared, stampOf(context))
      const result = { status, ...detailOf(root, manifest) }
      return {
        answer: { result },
        warnings,
        text: () => (status === 'unchanged' ? `Dataset unchanged: ${manifest.dataset_id}` : registeredText(manifest)),
      }
    },
  } satisfies Command<DatasetRegisterRequest>,

  list: {
    async run({ kind, family, limit }, { root }) {
      const here = listDatasets(root, { kind, family }).map(manifest => summaryOf(root, manifest))
      const ids = new Set(here.map(({ datasetId }) => datasetId))
      const facts = await listDatasetFacts(root, pruned({ kind, family }))
      // Of what was imported from elsewhere only the facts are here.
      const away = facts.filter(row => !ids.has(row.dataset_id)).map(factSummaryOf)
      const all = [...here, ...away].sort((a, b) => (a.datasetId < b.datasetId ? -1 : 1))
      const datasets = all.slice(0, limit)
      return { answer: { result: { datasets, total: all.length } }, table: () => listTable(datasets) }
    },
  } satisfies Command<DatasetListRequest>,

  get: {
    async run({ id }, { root }) {
      const known = await factWithoutData(root, id)
      const result = known === undefined ? detailOf(root, getDataset(root, id)) : factDetailOf(known)
      return { answer: { result: { ...result } } }
    },
  } satisfies Command<DatasetGetRequest>,

  verify: {
    async run({ id }, { root }) {
      const { manifest, files } = await orElsewhere(root, [id], () => verified(root, id))
      const result = { datasetId: id, verified: true, files, contentHash: manifest.content_hash }
      const unhashed = manifest.content_hash === null
      const warnings = unhashed ? [`${id} was declared without hashes: nothing but its manifest could be checked.`] : []
      return { answer: { result }, warnings, text: () => `Dataset verified: ${id} (${files} files)` }
    },
  } satisfies Command<DatasetVerifyRequest>,
}

type Declared = 'chains' | 'venues' | 'completeness' | 'git_commit' | 'metadata'
type Asked = Omit<DatasetRegisterRequest, 'action' | 'trace_id' | Declared>
type RegisterRequest = Omit<Asked, 'data_root' | 'hash_content'> & RegisterParams

/** Paths as they are on this machine; what does not go together is refused. */
function placed({ data_root, hash_content, ...plain }: Asked, { root, cwd }: Context): RegisterRequest {
  if (data_root === undefined) {
    if (hash_content) throw contradiction('hash_content', 'goes with data_root: it hashes the files below that')
    return plain.path === undefined ? plain : { ...plain, path: resolvePath(root, cwd, plain.path) }
  }
  if (plain.path !== undefined) throw contradiction('data_root', 'does not go with path: imported data lie in the lake')
  const folder = resolvePath(root, cwd, data_root)
  return { ...plain, elsewhere: { root: uriOf(root, folder), folder, hashed: hash_content } }
}

function contradiction(name: string, why: string): Error {
  const message = `${name} ${why}`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: `/params/${name}`, message }] })
}

/** Each kind that can be imported has a door of its own; any other is declared. */
async function registered(root: string, params: RegisterRequest, now: number) {
  const { path, stable_assets, wrapped_assets, funding_label, ...plain } = params
  if (params.kind === 'panel' && path !== undefined) return registerPanel(root, { ...params, path }, { now })
  const details = Object.entries({ stable_assets, wrapped_assets, funding_label })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => ({ pointer: `/params/${name}`, message: 'goes with kind panel and path only' }))
  if (details.length > 0) {
    throw fail('INVALID_CONFIG', { message: `${details[0].pointer.slice(8)} ${details[0].message}` }, { details })
  }
  if (params.kind === 'alerts' && path !== undefined) return registerAlerts(root, { ...plain, path }, { now })
  return registerDataset(root, path === undefined ? plain : { ...plain, path }, { now })
}

async function verified(root: string, id: string): Promise<{ manifest: Manifest; files: number }> {
  const manifest = getDataset(root, id)
  return holdsTables(manifest) ? { manifest, files: await verifyTables(root, manifest) } : verifyDataset(root, id)
}

const LIST_COLUMNS = ['id', 'kind', 'interval', 'symbols', 'bars', 'from', 'to', 'created', 'materialised'] as const

function listTable(datasets: readonly (ReturnType<typeof summaryOf> | ReturnType<typeof factSummaryOf>)[]): Table {
  return tableOf(
    LIST_COLUMNS,
    datasets.map(({ datasetId: id, kind, interval, symbolCount, coverage, createdAt, materialised }) => ({
      ...{ id, kind, interval, symbols: symbolCount, bars: coverage.rowCount },
      ...{ from: coverage.dateRange.from, to: coverage.dateRange.to, created: createdAt, materialised },
    })),
  )
}
