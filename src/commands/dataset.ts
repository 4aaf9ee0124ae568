/** `dataset`: register, list, get and verify immutable data. */

import type {
  DatasetGetRequest,
  DatasetListRequest,
  DatasetRegisterRequest,
  DatasetVerifyRequest,
} from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { resolvePath } from '../base/paths.ts'
import { type Table, tableOf } from '../base/table.ts'
import { registerAlerts } from '../lake/alerts.ts'
import { getDataset, listDatasets, registerDataset, verifyDataset } from '../lake/datasets.ts'
import type { Manifest } from '../lake/manifest.ts'
import { registerPanel } from '../lake/panel-datasets.ts'
import { holdsTables, verifyTables } from '../lake/tables.ts'
import { pruned } from '../registry/selection.ts'
import type { Command } from './command.ts'
import { registerDatasetOf } from './dataset-fact.ts'
import { detailOf, registeredText, summaryOf, symbolCount } from './dataset-result.ts'
import { stampOf } from './registration.ts'

export const datasetCommands = {
  register: {
    async run({ action: _, trace_id: __, chains, venues, completeness, git_commit, metadata, ...request }, context) {
      const path = request.path === undefined ? undefined : resolvePath(context.root, context.cwd, request.path)
      const params = path === undefined ? request : { ...request, path }
      const { status, manifest, warnings } = await registered(context.root, params, context.clock.now())
      const declared = pruned({ chains, venues, completeness, git_commit, metadata })
      await registerDatasetOf(context.root, manifest, declared, stampOf(context))
      const result = { status, ...detailOf(context.root, manifest) }
      return {
        answer: { result },
        warnings,
        text: () => (status === 'unchanged' ? `Dataset unchanged: ${manifest.dataset_id}` : registeredText(manifest)),
      }
    },
  } satisfies Command<DatasetRegisterRequest>,

  list: {
    run({ kind, family, limit }, context) {
      const all = listDatasets(context.root, { kind, family })
      const datasets = all.slice(0, limit).map(manifest => summaryOf(context.root, manifest))
      return { answer: { result: { datasets, total: all.length } }, table: () => listTable(all.slice(0, limit)) }
    },
  } satisfies Command<DatasetListRequest>,

  get: {
    run({ id }, context) {
      return { answer: { result: detailOf(context.root, getDataset(context.root, id)) } }
    },
  } satisfies Command<DatasetGetRequest>,

  verify: {
    async run({ id }, context) {
      const { manifest, files } = await verified(context.root, id)
      const result = { datasetId: id, verified: true, files, contentHash: manifest.content_hash }
      return { answer: { result }, text: () => `Dataset verified: ${id} (${files} files)` }
    },
  } satisfies Command<DatasetVerifyRequest>,
}

type Declared = 'chains' | 'venues' | 'completeness' | 'git_commit' | 'metadata'
type RegisterRequest = Omit<DatasetRegisterRequest, 'action' | 'trace_id' | Declared>

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

function listTable(manifests: readonly Manifest[]): Table {
  return tableOf(
    LIST_COLUMNS,
    manifests.map(manifest => ({
      id: manifest.dataset_id,
      kind: manifest.kind,
      interval: manifest.interval,
      symbols: symbolCount(manifest),
      bars: manifest.row_count,
      from: manifest.coverage.from,
      to: manifest.coverage.to,
      created: manifest.created_at,
      materialised: manifest.materialised,
    })),
  )
}
