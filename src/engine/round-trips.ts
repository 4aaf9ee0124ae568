/** Round trips: fills paired into closed trades, and their aggregate (contract §8). */

import { type CsvTable, parseNumber } from '../base/csv.ts'
import { fail } from '../base/errors.ts'
import { RowFaults } from '../base/row-faults.ts'
import { DAY_MS, parseInstant } from '../market/calendar.ts'
import type { Fill } from './broker.ts'

/** The part of a fill that pairing reads: time in epoch ms, quote currency, base units (0 or less on an exit closes all). */
export type TradeRow = Pick<Fill, 'timestamp' | 'exec_price' | 'qty' | 'fee'> & { side: string }

/** One closed trade, or the closed part of one. Money in quote currency. */
export interface RoundTrip {
  direction: 'long' | 'short'
  /** Time of the fill that opened the position, and of the one that closed this part; epoch ms. */
  entry_time: number
  exit_time: number
  qty: number
  /** Average execution price of the entries, weighted by quantity. */
  entry_price: number
  exit_price: number
  /** qty · (exit − entry), sign reversed for a short. */
  gross: number
  entry_fee: number
  exit_fee: number
  /** gross − both fees. */
  net: number
  /** net / (qty · entry price). */
  return_pct: number
  /** Whole days between entry and exit. */
  holding_days: number
  /** net < 0. */
  is_loss: boolean
}

/** Aggregate of round trips under the published names; ratios unless said otherwise. */
export interface RoundTripSummary {
  trades: number
  /** Share of trips with net > 0. */
  win_rate_trades: number
  /** Sums of the positive and of the negative nets, quote currency; the latter ≤ 0. */
  gross_profit: number
  gross_loss: number
  /** gross_profit / |gross_loss|; Infinity when there are trips but no losing one, which files and answers show as null. */
  profit_factor: number
  /** Means of net over all, over winning and over losing trips; quote currency, 0 where there are none. */
  expectancy_net: number
  avg_win: number
  avg_loss: number
  /** Days. */
  avg_holding_days: number
  /** A trip with net 0 counts as a win. */
  max_consecutive_losses: number
  max_consecutive_wins: number
  /** Days in the market over the days between the first entry and the last exit (at least 1). */
  exposure: number
  /** Quote currency; absent without any trip, as published. */
  total_net_pnl?: number
}

const REQUIRED = ['timestamp', 'side', 'close', 'exec_price', 'qty', 'fee', 'equity_after']

/** A position that is being built up and taken down. */
interface Open {
  qty: number
  price: number
  fee: number
  since: number
}

/**
 * Pair entries with exits in order: BUY with SELL, SHORT with COVER. Entries average the price by quantity; a partial exit takes
 * its share of the entry fees. Exits while flat, entries of no quantity and other sides are ignored; a position still open at
 * the end gives no trip.
 */
export function roundTrips(rows: readonly TradeRow[]): RoundTrip[] {
  const trips: RoundTrip[] = []
  const long: Open = { qty: 0, price: 0, fee: 0, since: 0 }
  const short: Open = { ...long }
  for (const row of rows) {
    switch (row.side) {
      case 'BUY':
        enter(long, row)
        break
      case 'SHORT':
        enter(short, row)
        break
      case 'SELL':
        if (long.qty > 0) trips.push(exit(long, row, 'long'))
        break
      case 'COVER':
        if (short.qty > 0) trips.push(exit(short, row, 'short'))
        break
    }
  }
  return trips
}

/** The published aggregate; all zeros, without `total_net_pnl`, when there are no trips. */
export function summarizeRoundTrips(trips: readonly RoundTrip[]): RoundTripSummary {
  let wins = 0
  let losses = 0
  let profit = 0
  let loss = 0
  let total = 0
  let days = 0
  let streak = 0
  let worstStreak = 0
  let bestStreak = 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const trip of trips) {
    total += trip.net
    days += trip.holding_days
    if (trip.net > 0) {
      wins++
      profit += trip.net
    } else if (trip.net < 0) {
      losses++
      loss += trip.net
    }
    // Positive while winning, negative while losing.
    streak = trip.is_loss ? Math.min(streak, 0) - 1 : Math.max(streak, 0) + 1
    worstStreak = Math.max(worstStreak, -streak)
    bestStreak = Math.max(bestStreak, streak)
    first = Math.min(first, trip.entry_time)
    last = Math.max(last, trip.exit_time)
  }
  const count = trips.length
  const summary: RoundTripSummary = {
    trades: count,
    win_rate_trades: ratio(wins, count),
    gross_profit: profit,
    gross_loss: loss,
    profit_factor: count === 0 ? 0 : losses === 0 ? Number.POSITIVE_INFINITY : profit / -loss,
    expectancy_net: ratio(total, count),
    avg_win: ratio(profit, wins),
    avg_loss: ratio(loss, losses),
    avg_holding_days: ratio(days, count),
    max_consecutive_losses: worstStreak,
    max_consecutive_wins: bestStreak,
    exposure: count === 0 ? 0 : days / Math.max(wholeDays(first, last), 1),
  }
  return count === 0 ? summary : { ...summary, total_net_pnl: total }
}

/**
 * Fills from a table of trades in the published columns (others are ignored); `name` stands in the errors. Times are ISO dates
 * or instants, UTC where no zone is given; they may not go back. DATA_ERROR with the row of every fault.
 */
export function tradeRows(table: CsvTable, name: string): TradeRow[] {
  const missing = REQUIRED.filter(column => !table.header.includes(column))
  if (missing.length > 0) {
    throw fail('DATA_ERROR', { message: `${name} lacks the columns ${missing.join(', ')}.` })
  }
  const faults = new RowFaults()
  let previous = Number.NEGATIVE_INFINITY
  const rows = table.rows.map((cells, index) => {
    const report = (message: string) => faults.add(index + 1, message, table.lines[index])
    const cell = (column: string) => cells[table.header.indexOf(column)]
    const number = (column: string) => {
      const value = parseNumber(cell(column))
      if (value === null || !Number.isFinite(value)) report(`${column} '${cell(column)}' is not a number`)
      return value ?? Number.NaN
    }
    const timestamp = parseInstant(cell('timestamp')) ?? parseInstant(`${cell('timestamp')}Z`)
    if (timestamp === null) report(`timestamp '${cell('timestamp')}' is neither an ISO date nor an ISO instant`)
    else if (timestamp < previous)
      report(`timestamp '${cell('timestamp')}' is before the row above; sort the file by time`)
    else previous = timestamp
    for (const column of ['close', 'equity_after']) {
      if (parseNumber(cell(column)) === null) report(`${column} '${cell(column)}' is not a number`)
    }
    const row: TradeRow = {
      timestamp: timestamp ?? Number.NaN,
      side: cell('side').toUpperCase(),
      exec_price: number('exec_price'),
      qty: number('qty'),
      fee: number('fee'),
    }
    if (row.exec_price <= 0) report(`exec_price '${cell('exec_price')}' must be above 0`)
    return row
  })
  const error = faults.error(name)
  if (error !== null) throw error
  return rows
}

function enter(open: Open, row: TradeRow): void {
  if (!(row.qty > 0)) return
  if (open.qty === 0) {
    open.since = row.timestamp
    open.price = row.exec_price
    open.fee = 0
  } else {
    open.price = (open.qty * open.price + row.qty * row.exec_price) / (open.qty + row.qty)
  }
  open.qty += row.qty
  open.fee += row.fee
}

function exit(open: Open, row: TradeRow, direction: RoundTrip['direction']): RoundTrip {
  const whole = !(row.qty > 0 && row.qty < open.qty)
  const qty = whole ? open.qty : row.qty
  const entry_fee = whole ? open.fee : open.fee * (qty / open.qty)
  const gross = direction === 'long' ? qty * (row.exec_price - open.price) : qty * (open.price - row.exec_price)
  const net = gross - entry_fee - row.fee
  open.qty = whole ? 0 : open.qty - qty
  open.fee -= entry_fee
  return {
    direction,
    entry_time: open.since,
    exit_time: row.timestamp,
    qty,
    entry_price: open.price,
    exit_price: row.exec_price,
    gross,
    entry_fee,
    exit_fee: row.fee,
    net,
    return_pct: net / (qty * open.price),
    holding_days: wholeDays(open.since, row.timestamp),
    is_loss: net < 0,
  }
}

function wholeDays(from: number, to: number): number {
  return Math.floor((to - from) / DAY_MS)
}

function ratio(sum: number, count: number): number {
  return count === 0 ? 0 : sum / count
}
