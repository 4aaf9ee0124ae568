/** Generated data → datasets like any other: checked by the same rules, with the generator, seed and parameters as their source. */

import { canonicalJson, sha256Hex } from '../base/canonical.ts'
import type { Bars } from '../market/bars.ts'
import type { GeneratedPanel, GeneratedTable } from '../market/generate-panel-tables.ts'
import { barFaults } from '../market/validate.ts'
import { VALUE_COLUMNS } from './columns.ts'
import { contentHash, snapshotHash } from './content.ts'
import { described } from './described.ts'
import { identity, type RegisterParams, refuseOtherContent } from './draft.ts'
import { barsFile, coverageOf } from './import.ts'
import { type Manifest, type SymbolEntry, sealed, symbolPath } from './manifest.ts'
import type { FactName } from './panel-columns.ts'
import { type RegisteredPanel, registerPanelTables } from './panel-datasets.ts'
import type { LongRows } from './panel-source.ts'
import { type Published, publishDataset } from './publication.ts'

/** What made the data. */
export interface Generator {
  name: string
  version: number
  seed: number
  /** With all defaults filled in. */
  parameters: Record<string, unknown>
}

/** The source of a generated dataset, as its manifest says it: canonical JSON of the generator. */
export function generatorText(generator: Generator): string {
  return canonicalJson(generator)
}

/** Register bars of several symbols, one interval and calendar. Unchanged, CONFLICT and faults as for imported bars. */
export function registerGeneratedBars(
  root: string,
  params: RegisterParams,
  bars: readonly Bars[],
  { now }: { now: number },
): Published<Manifest> {
  const all = [...bars].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  for (const one of all) {
    const error = barFaults(one, one.symbol)
    if (error !== null) throw error
  }
  const files = all.map(one => ({ path: symbolPath(one.symbol), bytes: barsFile(one) }))
  const symbols: SymbolEntry[] = all.map((one, i) => ({
    symbol: one.symbol,
    path: files[i].path,
    ...coverageOf(one),
    content_hash: snapshotHash(one),
    sha256: sha256Hex(files[i].bytes),
    size_bytes: files[i].bytes.length,
  }))
  const total = (count: (entry: SymbolEntry) => number) => symbols.reduce((sum, entry) => sum + count(entry), 0)
  const manifest = sealed({
    ...described(params, 'ohlcv', 'generated', now),
    interval: all[0].interval,
    calendar: all[0].calendar,
    coverage: {
      from: symbols.map(({ from }) => from).sort()[0],
      to: symbols
        .map(({ to }) => to)
        .sort()
        .at(-1)!,
    },
    columns: ['ts', ...VALUE_COLUMNS],
    ignored_columns: [],
    row_count: total(entry => entry.rows),
    gap_count: total(entry => entry.gaps),
    missing_bar_count: total(entry => entry.missing_bars),
    symbols,
    content_hash: contentHash(symbols),
  })
  refuseOtherContent(manifest, params)
  return publishDataset(root, { manifest, files, identity: present => identity(present, params) })
}

/** Register a generated panel by the rules of an imported one. */
export function registerGeneratedPanel(
  root: string,
  params: RegisterParams,
  panel: GeneratedPanel,
  { now }: { now: number },
): RegisteredPanel {
  const names = panel.assets.map(({ id }) => id)
  const rows = (table: FactName, { asset, date, value }: GeneratedTable): LongRows => ({
    table,
    file: table,
    asset: { names, index: asset },
    date,
    value,
    instrument: null,
    lines: null,
  })
  const byId = new Map(
    panel.assets.map(({ id, name, stable, wrapped }) => [id, { stable, wrapped, texts: [id, name] }]),
  )
  const input = {
    tables: [
      rows('fact_price', panel.price),
      rows('fact_marketcap', panel.marketCap),
      rows('fact_volume', panel.volume),
      rows('fact_funding', panel.funding),
      rows('fact_open_interest', panel.openInterest),
    ],
    sources: new Map(),
    dims: { byId, textColumns: ['symbol', 'name'], ignored: [], source: null },
    ignored_columns: [],
    ignored_files: [],
    source: 'generated',
  }
  return registerPanelTables(root, params, input, { now })
}
