/** What a caller says of a dataset, with the file it names → a manifest and the files that belong to it; nothing is written. */

import { sha256Hex } from '../base/canonical.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import type { Calendar } from '../market/bars.ts'
import { intervalMs, isoInstant, parseInterval } from '../market/calendar.ts'
import { VALUE_COLUMNS } from './columns.ts'
import { contentHash, snapshotHash } from './content.ts'
import { elsewhereHash, filesElsewhere } from './elsewhere.ts'
import { barsFile, checkDeclared, checkedBars, coverageOf, declaredRange } from './import.ts'
import {
  ID_PATTERN,
  KIND_PATTERN,
  type Manifest,
  SYMBOL_PATTERN,
  type SymbolEntry,
  sealed,
  symbolPath,
} from './manifest.ts'
import { readSource, type Source } from './source.ts'

/** What a caller says of a dataset; `path` is absolute. */
export interface RegisterParams {
  id: string
  kind?: string
  path?: string
  symbol?: string
  interval?: string
  schema_version?: string
  source?: string
  from?: string
  to?: string
  family?: string
  calendar?: Calendar
  license?: string
  attribution?: string
  extracted_at?: string
  /** Where the data of a declared dataset lie; `folder` is absolute, `root` as it is recorded. */
  elsewhere?: { root: string; folder: string; hashed: boolean }
  /** Content hash under which the id is known already, where its data are not here yet. */
  expected_content?: string
}

/** Where data are taken from when a path is given: nothing else can be imported yet. */
const IMPORTED_KIND = 'ohlcv'

/** A manifest before it is registered, with the files that belong to it. */
export interface Draft {
  manifest: Manifest
  files: { path: string; bytes: Uint8Array }[]
  warnings: string[]
}

/** Check the parameters, then import or declare. INVALID_CONFIG and DATA_ERROR, each with all faults. `now` is epoch ms. */
export async function draftOf(params: RegisterParams, now: number): Promise<Draft> {
  checkParams(params)
  return params.path === undefined ? await declared(params, now) : imported(params, params.path, now)
}

/** What must be equal for two registrations to be the same; times of extraction only where the caller gives one. */
export function identity(manifest: Manifest, params: RegisterParams): Record<string, string | boolean | null> {
  const { provenance } = manifest
  return {
    content: manifest.content_hash,
    materialised: manifest.materialised,
    kind: manifest.kind,
    interval: manifest.interval,
    calendar: manifest.calendar,
    schema_version: manifest.schema_version_data,
    family: manifest.family,
    source: provenance.source,
    license: provenance.license,
    attribution: provenance.attribution,
    extracted_at: params.extracted_at === undefined ? null : provenance.extracted_at,
    from: manifest.materialised ? null : manifest.coverage.from,
    to: manifest.materialised ? null : manifest.coverage.to,
    data_root: manifest.elsewhere?.root ?? null,
  }
}

/** The data of an id that is known from elsewhere must be those; DATASET_IMMUTABLE. */
export function refuseOtherContent({ dataset_id, content_hash }: Manifest, { expected_content }: RegisterParams): void {
  if (expected_content === undefined || expected_content === content_hash) return
  const details = [{ pointer: 'content', message: `registered ${expected_content}, now ${content_hash ?? 'none'}` }]
  throw fail('DATASET_IMMUTABLE', { dataset_id, fields: 'content' }, { details })
}

async function imported(params: RegisterParams, path: string, now: number): Promise<Draft> {
  const interval = params.interval ?? '1d'
  const range = declaredRange(params.from, params.to)
  const source = await readSource(path)
  const all = checkedBars(source.raw, source.name, { interval, symbol: params.symbol, calendar: params.calendar })
  checkDeclared(all, source.name, intervalMs(interval), range)
  const files = all.map(bars => ({ path: symbolPath(bars.symbol), bytes: barsFile(bars) }))
  const symbols = all.map((bars, i) => ({
    symbol: bars.symbol,
    path: files[i].path,
    ...coverageOf(bars),
    content_hash: snapshotHash(bars),
    sha256: sha256Hex(files[i].bytes),
    size_bytes: files[i].bytes.length,
  }))
  const manifest = sealed({
    ...described(params, now),
    interval,
    calendar: all[0].calendar,
    materialised: true,
    provenance: { ...provenance(params, now), source: params.source ?? source.name, file: fileOf(source) },
    coverage: {
      from: symbols.map(entry => entry.from).sort()[0],
      to: symbols
        .map(entry => entry.to)
        .sort()
        .at(-1)!,
    },
    columns: ['ts', ...VALUE_COLUMNS.filter(name => all[0][name] !== null)],
    ignored_columns: source.raw.ignored,
    ...totals(symbols),
    symbols,
    content_hash: contentHash(symbols),
  })
  return { manifest, files, warnings: warningsOf(manifest, params) }
}

async function declared(params: RegisterParams, now: number): Promise<Draft> {
  const range = declaredRange(params.from, params.to)
  const { elsewhere } = params
  const files = elsewhere?.hashed ? await filesElsewhere(elsewhere.folder) : null
  const manifest = sealed({
    ...described(params, now),
    interval: params.interval ?? null,
    calendar: params.calendar ?? null,
    materialised: false,
    provenance: provenance(params, now),
    coverage: {
      from: range.from === null ? null : isoInstant(range.from),
      to: range.to === null ? null : isoInstant(range.to),
    },
    columns: [],
    ignored_columns: [],
    ...totals([]),
    symbols: [],
    content_hash: files === null ? null : elsewhereHash(files),
    ...(elsewhere === undefined ? {} : { elsewhere: { root: elsewhere.root, files } }),
  })
  return { manifest, files: [], warnings: [] }
}

function described(params: RegisterParams, now: number) {
  return {
    schema_version: '1.0' as const,
    dataset_id: params.id,
    kind: params.kind ?? IMPORTED_KIND,
    family: params.family ?? null,
    schema_version_data: params.schema_version ?? '1.0',
    created_at: isoInstant(now),
  }
}

function provenance(params: RegisterParams, now: number): Manifest['provenance'] {
  return {
    source: params.source ?? null,
    extracted_at: params.extracted_at ?? isoInstant(now),
    license: params.license ?? null,
    attribution: params.attribution ?? null,
    file: null,
  }
}

function fileOf({ name, format, sha256, size_bytes }: Source): Manifest['provenance']['file'] {
  return { name, format, sha256, size_bytes }
}

function totals(symbols: readonly SymbolEntry[]) {
  const sum = (count: (entry: SymbolEntry) => number) => symbols.reduce((total, entry) => total + count(entry), 0)
  return {
    row_count: sum(entry => entry.rows),
    gap_count: sum(entry => entry.gaps),
    missing_bar_count: sum(entry => entry.missing_bars),
  }
}

function warningsOf(manifest: Manifest, params: RegisterParams): string[] {
  const warnings: string[] = []
  if (manifest.ignored_columns.length > 0) {
    warnings.push(`Columns left out: ${manifest.ignored_columns.join(', ')}`)
  }
  const { interval } = manifest
  const sparse = manifest.symbols.filter(({ rows, gaps }) => rows > 2 && gaps === rows - 1)
  if (sparse.length > 0) {
    const names = sparse.slice(0, 5).map(({ symbol }) => symbol)
    warnings.push(`No two bars of ${names.join(', ')} are one interval (${interval}) apart: is the interval right?`)
  }
  if (params.calendar === undefined) {
    const seen = manifest.calendar === 'exchange' ? 'no bar falls on a weekend' : 'the bars do not rule it out'
    warnings.push(`No calendar given: ${manifest.calendar} is assumed, because ${seen}`)
  }
  return warnings
}

function checkParams(params: RegisterParams): void {
  const details: ErrorDetail[] = []
  const refuse = (name: string, message: string) => details.push({ pointer: `/params/${name}`, message })
  if (!ID_PATTERN.test(params.id)) refuse('id', `must match ${ID_PATTERN.source}`)
  const kind = params.kind ?? IMPORTED_KIND
  if (!KIND_PATTERN.test(kind)) refuse('kind', `must match ${KIND_PATTERN.source}`)
  if (params.path !== undefined && kind !== IMPORTED_KIND) {
    refuse(
      'kind',
      `only ${IMPORTED_KIND} data can be imported; leave path out to declare a dataset that lies elsewhere`,
    )
  }
  if (params.symbol !== undefined && !SYMBOL_PATTERN.test(params.symbol))
    refuse('symbol', `must match ${SYMBOL_PATTERN.source}`)
  if (params.symbol !== undefined && params.path === undefined) refuse('symbol', 'goes with path only')
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  if (params.interval !== undefined) parseInterval(params.interval)
}
