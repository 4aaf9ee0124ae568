/** The files of a panel, a folder of long tables or one long file → its tables as they stand there. */

import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { FACT_NAMES, FACTS, type FactName } from './panel-columns.ts'
import { type AssetDims, readDims } from './panel-dims.ts'
import { type LongRows, readLongFile, type SourceFile } from './panel-source.ts'

/** A panel's tables as they were read or generated, before any check. */
export interface PanelInput {
  tables: LongRows[]
  /** The file of each table, by its name; empty for generated data. */
  sources: ReadonlyMap<string, SourceFile>
  /** null where there is no dim_asset. */
  dims: AssetDims | null
  ignored_columns: string[]
  ignored_files: string[]
  /** Where the data come from, unless the caller says it. */
  source: string
}

export interface PanelFiles {
  facts: { path: string; tables: FactName[] }[]
  dims: string | null
  ignored: string[]
}

/** The files of a folder by their names, or the one long file. DATA_ERROR for nothing there, a table missing, or one given twice. */
export function filesOf(path: string): PanelFiles {
  const stat = storing(path, () => statSync(path, { throwIfNoEntry: false }))
  if (stat === undefined) {
    const details = [{ pointer: '/params/path', message: 'no such folder or file' }]
    throw fail('DATA_ERROR', { message: `There is no folder or file ${path}` }, { details })
  }
  if (!stat.isDirectory()) return { facts: [{ path, tables: FACT_NAMES }], dims: null, ignored: [] }
  const names = storing(path, () => readdirSync(path)).sort()
  const details: ErrorDetail[] = []
  const find = (table: string, required: boolean): string | null => {
    const found = names.filter(name => name === `${table}.csv` || name === `${table}.parquet`)
    if (found.length > 1) details.push({ pointer: table, message: `is there twice: ${found.join(' and ')}` })
    if (found.length === 0 && required) details.push({ pointer: table, message: 'is missing' })
    return found.length === 0 ? null : join(path, found[0])
  }
  const facts = FACT_NAMES.flatMap(table => {
    const file = find(table, FACTS[table].required)
    return file === null ? [] : [{ path: file, tables: [table] }]
  })
  const dims = find('dim_asset', false)
  if (details.length > 0) {
    const message = details.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')
    const hint =
      'A panel folder has fact_price, fact_marketcap, fact_volume, and where known fact_funding, fact_open_interest and dim_asset, each .csv or .parquet.'
    throw fail('DATA_ERROR', { message: `${basename(path)}: ${message}` }, { details, hint })
  }
  const used = [...facts.map(file => basename(file.path)), dims === null ? '' : basename(dims)]
  return { facts, dims, ignored: names.filter(name => !used.includes(name)) }
}

/** Read all files of a panel; see `readLongFile` and `readDims` for the errors. */
export async function readPanelFiles(path: string, files: PanelFiles): Promise<PanelInput> {
  const input: PanelInput & { sources: Map<string, SourceFile> } = {
    tables: [],
    sources: new Map(),
    dims: files.dims === null ? null : await readDims(files.dims),
    ignored_columns: [],
    ignored_files: files.ignored,
    source: basename(path),
  }
  const several = files.facts.length > 1
  for (const file of files.facts) {
    const { source, tables, ignored } = await readLongFile(file.path, file.tables)
    input.tables.push(...tables)
    for (const { table } of tables) input.sources.set(table, source)
    input.ignored_columns.push(...ignored.map(name => (several ? `${source.name}:${name}` : name)))
  }
  if (input.dims?.source)
    input.ignored_columns.push(...input.dims.ignored.map(name => `${input.dims!.source!.name}:${name}`))
  return input
}
