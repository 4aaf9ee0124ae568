/** Where the variations of an experiment run: a RunSet's part of window and universe, on alerts with their candles or on the bars of a symbol. */

import type { ExperimentDefinition, ExperimentUniverse } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { openAlerts } from '../../lake/alerts-open.ts'
import { getDataset } from '../../lake/datasets.ts'
import type { Manifest } from '../../lake/manifest.ts'

/** A window and a universe, with the RunSets that ask for just these. */
export interface Scope {
  /** Ids of RunSets; empty where the experiment names data sets. */
  runsets: string[]
  /** ISO instants, [start, end). */
  start: string
  end: string
  universe: ExperimentUniverse
}

/** Alerts with candles of at least one of their tokens, or the bars of one symbol. */
export type Site =
  | { alerts_dataset_id: string; dataset_id: string }
  | { dataset_id: string; ticker: string; interval: string }

/** The parts of the window that are run, in order; RunSets that ask for the same share one. INVALID_CONFIG for a RunSet outside of it. */
export function scopesOf({ runsets, dateRange }: ExperimentDefinition): Scope[] {
  const { from, to } = dateRange
  if (runsets.length === 0) return [{ runsets: [], start: from, end: to, universe: {} }]
  const scopes = new Map<string, Scope>()
  for (const { runsetId, bounds, universe } of runsets) {
    const start = bounds !== null && bounds.from > from ? bounds.from : from
    const end = bounds !== null && bounds.to < to ? bounds.to : to
    if (start >= end) {
      const message = `RunSet ${runsetId} has no part in the window [${from}, ${to})`
      throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/from', message }] })
    }
    const key = JSON.stringify([start, end, universe.callers, universe.chains, universe.venues])
    const known = scopes.get(key)
    if (known === undefined) scopes.set(key, { runsets: [runsetId], start, end, universe })
    else if (!known.runsets.includes(runsetId)) known.runsets.push(runsetId)
  }
  return [...scopes.values()]
}

/** Every pair of alerts and candles that share a token. DATA_ERROR for alerts without any candles; DATASET_NOT_MATERIALISED. */
export async function alertSites(root: string, { inputs }: ExperimentDefinition): Promise<Site[]> {
  const candles = inputs.ohlcv.map(({ datasetId }) => materialised(root, datasetId))
  const sites: Site[] = []
  for (const { datasetId } of inputs.alerts) {
    materialised(root, datasetId)
    const tokens = await tokensOf(root, datasetId)
    const fitting = candles.filter(({ symbols }) => symbols.some(({ symbol }) => tokens.has(symbol)))
    if (fitting.length === 0) {
      const ids = candles.map(({ dataset_id }) => dataset_id).join(', ') || 'there are none'
      const message = `No data set of candles holds a token of the alerts ${datasetId} (${ids})`
      throw fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/ohlcv', message }] })
    }
    for (const { dataset_id } of fitting) sites.push({ alerts_dataset_id: datasetId, dataset_id })
  }
  return sites
}

/** Every symbol of every data set of bars, or those that are asked for. DATA_ERROR for a symbol that none holds. */
export function barSites(root: string, { inputs, symbols }: ExperimentDefinition): Site[] {
  const sites: (Site & { ticker: string })[] = []
  for (const { datasetId } of inputs.ohlcv) {
    const { interval, symbols: entries } = materialised(root, datasetId)
    for (const { symbol } of entries) {
      if (symbols !== undefined && !symbols.includes(symbol)) continue
      sites.push({ dataset_id: datasetId, ticker: symbol, interval: interval as string })
    }
  }
  const absent = (symbols ?? []).filter(symbol => !sites.some(({ ticker }) => ticker === symbol))
  if (absent.length > 0) {
    const message = `No data set of bars holds ${absent.join(', ')}`
    throw fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/symbols', message }] })
  }
  return sites
}

function materialised(root: string, id: string): Manifest {
  const manifest = getDataset(root, id)
  if (!manifest.materialised) throw fail('DATASET_NOT_MATERIALISED', { dataset_id: id })
  return manifest
}

/** Tokens and symbols of alerts: candles are filed under either. */
async function tokensOf(root: string, datasetId: string): Promise<Set<string>> {
  const { texts } = (await openAlerts(root, datasetId)).columns
  const names = [...(texts.token ?? []), ...(texts.symbol ?? [])]
  return new Set(names.filter(name => name !== null))
}
