/** `dataset`: register, list, get and verify immutable data; names its fields as the registry does. */

import { relative, resolve, sep } from 'node:path'
import type {
  DatasetGetRequest,
  DatasetListRequest,
  DatasetRegisterRequest,
  DatasetVerifyRequest,
} from '../../contracts/types.ts'
import { layout } from '../base/layout.ts'
import { type Table, tableOf } from '../base/table.ts'
import { getDataset, listDatasets, registerDataset, verifyDataset } from '../lake/datasets.ts'
import type { Manifest } from '../lake/manifest.ts'
import type { Command } from './command.ts'

export const datasetCommands = {
  register: {
    async run({ action: _, trace_id: __, ...request }, context) {
      const path = request.path === undefined ? undefined : resolve(context.cwd, request.path)
      const params = path === undefined ? request : { ...request, path }
      const { status, manifest, warnings } = await registerDataset(context.root, params, { now: context.clock.now() })
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
      const { manifest, files } = await verifyDataset(context.root, id)
      const result = { datasetId: id, verified: true, files, contentHash: manifest.content_hash }
      return { answer: { result }, text: () => `Dataset verified: ${id} (${files} files)` }
    },
  } satisfies Command<DatasetVerifyRequest>,
}

/** A manifest as list shows it. */
function summaryOf(root: string, manifest: Manifest) {
  const { provenance, coverage } = manifest
  const { file } = provenance
  return {
    datasetId: manifest.dataset_id,
    kind: manifest.kind,
    family: manifest.family,
    schemaVersion: manifest.schema_version_data,
    interval: manifest.interval,
    calendar: manifest.calendar,
    provenance: {
      source: provenance.source,
      extractedAt: provenance.extracted_at,
      license: provenance.license,
      attribution: provenance.attribution,
      file: file && { name: file.name, format: file.format, sha256: file.sha256, sizeBytes: file.size_bytes },
    },
    coverage: {
      dateRange: { from: coverage.from, to: coverage.to },
      rowCount: manifest.row_count,
      gapCount: manifest.gap_count,
      missingBarCount: manifest.missing_bar_count,
    },
    symbolCount: manifest.symbols.length,
    createdAt: manifest.created_at,
    contentHash: manifest.content_hash,
    root: relative(root, layout.dataset(root, manifest.kind, manifest.dataset_id))
      .split(sep)
      .join('/'),
    materialised: manifest.materialised,
  }
}

/** A manifest as get and register show it: with its columns and symbols. */
function detailOf(root: string, manifest: Manifest) {
  return {
    ...summaryOf(root, manifest),
    columns: manifest.columns,
    ignoredColumns: manifest.ignored_columns,
    symbols: manifest.symbols.map(entry => ({
      symbol: entry.symbol,
      path: entry.path,
      rowCount: entry.rows,
      dateRange: { from: entry.from, to: entry.to },
      gapCount: entry.gaps,
      missingBarCount: entry.missing_bars,
      contentHash: entry.content_hash,
      sha256: entry.sha256,
      sizeBytes: entry.size_bytes,
    })),
  }
}

function registeredText(manifest: Manifest): string {
  const { dataset_id: id, row_count: rows, symbols, coverage } = manifest
  if (!manifest.materialised) return `Dataset declared: ${id} (no data: it cannot be run on)`
  const names = symbols.length === 1 ? symbols[0].symbol : `${symbols.length} symbols`
  return `Dataset registered: ${id} (${names}, ${rows} bars, ${coverage.from} to ${coverage.to})`
}

const LIST_COLUMNS = ['id', 'kind', 'interval', 'symbols', 'bars', 'from', 'to', 'created', 'materialised'] as const

function listTable(manifests: readonly Manifest[]): Table {
  return tableOf(
    LIST_COLUMNS,
    manifests.map(manifest => ({
      id: manifest.dataset_id,
      kind: manifest.kind,
      interval: manifest.interval,
      symbols: manifest.symbols.length,
      bars: manifest.row_count,
      from: manifest.coverage.from,
      to: manifest.coverage.to,
      created: manifest.created_at,
      materialised: manifest.materialised,
    })),
  )
}
