/** The assets of a panel: dim_asset of a caller → which are stablecoins, which wrap another one, and what they are called. */

import { closeSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { parseCsv } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { openParquet } from '../base/parquet.ts'
import { RowFaults } from '../base/row-faults.ts'
import type { Cell } from '../base/table.ts'
import { isParquet, openRegular, type SourceFile } from './panel-source.ts'

/** What is known of one asset. */
export interface AssetDim {
  stable: boolean
  wrapped: boolean
  /** Cells of the text columns that the table has, in their order. */
  texts: (string | null)[]
}

export interface AssetDims {
  byId: ReadonlyMap<string, AssetDim>
  /** Text columns that are kept, in the order of `TEXTS`. */
  textColumns: readonly string[]
  ignored: string[]
  /** null where the flags were given without a table. */
  source: SourceFile | null
}

const TEXTS = ['symbol', 'name', 'chain', 'contract_address', 'coingecko_id']
const HINT =
  'dim_asset has asset_id, is_stable and is_wrapped (or is_wrapped_stable); a flag is true or false in each row.'

/**
 * Read dim_asset, CSV or Parquet. An asset is wrapped where either flag says so. DATA_ERROR for an absent column, an id that
 * is empty or stands twice, and a flag that is neither true nor false: an asset that is not known to be stable is never guessed.
 */
export async function readDims(path: string): Promise<AssetDims> {
  const { source, header, cells, lines } = await cellsOf(path)
  const column = (name: string) => header.findIndex(given => given.trim().toLowerCase() === name)
  const id = column('asset_id')
  const stable = column('is_stable')
  const wrapped = [column('is_wrapped'), column('is_wrapped_stable')].filter(at => at >= 0)
  const missing = [
    ...(id < 0 ? ['asset_id'] : []),
    ...(stable < 0 ? ['is_stable'] : []),
    ...(wrapped.length === 0 ? ['is_wrapped or is_wrapped_stable'] : []),
  ]
  if (missing.length > 0) {
    const message = `${source.name} has no column ${missing.join(', no column ')}; it has ${header.join(', ')}`
    throw fail(
      'DATA_ERROR',
      { message },
      { details: missing.map(name => ({ pointer: source.name, message: `no ${name}` })), hint: HINT },
    )
  }
  const texts = TEXTS.filter(name => column(name) >= 0)
  const byId = new Map<string, AssetDim>()
  const faults = new RowFaults()
  for (let row = 0; row < (cells[id]?.length ?? 0); row++) {
    const key = textOf(cells[id][row])
    const flag = (at: number): boolean => {
      const value = flagOf(cells[at][row])
      if (value === null)
        faults.add(
          row + 1,
          `${header[at]} of ${key} is ${JSON.stringify(cells[at][row] ?? null)}, not true or false`,
          lines?.[row],
        )
      return value === true
    }
    if (key === null) faults.add(row + 1, 'asset_id is missing', lines?.[row])
    else if (byId.has(key)) faults.add(row + 1, `${key} stands twice`, lines?.[row])
    else {
      byId.set(key, {
        stable: flag(stable),
        wrapped: wrapped.map(flag).includes(true),
        texts: texts.map(name => textOf(cells[column(name)][row])),
      })
    }
  }
  const error = faults.error(source.name, HINT)
  if (error !== null) throw error
  const used = [id, stable, ...wrapped, ...texts.map(column)]
  return { byId, textColumns: texts, ignored: header.filter((_, at) => !used.includes(at)), source }
}

/** Flags given as lists of ids, for tables without dim_asset. */
export function listedDims(
  assets: readonly string[],
  stable: readonly string[],
  wrapped: readonly string[],
): AssetDims {
  const byId = new Map(
    assets.map(id => [id, { stable: stable.includes(id), wrapped: wrapped.includes(id), texts: [] }]),
  )
  return { byId, textColumns: [], ignored: [], source: null }
}

/** A file as columns of cells; `lines` only of a text file. */
interface DimFile {
  source: SourceFile
  header: string[]
  cells: ArrayLike<Cell>[]
  lines?: number[]
}

async function cellsOf(path: string): Promise<DimFile> {
  const file = openRegular(path)
  try {
    const name = basename(path)
    const parquet = isParquet(file)
    const bytes = storing(path, () => readFileSync(file))
    const source: SourceFile = {
      name,
      format: parquet ? 'parquet' : 'csv',
      sha256: sha256Hex(bytes),
      size_bytes: bytes.length,
    }
    if (parquet) {
      const table = await openParquet(bytes).read()
      return { source, header: Object.keys(table.columns), cells: Object.values(table.columns) }
    }
    const { header, rows, lines } = parseCsv(bytes, name)
    return { source, header, cells: header.map((_, at) => rows.map(row => row[at])), lines }
  } finally {
    closeSync(file)
  }
}

function textOf(cell: Cell): string | null {
  return typeof cell === 'string' && cell !== '' ? cell : null
}

/** true, false, 1 and 0 as programs write them; null for anything else. */
function flagOf(cell: Cell): boolean | null {
  const text = String(cell).toLowerCase()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : null
}
