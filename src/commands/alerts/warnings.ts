/** What the reader of a run on alerts should know. */

import { networkFee } from '../../alerts/execution.ts'
import type { Simulated } from '../../alerts/simulation.ts'
import { intervalMs, MINUTE_MS } from '../../market/calendar.ts'
import type { AlertData } from './data.ts'
import { hasCandles } from './figures.ts'
import type { AlertSetup } from './setup.ts'

/** A price at the call this many times above or below the candles is in other units, not another opinion. */
const OTHER_UNITS = 10

/** Warnings, each with how many alerts it concerns and the first of them. */
export function alertWarnings({ outcomes }: Simulated, { params }: AlertSetup, data: AlertData): string[] {
  const warnings: string[] = []
  const say = (found: { alert: { alert_id: string } }[], text: string) => {
    if (found.length > 0)
      warnings.push(`${found.length} of ${outcomes.length} alerts ${text} (first ${found[0].alert.alert_id})`)
  }
  say(
    outcomes.filter(outcome => !hasCandles(outcome)),
    `have no candles in their window in ${data.dataset.dataset_id}: their purses stay idle`,
  )
  say(
    outcomes.filter(({ alert, trades }) => {
      // Candles that reach the end of the window but for a part of one have not ended early.
      const reached = alert.ts + params.window_minutes * MINUTE_MS - intervalMs(data.interval)
      return trades.some(trade => trade.exit === 'end_of_data' && trade.exit_time < reached)
    }),
    'had a position when their candles ended before the window: it was valued at the last close',
  )
  say(
    outcomes.filter(({ alert, call }) => {
      const times = call === null ? Number.NaN : call.first_close / alert.price
      return times > OTHER_UNITS || times < 1 / OTHER_UNITS
    }),
    'give a price more than ten times away from their candles: are both in the same currency?',
  )
  const terms = {
    execution: params.executionModel,
    costs: params.costModel,
    feeUnit: params.fee_unit_quote,
    resolution: 1,
  }
  if (networkFee(terms, false) > params.stake)
    warnings.push('The network fee of one order is more than the stake: set fee_unit_quote to the value of a fee unit')
  if (
    (params.executionModel.slippage.volumeImpact ?? 0) > 0 &&
    outcomes.some(({ orders }) => orders.length > 0) &&
    !data.hasVolume
  )
    warnings.push(`${data.dataset.dataset_id} has no volume: volumeImpact has no effect`)
  return warnings
}
