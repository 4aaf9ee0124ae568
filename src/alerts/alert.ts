/** `Alert`: one call of a token by a caller; and which of them a run simulates. */

import type { AlertFilters, AlertSources } from '../../contracts/types.ts'
import type { Bars } from '../market/bars.ts'
import { HOUR_MS } from '../market/calendar.ts'

/** One call; texts are null and numbers NaN where unknown. */
export interface Alert {
  alert_id: string
  /** Instant of the call, epoch ms. */
  ts: number
  token: string | null
  symbol: string | null
  chain: string | null
  venue: string | null
  caller: string | null
  /** Price at the call, quote currency a unit. */
  price: number
  /** Quote currency. */
  market_cap: number
  source: string | null
}

/** What a run asks of its alerts. */
export interface AlertSelection {
  /** Calls in [start, end), epoch ms. */
  start: number
  end: number
  sources: AlertSources
  filters: AlertFilters
}

/** True where an alert meets everything but `minVolume`, which its candles decide (`volumeBefore`). */
export function isSelected(alert: Alert, { start, end, sources, filters }: AlertSelection): boolean {
  if (alert.ts < start || alert.ts >= end) return false
  const { callerNames, mintAddresses } = filters
  if (callerNames !== undefined && !(callerNames as readonly (string | null)[]).includes(alert.caller)) return false
  if (mintAddresses !== undefined && !(mintAddresses as readonly (string | null)[]).includes(alert.token)) return false
  return (
    sources.length === 0 ||
    sources.some(
      ({ venue, chain }) =>
        (venue === undefined || venue === alert.venue) && (chain === undefined || chain === alert.chain),
    )
  )
}

/** Alerts in the order in which they are simulated: by time, then by id in code-unit order. */
export function inOrder(alerts: readonly Alert[]): Alert[] {
  return alerts.toSorted((a, b) => a.ts - b.ts || (a.alert_id < b.alert_id ? -1 : 1))
}

/** Traded value (Σ close · volume) of the candles that closed in the hour up to the call; 0 without candles, NaN where no volume is known. */
export function volumeBefore(alert: Alert, bars: Bars, interval: number): number {
  const { ts, close, volume } = bars
  if (volume === null) return Number.NaN
  let total = 0
  for (let i = 0; i < ts.length && ts[i] + interval <= alert.ts; i++) {
    if (ts[i] + interval > alert.ts - HOUR_MS && !Number.isNaN(volume[i])) total += close[i] * volume[i]
  }
  return total
}
