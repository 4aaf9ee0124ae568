/** Open a panel dataset: its tables read once, checked against their hashes, dense in memory, cut to a window without copying. */

import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, float64Bytes } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { layout } from '../base/layout.ts'
import { readParquet } from '../base/parquet.ts'
import { DAY_MS, isoDate } from '../market/calendar.ts'
import { type Panel, slicePanel } from '../market/panel.ts'
import { type CodedColumns, panelFromCodes } from '../market/panel-codes.ts'
import { mustFindManifest } from './manifest.ts'
import { FACTS, type FactName } from './panel-columns.ts'
import { type FundingLabel, isPanel, type PanelManifest } from './panel-draft.ts'
import { tableBytes } from './tables.ts'

export interface PanelRequest {
  dataset_id: string
  /** First and last instant, epoch ms, both inclusive: days that begin within them. */
  start?: number
  end?: number
}

/** What is known of an asset besides its flags, which the panel has; null where dim_asset does not say it. */
export interface AssetRow {
  asset_id: string
  symbol: string | null
  name: string | null
  chain: string | null
  contract_address: string | null
  coingecko_id: string | null
}

export interface OpenedPanel {
  /** Views on memory that later requests share: to be read, not written. */
  panel: Panel
  dataset: {
    dataset_id: string
    /** SHA-256 of the whole dataset's content; of the days read, see `panelHash`. */
    content_hash: string
    family: string | null
    funding_label: FundingLabel | null
  }
  /** In the order of `panel.assets`. */
  dims: AssetRow[]
  /** Shortfalls of the window. */
  warnings: string[]
}

/**
 * The panel of a dataset in [start, end]. NOT_FOUND for an unknown id, DATASET_NOT_MATERIALISED, DATA_ERROR for a dataset that is
 * no panel or a window without days, INTEGRITY_ERROR for a file that is not as registered.
 */
export async function openPanel(root: string, request: PanelRequest): Promise<OpenedPanel> {
  const manifest = mustFindManifest(root, request.dataset_id)
  if (!manifest.materialised) throw fail('DATASET_NOT_MATERIALISED', { dataset_id: manifest.dataset_id })
  if (!isPanel(manifest)) {
    const message = `Dataset ${manifest.dataset_id} is of kind ${manifest.kind}; a panel is needed`
    throw fail('DATA_ERROR', { message }, { hint: 'quantlab dataset list --kind panel shows the panels.' })
  }
  const { panel, dims } = await wholePanel(root, manifest)
  const last = panel.firstDay + panel.days - 1
  const from =
    request.start === undefined ? panel.firstDay : Math.max(panel.firstDay, Math.ceil(request.start / DAY_MS))
  const to = request.end === undefined ? last : Math.min(last, Math.floor(request.end / DAY_MS))
  if (from > to) throw emptyWindow(manifest.dataset_id, panel, request)
  return {
    panel: slicePanel(panel, from - panel.firstDay, to - panel.firstDay + 1),
    dataset: {
      dataset_id: manifest.dataset_id,
      content_hash: manifest.content_hash as string,
      family: manifest.family,
      funding_label: manifest.panel.funding_label,
    },
    dims,
    warnings: shortfalls(manifest.dataset_id, panel, request),
  }
}

/**
 * SHA-256 of a panel as it was read: its asset ids as canonical JSON, then its first day and every table (close, market cap,
 * volume, funding, open interest) as name, zero byte, little-endian float64 values, each only where present.
 */
export function panelHash(panel: Panel): string {
  const hash = createHash('sha256').update(canonicalJson([panel.assets, panel.firstDay, panel.days]))
  for (const name of ['close', 'marketCap', 'volume', 'funding', 'openInterest'] as const) {
    const table = panel[name]
    if (table !== null) hash.update(`${name}\0`).update(float64Bytes(table))
  }
  return hash.update('flags\0').update(panel.stable).update(panel.wrapped).digest('hex')
}

/** The panel opened last, while its files stay as they are: a session asks for the same one again and again, and it may be large. */
let cached: { stamp: string; panel: Panel; dims: AssetRow[] } | null = null

async function wholePanel(root: string, manifest: PanelManifest): Promise<{ panel: Panel; dims: AssetRow[] }> {
  const stamp = stampOf(root, manifest)
  if (cached?.stamp === stamp) return cached
  // Let go of before the next is read, so that memory never holds two.
  cached = null
  const entryOf = (name: string) => manifest.tables.find(({ table }) => table === name)
  const columnsOf = async (name: string) => {
    const entry = entryOf(name)
    return entry === undefined ? null : (await readParquet(tableBytes(root, manifest, entry))).columns
  }
  const coded = async (name: FactName): Promise<CodedColumns | null> => {
    const columns = await columnsOf(name)
    if (columns === null) return null
    const [date, asset, value] = [columns['date'], columns['asset'], columns[FACTS[name].column]] as Float64Array[]
    return { date, asset, value }
  }
  const dim = (await columnsOf('dim_asset'))!
  const assets = dim['asset_id'] as readonly string[]
  const flags = (name: string) => Uint8Array.from(dim[name] as readonly boolean[], flag => (flag ? 1 : 0))
  const text = (name: string, row: number) => (dim[name]?.[row] ?? null) as string | null
  const panel = panelFromCodes({
    assets,
    stable: flags('is_stable'),
    wrapped: flags('is_wrapped'),
    close: (await coded('fact_price'))!,
    marketCap: (await coded('fact_marketcap'))!,
    volume: (await coded('fact_volume'))!,
    funding: await coded('fact_funding'),
    openInterest: await coded('fact_open_interest'),
  })
  const dims = assets.map((asset_id, row) => ({
    asset_id,
    symbol: text('symbol', row),
    name: text('name', row),
    chain: text('chain', row),
    contract_address: text('contract_address', row),
    coingecko_id: text('coingecko_id', row),
  }))
  cached = { stamp, panel, dims }
  return cached
}

function stampOf(root: string, manifest: PanelManifest): string {
  const folder = layout.dataset(root, manifest.kind, manifest.dataset_id)
  const stamps = manifest.tables.map(({ path }) => {
    const stat = lstatSync(join(folder, path), { throwIfNoEntry: false })
    return `${stat?.mtimeMs} ${stat?.size} ${stat?.ino}`
  })
  return [folder, manifest.manifest_hash, ...stamps].join('\n')
}

function emptyWindow(id: string, panel: Panel, request: PanelRequest): Error {
  const message = `No data: no day of panel ${id} lies in ${windowText(request)}; it covers ${coverage(panel)}`
  return fail('DATA_ERROR', { message }, { hint: 'Choose start and end inside the coverage.' })
}

function shortfalls(id: string, panel: Panel, request: PanelRequest): string[] {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = request
  const early = start === Number.NEGATIVE_INFINITY || Math.ceil(start / DAY_MS) >= panel.firstDay
  const late = end === Number.POSITIVE_INFINITY || Math.floor(end / DAY_MS) < panel.firstDay + panel.days
  return early && late ? [] : [`Dataset ${id} covers ${coverage(panel)}, not the whole window ${windowText(request)}`]
}

function windowText({ start, end }: PanelRequest): string {
  return `[${start === undefined ? 'first day' : isoDate(start)}, ${end === undefined ? 'last day' : isoDate(end)}]`
}

function coverage({ firstDay, days }: Panel): string {
  return `${isoDate(firstDay * DAY_MS)} to ${isoDate((firstDay + days - 1) * DAY_MS)}`
}
