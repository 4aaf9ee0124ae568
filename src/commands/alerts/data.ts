/** The alerts of a request and the candles of their tokens, read one token after the other. */

import type { DatasetReference } from '../../../contracts/types.ts'
import { type Alert, inOrder, isSelected, volumeBefore } from '../../alerts/alert.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { openAlerts } from '../../lake/alerts-open.ts'
import { ALERT_TEXTS, type AlertColumns } from '../../lake/alerts-source.ts'
import { getDataset } from '../../lake/datasets.ts'
import type { Manifest, SymbolEntry } from '../../lake/manifest.ts'
import { openBars } from '../../lake/open.ts'
import type { Bars, Calendar } from '../../market/bars.ts'
import { intervalMs } from '../../market/calendar.ts'
import { orElsewhere } from '../dataset/fact.ts'
import type { AlertSetup } from './setup.ts'

/** What a run reads. */
export interface AlertData {
  /** Selected, in the order of simulation. */
  alerts: Alert[]
  alerts_content_hash: string
  interval: string
  calendar: Calendar
  hasVolume: boolean
  /** The candles; `snapshot_hash` covers the selected alerts and the candles of their tokens. */
  dataset: DatasetReference
  /** All candles of an alert's token; null where the data set has none. */
  barsOf(alert: Alert): Promise<Bars | null>
}

/**
 * Open alerts and candles. NOT_FOUND for unknown ids, DATA_ERROR for data sets of another kind or without a matching alert,
 * INTEGRITY_ERROR where the alerts are not those expected.
 */
export async function alertData(root: string, setup: AlertSetup, step: () => Promise<void>): Promise<AlertData> {
  const opened = await orElsewhere(root, [setup.alerts_dataset_id], () => openAlerts(root, setup.alerts_dataset_id))
  const { content_hash } = opened.dataset
  if (setup.expected_content_hash !== null && setup.expected_content_hash !== content_hash) {
    const message = `Data set ${setup.alerts_dataset_id} is not the snapshot that is asked for: its content hash is ${content_hash}`
    const pointer = '/params/simulation_request/dataSnapshot/contentHash'
    throw fail('INTEGRITY_ERROR', { message }, { details: [{ pointer, message, expected: content_hash }] })
  }
  const candles = setup.dataset_id ?? `${setup.alerts_dataset_id}-candles`
  const manifest = await orElsewhere(root, [candles], () => candleManifest(root, candles))
  const interval = manifest.interval as string
  const entries = new Map(manifest.symbols.map(entry => [entry.symbol, entry]))
  const entryOf = (alert: Alert) => entries.get(alert.token ?? '') ?? entries.get(alert.symbol ?? '')
  const barsOf = async (alert: Alert): Promise<Bars | null> => {
    const entry = entryOf(alert)
    if (entry === undefined) return null
    const [start, end] = [Date.parse(entry.from), Date.parse(entry.to) + 1]
    const { dataset_id } = manifest
    return (await openBars(root, { dataset_id, symbol: entry.symbol, interval, start, end })).bars
  }
  const { sources, filters } = setup.params
  let alerts = inOrder(
    alertsOf(opened.columns).filter(alert => isSelected(alert, { ...setup.window, sources, filters })),
  )
  if (filters.minVolume !== undefined) {
    if (!manifest.columns.includes('volume')) {
      const message = `Data set ${manifest.dataset_id} has no volume: filters.minVolume cannot be applied`
      throw fail('DATA_ERROR', { message })
    }
    const kept: Alert[] = []
    for (const alert of alerts) {
      await step()
      const bars = await barsOf(alert)
      if (bars !== null && volumeBefore(alert, bars, intervalMs(interval)) >= filters.minVolume) kept.push(alert)
    }
    alerts = kept
  }
  if (alerts.length === 0) {
    const { dataset_id, from, to } = opened.dataset
    const message = `No alert of ${dataset_id} lies in [${setup.start}, ${setup.end}) and meets the selection`
    const hint = `The data set has alerts from ${from} to ${to}.`
    throw fail('DATA_ERROR', { message }, { hint })
  }
  const used = [...new Set(alerts.flatMap(alert => entryOf(alert) ?? []))].sort((a, b) =>
    a.symbol < b.symbol ? -1 : 1,
  )
  return {
    alerts,
    alerts_content_hash: content_hash,
    interval,
    calendar: manifest.calendar ?? 'crypto',
    hasVolume: manifest.columns.includes('volume'),
    dataset: referenceOf(manifest, used, alerts, content_hash),
    barsOf,
  }
}

function candleManifest(root: string, id: string): Manifest {
  const manifest = getDataset(root, id)
  if (!manifest.materialised) throw fail('DATASET_NOT_MATERIALISED', { dataset_id: id })
  if (manifest.kind === 'ohlcv' && manifest.interval !== null) return manifest
  const message = `Data set ${id} is of kind ${manifest.kind}; candles (kind ohlcv) are needed`
  throw fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/dataset_id', message }] })
}

/** What was read, with the hash of the selected alerts and of every candle of their tokens. */
function referenceOf(
  { dataset_id, content_hash }: Manifest,
  used: readonly SymbolEntry[],
  alerts: readonly Alert[],
  alertsHash: string,
): DatasetReference {
  const snapshot = {
    _t: 'alerts.snapshot',
    v: 1,
    alerts: alertsHash,
    selected: alerts.map(alert => alert.alert_id),
    candles: used.map(entry => [entry.symbol, entry.content_hash]),
  }
  const instants = (read: (entry: SymbolEntry) => string) => used.map(read).sort()
  return {
    dataset_id,
    content_hash: content_hash as string,
    snapshot_hash: hashOf(snapshot),
    bars: used.reduce((sum, entry) => sum + entry.rows, 0),
    ...(used.length === 0
      ? {}
      : { first_bar: instants(entry => entry.from)[0], last_bar: instants(entry => entry.to).at(-1) as string }),
  }
}

function alertsOf({ ts, texts, numbers }: AlertColumns): Alert[] {
  return Array.from(ts, (time, row) => ({
    ...(Object.fromEntries(ALERT_TEXTS.map(name => [name, texts[name]?.[row] ?? null])) as Record<
      (typeof ALERT_TEXTS)[number],
      string | null
    >),
    alert_id: texts.alert_id?.[row] as string,
    ts: time,
    price: numbers.price?.[row] ?? Number.NaN,
    market_cap: numbers.market_cap?.[row] ?? Number.NaN,
  }))
}
