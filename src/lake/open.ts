/** Open the bars of one symbol in a window: choose the dataset, read its file once, cut by binary search. */

import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Hex } from '../base/canonical.ts'
import { fail } from '../base/errors.ts'
import { storing } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { nearest } from '../base/near.ts'
import { readParquet } from '../base/parquet.ts'
import { type Bars, type Calendar, firstBarAt, sliceBars } from '../market/bars.ts'
import { DAY_MS, intervalMs, isoInstant, sameInterval } from '../market/calendar.ts'
import { allManifests, type Manifest, mustFindManifest, type SymbolEntry } from './manifest.ts'

export interface BarsRequest {
  /** Dataset to open; without it the one with most bars in the window. */
  dataset_id?: string
  symbol: string
  interval: string
  /** Window [start, end), epoch ms. */
  start: number
  end: number
}

export interface OpenedBars {
  /** Views on memory that later requests share: to be read, not written. */
  bars: Bars
  dataset: {
    dataset_id: string
    /** SHA-256 of the whole dataset's content; of the bars read, see `snapshotHash`. */
    content_hash: string
    calendar: Calendar
    family: string | null
  }
  /** Shortfalls of the window. */
  warnings: string[]
}

interface Candidate {
  manifest: Manifest
  entry: SymbolEntry
}

/**
 * Bars of a symbol in [start, end). DATA_ERROR where no dataset holds them (it names those there are) or none lies in the
 * window, DATASET_NOT_MATERIALISED, NOT_FOUND for an unknown id, INTEGRITY_ERROR for a file that is not as registered.
 */
export async function openBars(root: string, request: BarsRequest): Promise<OpenedBars> {
  const chosen =
    request.dataset_id === undefined ? await choose(root, request) : named(root, request, request.dataset_id)
  const { manifest, entry } = chosen
  const whole = await barsOf(root, chosen)
  const from = firstBarAt(whole.ts, request.start)
  const to = firstBarAt(whole.ts, request.end)
  if (from >= to) throw emptyWindow(request, [chosen])
  const { dataset_id, content_hash, family } = manifest
  return {
    bars: sliceBars(whole, from, to),
    dataset: { dataset_id, content_hash: content_hash as string, calendar: whole.calendar, family },
    warnings: shortfalls(request, manifest, entry),
  }
}

function named(root: string, request: BarsRequest, id: string): Candidate {
  const manifest = mustFindManifest(root, id)
  if (!manifest.materialised) throw fail('DATASET_NOT_MATERIALISED', { dataset_id: id })
  const entry = entryOf(manifest, request)
  if (entry !== undefined) return { manifest, entry }
  const message = `Dataset ${id} does not hold ${request.symbol} ${request.interval}; it holds ${holdings(manifest)}`
  const hint = heldOtherwise([manifest], request) ?? 'Name the symbol and interval that it holds, or another dataset.'
  throw fail('DATA_ERROR', { message }, { hint })
}

/** Most bars in the window, then the latest registration, then the id. */
async function choose(root: string, request: BarsRequest): Promise<Candidate> {
  const all = allManifests(root)
  const candidates = all.flatMap(manifest => {
    const entry = manifest.materialised ? entryOf(manifest, request) : undefined
    return entry === undefined ? [] : [{ manifest, entry }]
  })
  if (candidates.length === 0) throw nothingHeld(all, request)
  if (candidates.length === 1) return candidates[0]
  const counted: { candidate: Candidate; bars: number }[] = []
  for (const candidate of candidates) counted.push({ candidate, bars: await barsWithin(root, candidate, request) })
  const [best] = counted.sort((a, b) => b.bars - a.bars || later(a.candidate.manifest, b.candidate.manifest))
  if (best.bars === 0) throw emptyWindow(request, candidates)
  return best.candidate
}

function later(a: Manifest, b: Manifest): number {
  if (a.created_at !== b.created_at) return a.created_at > b.created_at ? -1 : 1
  return a.dataset_id < b.dataset_id ? -1 : 1
}

function entryOf(manifest: Manifest, { symbol, interval }: BarsRequest): SymbolEntry | undefined {
  if (manifest.interval === null || !sameInterval(manifest.interval, interval)) return undefined
  return manifest.symbols.find(entry => entry.symbol === symbol)
}

/**
 * Bars of a candidate in the window. The manifest alone says it when the window holds all or none, and for a series on a
 * regular grid; only an irregular series that the window cuts has to be read.
 */
async function barsWithin(root: string, candidate: Candidate, { start, end }: BarsRequest): Promise<number> {
  const { entry, manifest } = candidate
  const first = Date.parse(entry.from)
  const last = Date.parse(entry.to)
  if (first >= start && last < end) return entry.rows
  if (last < start || first >= end) return 0
  const step = intervalMs(manifest.interval as string)
  if (last - first === (entry.rows - 1) * step && entry.gaps === 0) {
    const at = (time: number) => Math.min(entry.rows, Math.max(0, Math.ceil((time - first) / step)))
    return at(end) - at(start)
  }
  const { ts } = await barsOf(root, candidate)
  return firstBarAt(ts, end) - firstBarAt(ts, start)
}

/** What the dataset lacks at the ends of the window: more than a bar, on an exchange more than the five days of a holiday. */
function shortfalls(request: BarsRequest, manifest: Manifest, entry: SymbolEntry): string[] {
  const step = intervalMs(request.interval)
  const slack = manifest.calendar === 'exchange' ? Math.max(step, 5 * DAY_MS) : step
  const first = Date.parse(entry.from)
  const last = Date.parse(entry.to)
  if (first - request.start < slack && request.end - last <= slack) return []
  return [
    `Dataset ${manifest.dataset_id} covers ${entry.symbol} ${manifest.interval} from ${entry.from} to ${entry.to}, ` +
      `not the whole window from ${isoInstant(request.start)} to ${isoInstant(request.end)}`,
  ]
}

/** Bars read before, oldest use first; a file that was replaced (time, size or inode differ) is read again. */
const cache = new Map<string, { stamp: string; bars: Bars; bytes: number }>()
const MAX_CACHED_BYTES = 256 * 1024 * 1024
let cachedBytes = 0

async function barsOf(root: string, { manifest, entry }: Candidate): Promise<Bars> {
  const path = join(layout.dataset(root, manifest.kind, manifest.dataset_id), entry.path)
  const stat = storing(path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (!stat?.isFile()) throw broken(manifest, entry, 'is missing')
  const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino} ${entry.sha256}`
  const cached = cache.get(path)
  if (cached?.stamp === stamp) {
    cache.delete(path)
    cache.set(path, cached)
    return cached.bars
  }
  const bytes = storing(path, () => readFileSync(path))
  if (sha256Hex(bytes) !== entry.sha256) throw broken(manifest, entry, 'has changed since it was registered')
  const bars = await decoded(bytes, manifest, entry)
  remember(path, stamp, bars, bars.ts.byteLength * manifest.columns.length)
  return bars
}

async function decoded(bytes: Uint8Array, manifest: Manifest, entry: SymbolEntry): Promise<Bars> {
  const { columns } = await readParquet(bytes)
  const column = (name: string) => (columns[name] ?? null) as Float64Array | null
  return {
    symbol: entry.symbol,
    interval: manifest.interval as string,
    calendar: manifest.calendar as Calendar,
    ts: columns['ts'] as Float64Array,
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: columns['close'] as Float64Array,
    volume: column('volume'),
  }
}

function remember(path: string, stamp: string, bars: Bars, bytes: number): void {
  forget(path)
  if (bytes > MAX_CACHED_BYTES) return
  cache.set(path, { stamp, bars, bytes })
  cachedBytes += bytes
  for (const oldest of cache.keys()) {
    if (cachedBytes <= MAX_CACHED_BYTES) break
    forget(oldest)
  }
}

function forget(path: string): void {
  cachedBytes -= cache.get(path)?.bytes ?? 0
  cache.delete(path)
}

function broken(manifest: Manifest, entry: SymbolEntry, what: string): Error {
  const message = `Dataset ${manifest.dataset_id} is damaged: ${entry.path} ${what}`
  const hint = `quantlab dataset verify ${manifest.dataset_id} lists every damaged file.`
  return fail('INTEGRITY_ERROR', { message }, { details: [{ pointer: entry.path, message: what }], hint })
}

function emptyWindow({ symbol, interval, start, end }: BarsRequest, candidates: readonly Candidate[]): Error {
  const message = `No data: no bar of ${symbol} ${interval} lies in [${isoInstant(start)}, ${isoInstant(end)})`
  const details = candidates.map(({ manifest, entry }) => ({
    pointer: manifest.dataset_id,
    message: `covers ${entry.from} to ${entry.to}`,
  }))
  return fail('DATA_ERROR', { message }, { details, hint: 'Choose start and end inside the coverage.' })
}

const SHOWN = 10

function nothingHeld(all: readonly Manifest[], request: BarsRequest): Error {
  const { symbol, interval } = request
  const list = all.slice(0, SHOWN).map(manifest => `${manifest.dataset_id} (${holdings(manifest)})`)
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''
  const present = all.length === 0 ? 'No dataset is registered' : `Datasets are: ${list.join('; ')}${more}`
  return fail(
    'DATA_ERROR',
    { message: `No data: no dataset holds ${symbol} ${interval}. ${present}` },
    { hint: heldOtherwise(all, request) ?? REGISTER },
  )
}

const REGISTER =
  'Register one: quantlab dataset register --id <id> --path <file> --symbol <symbol> --interval <interval>'

/** What comes near to a symbol and interval that nobody holds: the symbol in other intervals, or a symbol much like it. */
function heldOtherwise(all: readonly Manifest[], { symbol, interval }: BarsRequest): string | undefined {
  const held = all.filter(manifest => manifest.materialised && manifest.interval !== null)
  const symbols = (manifest: Manifest) => manifest.symbols.map(entry => entry.symbol)
  const intervals = held.filter(manifest => symbols(manifest).includes(symbol)).map(manifest => manifest.interval)
  if (intervals.length > 0) return `${symbol} is held with the interval ${[...new Set(intervals)].join(', ')}.`
  const same = held.filter(manifest => sameInterval(manifest.interval as string, interval))
  const near = nearest(symbol, same.flatMap(symbols))
  return near === undefined ? undefined : `Did you mean ${near}?`
}

function holdings(manifest: Manifest): string {
  if (!manifest.materialised) return 'declared without data'
  const names = manifest.symbols.slice(0, SHOWN).map(entry => entry.symbol)
  const more = manifest.symbols.length > SHOWN ? ' …' : ''
  return `${names.join(' ')}${more} ${manifest.interval}`
}
