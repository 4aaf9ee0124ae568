/** One fact file: rows of one table as Parquet, with their count and sum of hashes in the footer, checked on reading. */

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { openParquet, type ParquetFile, type ParquetType, parquetBytes } from '../base/parquet.ts'
import type { Column, Table } from '../base/table.ts'
import { VERSION } from '../base/version.ts'
import { hashedNames, hex256, sumOfRows, type TableSum } from './ids.ts'
import { type ColumnType, columnsOf, type Row, type TableName } from './tables.ts'
import type { Stamp } from './types.ts'

/** Layout of fact files; a reader refuses another one. New columns do not change it. */
const FORMAT = '1'

const PHYSICAL: Record<ColumnType, ParquetType> = {
  text: 'text',
  json: 'text',
  int: 'int64',
  double: 'double',
  instant: 'timestamp',
}

export interface FactRows<T extends TableName> extends TableSum {
  facts: Row<T>[]
}

/** What the footer of a fact file says without its rows being read. */
export interface FactFooter extends TableSum {
  /** Of a segment: the files that it stands for, relative to its table's folder. */
  sources: string[]
  /** Of the head of a resolution: SHA-256 of the files of its members and of its artifacts, where it was recorded. */
  parts: { runs?: string; artifacts?: string }
}

/** Rows as the bytes of a fact file, with what its footer says besides. */
export function encodeFacts<T extends TableName>(
  table: T,
  rows: readonly Row<T>[],
  stamp: Stamp,
  { sources = [], parts = {} }: { sources?: readonly string[]; parts?: FactFooter['parts'] } = {},
): { bytes: Uint8Array; sum: bigint } {
  const recorded = {
    schema_version: 1,
    recorded_at: stamp.now,
    recorded_by: stamp.actor ?? null,
    tool_version: VERSION,
  }
  const columns: Record<string, Column> = {}
  const types: Record<string, ParquetType> = {}
  for (const [name, type] of columnsOf(table)) {
    const common = (recorded as Record<string, string | number | null>)[name] ?? null
    // A row that is merged into a segment keeps when and by whom it was recorded.
    columns[name] = rows.map(row => {
      const cell = (row as Record<string, string | number | null>)[name]
      return cell === undefined ? common : cell
    })
    types[name] = PHYSICAL[type]
  }
  const sum = sumOfRows(rows, hashedNames(Object.keys(columns)))
  const metadata = {
    'quantlab.table': table,
    'quantlab.format': FORMAT,
    'quantlab.rows': String(rows.length),
    'quantlab.sum': hex256(sum),
    ...(sources.length === 0 ? {} : { 'quantlab.sources': packNames(sources) }),
    ...Object.fromEntries(Object.entries(parts).map(([part, hash]) => [`quantlab.part.${part}`, hash])),
  }
  return { bytes: parquetBytes({ columns, rows: rows.length }, { types, metadata }), sum }
}

/** The rows of a fact file, each column of a newer version included in the check. REGISTRY_CORRUPT where they do not match. */
export async function readFacts<T extends TableName>(table: T, path: string): Promise<FactRows<T>> {
  return decodeFacts(
    table,
    path,
    storing(path, () => readFileSync(path)),
  )
}

/** The same of bytes at hand; `path` names them in an error. */
export async function decodeFacts<T extends TableName>(
  table: T,
  path: string,
  bytes: Uint8Array,
): Promise<FactRows<T>> {
  let file: ParquetFile
  let data: Table
  try {
    file = openParquet(bytes)
    data = await file.read()
  } catch {
    throw corrupt(path)
  }
  const footer = footerOf(table, path, file.metadata)
  const facts = rowsOf(data)
  const sum = sumOfRows(facts, hashedNames(Object.keys(data.columns)))
  if (facts.length !== footer.rows || sum !== footer.sum) throw corrupt(path)
  for (const [name, , nullable] of columnsOf(table)) {
    if (data.columns[name] !== undefined) continue
    if (!nullable && facts.length > 0) throw corrupt(path)
    // A column that came later is null in what was written before.
    for (const row of facts) row[name] = null
  }
  return { facts: facts as Row<T>[], rows: footer.rows, sum: footer.sum }
}

/** The footer of a fact file, read without the rest of the file. */
export function readFooter(table: TableName, path: string): FactFooter {
  return storing(path, () => {
    const file = openSync(path, 'r')
    try {
      const size = fstatSync(file).size
      const end = Buffer.alloc(8)
      if (size < 12 || readSync(file, end, 0, 8, size - 8) !== 8) throw corrupt(path)
      const length = end.readUInt32LE(0) + 8
      if (length > size) throw corrupt(path)
      const tail = Buffer.alloc(length)
      readSync(file, tail, 0, length, size - length)
      return footerOf(table, path, footerMetadata(path, tail))
    } finally {
      closeSync(file)
    }
  })
}

/** The error of a fact that is not what was written. */
export function corrupt(path: string): Error {
  return fail('REGISTRY_CORRUPT', { path }, { details: [{ pointer: path, message: 'does not match its hash' }] })
}

function footerMetadata(path: string, tail: Uint8Array): Record<string, string> {
  try {
    return openParquet(tail).metadata
  } catch {
    throw corrupt(path)
  }
}

function footerOf(table: TableName, path: string, metadata: Record<string, string>): FactFooter {
  if (metadata['quantlab.table'] !== table || metadata['quantlab.format'] !== FORMAT) throw corrupt(path)
  const rows = Number(metadata['quantlab.rows'])
  const sum = metadata['quantlab.sum'] ?? ''
  if (!Number.isSafeInteger(rows) || !/^[0-9a-f]{64}$/.test(sum)) throw corrupt(path)
  return {
    rows,
    sum: BigInt(`0x${sum}`),
    sources: unpackNames(metadata['quantlab.sources'] ?? ''),
    parts: { runs: metadata['quantlab.part.runs'], artifacts: metadata['quantlab.part.artifacts'] },
  }
}

/** Rows as objects; NaN of a numeric column is null. */
function rowsOf({ columns, rows }: Table): Record<string, string | number | boolean | null>[] {
  const names = Object.keys(columns)
  const out = new Array<Record<string, string | number | boolean | null>>(rows)
  for (let i = 0; i < rows; i++) {
    const row: Record<string, string | number | boolean | null> = {}
    for (const name of names) {
      const cell = columns[name][i]
      row[name] = cell === undefined || Number.isNaN(cell) ? null : (cell as string | number | boolean | null)
    }
    out[i] = row
  }
  return out
}

/** Names grouped by folder: `day=2026-01-02/part-…` costs its own part only. */
function packNames(names: readonly string[]): string {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const cut = name.lastIndexOf('/') + 1
    const folder = name.slice(0, cut)
    const group = groups.get(folder) ?? []
    group.push(name.slice(cut).replace(/\.parquet$/, ''))
    groups.set(folder, group)
  }
  return [...groups].map(([folder, stems]) => `${folder} ${stems.join(' ')}`).join('\n')
}

function unpackNames(text: string): string[] {
  if (text === '') return []
  return text.split('\n').flatMap(line => {
    const [folder, ...stems] = line.split(' ')
    return stems.map(stem => `${folder}${stem}.parquet`)
  })
}
