/** A folder of long tables, or one long file → the manifest and the tables of a panel dataset; nothing is written. */

import { basename } from 'node:path'
import { type ErrorDetail, fail } from '../base/errors.ts'
import type { Bars } from '../market/bars.ts'
import { DAY_MS } from '../market/calendar.ts'
import { described } from './described.ts'
import type { RegisterParams } from './draft.ts'
import { checkDeclared, declaredRange } from './import.ts'
import { ID_PATTERN, type Manifest, sealed } from './manifest.ts'
import { peggedAssets, priceFindings, rowFaults, supplyJumps } from './panel-check.ts'
import { FACT_NAMES, FACTS } from './panel-columns.ts'
import { type AssetDims, listedDims } from './panel-dims.ts'
import { filesOf, type PanelInput, readPanelFiles } from './panel-files.ts'
import { unitFault } from './panel-funding.ts'
import type { LongRows } from './panel-source.ts'
import { assetsHeld, dimTable, factTable, instrumentTable } from './panel-tables.ts'
import { type NewTable, storedTable, type TablesManifest, tablesHash } from './tables.ts'

/** 800 MB a table of an open panel: ten thousand assets over 27 years. */
const MAX_CELLS = 100_000_000

/** Which instant a funding rate labelled D was settled at: 00:00 UTC of D, or of D + 1 (then it is moved on by a day). */
export type FundingLabel = 'settled' | 'period_start'

export interface PanelParams extends RegisterParams {
  /** Ids of the stablecoins, where there is no dim_asset; may be empty. */
  stable_assets?: readonly string[]
  /** Ids of the assets that wrap another one, where there is no dim_asset. */
  wrapped_assets?: readonly string[]
  /** `settled` unless given. */
  funding_label?: FundingLabel
}

/** What a panel's manifest says beyond its tables. */
export interface PanelManifest extends TablesManifest {
  panel: {
    asset_count: number
    stable_count: number
    wrapped_count: number
    /** null without funding. Rates labelled `period_start` were moved on by one day. */
    funding_label: FundingLabel | null
    /** Returns above 500 % from one day to the next. */
    large_return_count: number
  }
}

export function isPanel(manifest: Manifest): manifest is PanelManifest {
  return 'panel' in manifest
}

export interface PanelDraft {
  manifest: PanelManifest
  files: { path: string; bytes: Uint8Array }[]
  warnings: string[]
}

/** Read and check. INVALID_CONFIG for the parameters, DATA_ERROR for the data, each with all faults. `now` is epoch ms. */
export async function panelDraft(params: PanelParams, path: string, now: number): Promise<PanelDraft> {
  checkParams(params)
  const files = filesOf(path)
  if (files.dims === null && params.stable_assets === undefined) {
    const message = `${basename(path)} has no dim_asset, so stable_assets must be given (an empty list where there are none)`
    throw fail(
      'INVALID_CONFIG',
      { message },
      { details: [{ pointer: '/params/stable_assets', message: 'is required here' }] },
    )
  }
  if (files.dims !== null) refuseLists(params, basename(files.dims))
  return draftOfPanel(params, await readPanelFiles(path, files), now)
}

/** Check the tables of a panel and make its dataset of them; the other half of `panelDraft`, for generated tables too. */
export function draftOfPanel(params: PanelParams, input: PanelInput, now: number): PanelDraft {
  const tables = [...input.tables].sort((a, b) => FACT_NAMES.indexOf(a.table) - FACT_NAMES.indexOf(b.table))
  checkTables(tables)
  const assets = assetsHeld(tables)
  const dims = input.dims ?? listedDims(assets, params.stable_assets ?? [], params.wrapped_assets ?? [])
  refuseUnflagged(assets, dims)
  const label = fundingLabel(params, tables)
  const facts = tables.map(rows => (rows.table === 'fact_funding' ? relabelled(rows, label) : rows))
  const price = facts[0]
  const found = priceFindings(price)
  const stored = newTables(facts, assets, dims, input.sources).map(storedTable)
  const entries = stored.map(({ entry }) => entry)
  const { from, to } = entries.find(entry => entry.table === 'fact_price')!
  if (from === null || to === null) throw fail('DATA_ERROR', { message: `${price.file} holds no price` })
  checkSpan(params, price.file, Date.parse(from), Date.parse(to))
  refuseOversize(price.file, assets.length, (Date.parse(to) - Date.parse(from)) / DAY_MS + 1)
  const manifest = sealed({
    ...described(params, 'panel', input.source, now),
    interval: '1d',
    calendar: 'crypto',
    coverage: { from, to },
    columns: ['asset_id', 'date', ...facts.map(rows => FACTS[rows.table].column)],
    ignored_columns: input.ignored_columns,
    row_count: entries.reduce((sum, entry) => sum + (entry.table.startsWith('fact_') ? entry.rows : 0), 0),
    gap_count: found.gaps,
    missing_bar_count: found.missing_days,
    symbols: [],
    content_hash: tablesHash(entries),
    tables: entries,
    panel: {
      asset_count: assets.length,
      stable_count: assets.filter(id => dims.byId.get(id)!.stable).length,
      wrapped_count: assets.filter(id => dims.byId.get(id)!.wrapped).length,
      funding_label: label,
      large_return_count: found.large_returns.count,
    },
  } as Omit<PanelManifest, 'manifest_hash'>) as PanelManifest
  const files = stored.map(({ entry, bytes }) => ({ path: entry.path, bytes }))
  return { manifest, files, warnings: warningsOf(params, input, facts, assets, dims, found.large_returns) }
}

function newTables(
  facts: readonly LongRows[],
  assets: readonly string[],
  dims: AssetDims,
  sources: PanelInput['sources'],
): NewTable[] {
  const tables = [dimTable(assets, dims)]
  for (const rows of facts) {
    const instruments = rows.table === 'fact_funding' ? instrumentTable(rows) : null
    if (instruments !== null) tables.push(instruments)
    tables.push(factTable(rows, assets, sources.get(rows.table) ?? null))
  }
  return tables
}

/** All faults of all tables in one error; tables of one file share its keys, so that a fault of a key is told once. */
function checkTables(tables: readonly LongRows[]): void {
  const faulty = tables.flatMap(rows => {
    const error = rowFaults(rows)
    return error === null ? [] : [{ file: rows.file, error }]
  })
  if (faulty.length > 0) {
    const details = new Map<string, ErrorDetail>()
    for (const { file, error } of faulty) {
      for (const detail of error.details) {
        const pointer = `${file} ${detail.pointer}`
        details.set(`${pointer} ${detail.message}`, { ...detail, pointer })
      }
    }
    const message = [...new Set(faulty.map(({ error }) => error.message))].join('; ')
    throw fail('DATA_ERROR', { message }, { details: [...details.values()], hint: faulty[0].error.hint })
  }
  const funding = tables.find(rows => rows.table === 'fact_funding')
  const drift = funding === undefined ? null : unitFault(funding)
  if (drift !== null) throw drift
}

/** Every asset with data must be known to be stable or not. */
function refuseUnflagged(assets: readonly string[], dims: AssetDims): void {
  const unknown = assets.filter(id => !dims.byId.has(id))
  if (unknown.length === 0) return
  const file = dims.source?.name ?? 'dim_asset'
  const message = `${file} has no row for ${listed(unknown)}: whether they are stablecoins must be said`
  const details = unknown.slice(0, 20).map(id => ({ pointer: id, message: `not in ${file}` }))
  throw fail(
    'DATA_ERROR',
    { message },
    { details, hint: 'Add a row with is_stable and is_wrapped for each asset that has data.' },
  )
}

function fundingLabel(params: PanelParams, tables: readonly LongRows[]): FundingLabel | null {
  if (tables.some(rows => rows.table === 'fact_funding')) return params.funding_label ?? 'settled'
  if (params.funding_label === undefined) return null
  const message = 'funding_label is given, but there is no funding table: leave it out'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/funding_label', message }] })
}

/** Rates labelled by the start of their period become known, and are paid, a day later. */
function relabelled(rows: LongRows, label: FundingLabel | null): LongRows {
  return label === 'period_start' ? { ...rows, date: rows.date.map(date => date + DAY_MS) } : rows
}

/** Compare declared bounds with the days that have prices, as for bars. */
function checkSpan(params: PanelParams, file: string, first: number, last: number): void {
  const ts = Float64Array.of(first, last)
  const span: Bars = {
    symbol: '',
    interval: '1d',
    calendar: 'crypto',
    ts,
    open: null,
    high: null,
    low: null,
    close: ts,
    volume: null,
  }
  checkDeclared([span], file, DAY_MS, declaredRange(params.from, params.to))
}

/** An open panel is dense: a stray date far away from all others would take all memory of those who open it. */
function refuseOversize(file: string, assets: number, days: number): void {
  if (assets * days <= MAX_CELLS) return
  const message = `${file}: ${assets} assets over ${days} days make more than ${MAX_CELLS} cells a table`
  throw fail('DATA_ERROR', { message }, { hint: 'Look for a stray date at either end, or register a part.' })
}

function checkParams(params: PanelParams): void {
  const details: ErrorDetail[] = []
  const refuse = (name: string, message: string) => details.push({ pointer: `/params/${name}`, message })
  if (!ID_PATTERN.test(params.id)) refuse('id', `must match ${ID_PATTERN.source}`)
  if (params.symbol !== undefined) refuse('symbol', 'goes with bars only: a panel names its assets itself')
  if (params.interval !== undefined && params.interval !== '1d') refuse('interval', 'must be 1d: a panel has days')
  if (params.calendar === 'exchange') refuse('calendar', 'must be crypto: a panel runs over all calendar days')
  if (params.stable_assets === undefined && params.wrapped_assets !== undefined) {
    refuse('wrapped_assets', 'goes with stable_assets only')
  }
  if (details.length > 0)
    throw fail('INVALID_CONFIG', { message: `${details[0].pointer.slice(8)} ${details[0].message}` }, { details })
  declaredRange(params.from, params.to)
}

function refuseLists(params: PanelParams, dims: string): void {
  const given = (['stable_assets', 'wrapped_assets'] as const).filter(name => params[name] !== undefined)
  if (given.length === 0) return
  const details = given.map(name => ({ pointer: `/params/${name}`, message: `${dims} says it` }))
  throw fail(
    'INVALID_CONFIG',
    { message: `${given.join(' and ')} cannot be given: ${dims} says which assets are` },
    { details },
  )
}

function warningsOf(
  params: PanelParams,
  input: PanelInput,
  facts: readonly LongRows[],
  assets: readonly string[],
  dims: AssetDims,
  large: { count: number; shown: string[] },
): string[] {
  const warnings: string[] = []
  const { ignored_columns, ignored_files } = input
  if (ignored_files.length > 0) warnings.push(`Files left out: ${ignored_files.join(', ')}`)
  if (ignored_columns.length > 0) warnings.push(`Columns left out: ${ignored_columns.join(', ')}`)
  const pegged = peggedAssets(facts[0]).filter(id => !dims.byId.get(id)!.stable)
  if (pegged.length > 0) {
    warnings.push(`Priced like a stablecoin, but not flagged as one, so it counts as an alt: ${listed(pegged.sort())}`)
  }
  if (large.count > 0) {
    warnings.push(`${large.count} daily return(s) above 500 %, kept as they are: ${listed(large.shown, large.count)}`)
  }
  const caps = facts.find(({ table }) => table === 'fact_marketcap')
  const jumps = caps === undefined ? { count: 0, shown: [] } : supplyJumps(facts[0], caps)
  if (jumps.count > 0) {
    const days = listed(jumps.shown, jumps.count)
    warnings.push(
      `Market cap over price changes tenfold in a day, as with another coin's market cap under the name: ${days}`,
    )
  }
  const lower = new Map<string, string>()
  for (const id of assets) {
    const other = lower.get(id.toLowerCase())
    if (other !== undefined) warnings.push(`${other} and ${id} differ by case only and are taken as two assets`)
    lower.set(id.toLowerCase(), id)
  }
  const idle = [...dims.byId.keys()].filter(id => !assets.includes(id))
  if (input.dims !== null && idle.length > 0) warnings.push(`Assets without data left out: ${listed(idle)}`)
  if (input.dims === null) warnings.push(...listWarnings(params, assets))
  return warnings
}

function listWarnings({ stable_assets, wrapped_assets }: PanelParams, assets: readonly string[]): string[] {
  const warnings = []
  const unknown = [...(stable_assets ?? []), ...(wrapped_assets ?? [])].filter(id => !assets.includes(id))
  if (unknown.length > 0) warnings.push(`Flagged, but without data: ${listed(unknown)}`)
  if (wrapped_assets === undefined) warnings.push('No wrapped_assets given: no asset is taken to wrap another one')
  return warnings
}

function listed(ids: readonly string[], count = ids.length): string {
  const shown = ids.slice(0, 10)
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ')
}
