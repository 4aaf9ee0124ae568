/**
 * Datasets of several tables: manifest, files and hashes.
 *
 *   lake/datasets/<kind>/<dataset_id>/manifest.json
 *   lake/datasets/<kind>/<dataset_id>/tables/<table>.parquet
 */

import { createHash } from 'node:crypto'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, float64Bytes, hashOf, sha256Hex } from '../base/canonical.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { listFolder, storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { type ParquetType, parquetBytes, readParquet } from '../base/parquet.ts'
import type { Table } from '../base/table.ts'
import type { Manifest } from './manifest.ts'
import type { SourceFile } from './panel-source.ts'

/** What a dataset holds in one of its tables. */
export interface TableEntry {
  table: string
  /** Path inside the dataset's folder. */
  path: string
  rows: number
  /** Rows of the caller's table whose value was null: an absent value has no row. */
  absent_rows: number
  /** First and last instant; null for a table without time, or without rows. */
  from: string | null
  to: string | null
  columns: string[]
  content_hash: string
  sha256: string
  size_bytes: number
  /** The imported file; null for generated data. */
  file: SourceFile | null
}

/** The manifest of a dataset of tables. */
export interface TablesManifest extends Manifest {
  tables: TableEntry[]
}

/** A table that is to be stored, with what its manifest entry says of it. */
export interface NewTable {
  name: string
  table: Table
  types: Record<string, ParquetType>
  absent_rows: number
  from: string | null
  to: string | null
  file: SourceFile | null
}

export function holdsTables(manifest: Manifest): manifest is TablesManifest {
  return 'tables' in manifest
}

/** The file of a table and its entry in the manifest. */
export function storedTable(given: NewTable): { entry: TableEntry; bytes: Uint8Array } {
  const { name, table, types, absent_rows, from, to, file } = given
  const bytes = parquetBytes(table, { types })
  const entry: TableEntry = {
    table: name,
    path: `tables/${name}.parquet`,
    rows: table.rows,
    absent_rows,
    from,
    to,
    columns: Object.keys(table.columns),
    content_hash: tableHash(table),
    sha256: sha256Hex(bytes),
    size_bytes: bytes.length,
    file,
  }
  return { entry, bytes }
}

/**
 * SHA-256 over the columns: each its name in UTF-8, one zero byte, then numbers and instants (epoch ms) as little-endian
 * float64 (NaN where null), text and booleans as one canonical JSON array.
 */
export function tableHash({ columns }: Table): string {
  const hash = createHash('sha256')
  for (const [name, column] of Object.entries(columns)) {
    hash.update(`${name}\0`).update(column instanceof Float64Array ? float64Bytes(column) : canonicalJson(column))
  }
  return hash.digest('hex')
}

/** SHA-256 of a dataset of tables: the canonical JSON of its tables in order with the hash of each one's columns. */
export function tablesHash(tables: readonly TableEntry[]): string {
  return hashOf({ _t: 'dataset.content', v: 1, tables: tables.map(entry => [entry.table, entry.content_hash]) })
}

/** The bytes of a table as they were registered; INTEGRITY_ERROR where the file is absent or has changed. */
export function tableBytes(root: string, manifest: TablesManifest, entry: TableEntry): Uint8Array {
  const path = join(layout.dataset(root, manifest.kind, manifest.dataset_id), entry.path)
  const present = storing(path, () => lstatSync(path, { throwIfNoEntry: false }))?.isFile()
  if (!present) throw damaged(manifest.dataset_id, [{ pointer: entry.path, message: 'is missing' }])
  const bytes = storing(path, () => readFileSync(path))
  if (sha256Hex(bytes) === entry.sha256) return bytes
  throw damaged(manifest.dataset_id, [{ pointer: entry.path, message: 'has changed since it was registered' }])
}

/**
 * Read every table again and compare bytes and columns with the hashes of the manifest; the number of files. INTEGRITY_ERROR
 * names each file that is absent, changed or not listed.
 */
export async function verifyTables(root: string, manifest: TablesManifest): Promise<number> {
  const details: ErrorDetail[] = []
  const folder = layout.dataset(root, manifest.kind, manifest.dataset_id)
  for (const entry of manifest.tables) {
    const message = await tableFault(join(folder, entry.path), entry)
    if (message !== null) details.push({ pointer: entry.path, message })
  }
  const listed = ['tables', 'manifest.json', ...manifest.tables.map(entry => entry.path)]
  for (const path of [...listFolder(folder), ...listFolder(join(folder, 'tables')).map(name => `tables/${name}`)]) {
    if (!listed.includes(path)) details.push({ pointer: path, message: 'not in the manifest' })
  }
  if (tablesHash(manifest.tables) !== manifest.content_hash) {
    details.push({ pointer: 'manifest.json', message: 'content_hash is not that of its tables' })
  }
  if (details.length > 0) throw damaged(manifest.dataset_id, details)
  return manifest.tables.length + 1
}

async function tableFault(path: string, entry: TableEntry): Promise<string | null> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return 'is missing'
  const bytes = storing(path, () => readFileSync(path))
  if (sha256Hex(bytes) !== entry.sha256) return 'has changed: its SHA-256 differs'
  const table = await readParquet(bytes, entry.columns)
  return tableHash(table) === entry.content_hash ? null : 'has other columns than were registered'
}

function damaged(id: string, details: ErrorDetail[]): Error {
  const more = details.length > 1 ? ` and ${details.length - 1} more` : ''
  const message = `Dataset ${id} is damaged: ${details[0].pointer} ${details[0].message}${more}`
  const hint = 'Restore the file from a copy, or register a new dataset id.'
  return fail('INTEGRITY_ERROR', { message }, { details, hint })
}
