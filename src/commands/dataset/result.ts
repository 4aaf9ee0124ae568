/** Manifests as the answers of `dataset` show them, in the field names of the registry. */

import { posix, relative, sep } from 'node:path'
import { layout } from '../../base/layout.ts'
import type { Manifest } from '../../lake/manifest.ts'
import { isPanel, type PanelManifest } from '../../lake/panel-draft.ts'
import { holdsTables, type TableEntry } from '../../lake/tables.ts'
import { datasetView } from '../../registry/dataset-facts.ts'
import { artifactsOfDataset } from '../../registry/run-record.ts'
import type { Row } from '../../registry/tables.ts'

/** A manifest as list shows it. */
export function summaryOf(root: string, manifest: Manifest) {
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
    symbolCount: symbolCount(manifest),
    createdAt: manifest.created_at,
    contentHash: manifest.content_hash,
    root: rootOf(root, manifest),
    materialised: manifest.materialised,
  }
}

/** A manifest as get, register and generate show it: with its columns, and its symbols or tables. */
export function detailOf(root: string, manifest: Manifest) {
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
    tables: holdsTables(manifest) ? manifest.tables.map(tableOfEntry) : [],
    panel: isPanel(manifest) ? panelOf(manifest) : null,
    files: filesOf(manifest),
  }
}

/** Folder of a dataset, relative to the root where it lies below it: of a declared one where its data lie, if that was said. */
export function rootOf(root: string, manifest: Manifest): string {
  if (manifest.elsewhere !== undefined) return manifest.elsewhere.root
  return relative(root, layout.dataset(root, manifest.kind, manifest.dataset_id))
    .split(sep)
    .join('/')
}

function filesOf({ elsewhere }: Manifest) {
  return (elsewhere?.files ?? []).map(({ path, sha256, size_bytes }) => ({
    path: posix.join(elsewhere?.root ?? '', path),
    sha256,
    sizeBytes: size_bytes as number | null,
  }))
}

/** A dataset of which only the fact is here, as list shows it: its data are on another machine. */
export function factSummaryOf(row: Row<'datasets'>) {
  const { provenance, coverage, ...view } = datasetView(row)
  const { source = null, extractedAt = null } = provenance as { source?: string | null; extractedAt?: string | null }
  const { dateRange } = coverage as { dateRange?: { from?: string | null; to?: string | null } }
  return {
    datasetId: view.datasetId,
    kind: view.kind,
    family: view.family ?? null,
    schemaVersion: view.schemaVersion,
    interval: null,
    calendar: null,
    provenance: { source, extractedAt, license: null, attribution: null, file: null },
    coverage: {
      dateRange: { from: dateRange?.from ?? null, to: dateRange?.to ?? null },
      ...{ rowCount: null, gapCount: null, missingBarCount: null },
    },
    symbolCount: null,
    createdAt: view.createdAt,
    contentHash: view.contentHash ?? null,
    root: view.root ?? '',
    materialised: false,
  }
}

/** The same as get shows it: what is known of its files are their hashes. */
export function factDetailOf(row: Row<'datasets'>) {
  const files = artifactsOfDataset(row).map(({ uri, content_hash, bytes }) => ({
    ...{ path: uri, sha256: content_hash, sizeBytes: bytes },
  }))
  return { ...factSummaryOf(row), columns: [], ignoredColumns: [], symbols: [], tables: [], panel: null, files }
}

function tableOfEntry(entry: TableEntry) {
  const { file } = entry
  return {
    table: entry.table,
    path: entry.path,
    rowCount: entry.rows,
    absentRowCount: entry.absent_rows,
    dateRange: entry.from === null || entry.to === null ? null : { from: entry.from, to: entry.to },
    columns: entry.columns,
    contentHash: entry.content_hash,
    sha256: entry.sha256,
    sizeBytes: entry.size_bytes,
    file: file && { name: file.name, format: file.format, sha256: file.sha256, sizeBytes: file.size_bytes },
  }
}

function panelOf({ panel }: PanelManifest) {
  return {
    assetCount: panel.asset_count,
    stableCount: panel.stable_count,
    wrappedCount: panel.wrapped_count,
    fundingLabel: panel.funding_label,
    largeReturnCount: panel.large_return_count,
  }
}

/** Symbols of bars, assets of a panel. */
export function symbolCount(manifest: Manifest): number {
  return isPanel(manifest) ? manifest.panel.asset_count : manifest.symbols.length
}

export function registeredText(manifest: Manifest): string {
  const { dataset_id: id, row_count: rows, symbols, coverage } = manifest
  if (!manifest.materialised) return `Dataset declared: ${id} (no data: it cannot be run on)`
  const span = `${coverage.from} to ${coverage.to}`
  if (isPanel(manifest))
    return `Dataset registered: ${id} (${manifest.panel.asset_count} assets, ${rows} values, ${span})`
  if (holdsTables(manifest)) return `Dataset registered: ${id} (${rows} ${manifest.kind}, ${span})`
  const names = symbols.length === 1 ? symbols[0].symbol : `${symbols.length} symbols`
  return `Dataset registered: ${id} (${names}, ${rows} bars, ${span})`
}
