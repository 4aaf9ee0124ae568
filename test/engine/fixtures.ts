/** Bars and golden cases for the tests of strategies and engine. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type CsvTable, parseCsv } from '../../src/base/csv.ts'
import { Random } from '../../src/base/random.ts'
import type { Costs } from '../../src/engine/costs.ts'
import { type Bars, firstBarAt, sliceBars } from '../../src/market/bars.ts'
import { DAY_MS } from '../../src/market/calendar.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')

/** One golden case: parameters with the published defaults, and the published numbers. */
export interface GoldenCase {
  name: string
  params: Costs & {
    ticker: string
    start: string
    end: string
    rsi_buy_max: number
    rsi_sell_min: number
    cooldown_days: number
    initial_cash: number
  }
  expected: Record<string, number | null>
  /** File of the published trades.csv, for paper cases. */
  trades?: string
}

export const goldenCases: GoldenCase[] = JSON.parse(readFileSync(join(FIXTURES, 'golden-engine', 'cases.json'), 'utf8'))

/** A CSV file below test/fixtures. */
export function fixtureCsv(path: string): CsvTable {
  return parseCsv(readFileSync(join(FIXTURES, path), 'utf8'), path)
}

const whole = new Map<string, Bars>()

/** Bars of the golden data: `start` inclusive, `end` exclusive. */
export function goldenBars(ticker: string, start = '2017-12-16', end = '2026-01-15'): Bars {
  const bars = whole.get(ticker) ?? readGolden(ticker)
  whole.set(ticker, bars)
  return sliceBars(bars, firstBarAt(bars.ts, Date.parse(start)), firstBarAt(bars.ts, Date.parse(end)))
}

function readGolden(ticker: string): Bars {
  const { header, rows } = fixtureCsv(`golden-data/${ticker}.csv`)
  const column = (name: string) => Float64Array.from(rows, row => Number(row[header.indexOf(name)]))
  return {
    symbol: ticker,
    interval: '1d',
    calendar: 'crypto',
    ts: Float64Array.from(rows, row => Date.parse(row[header.indexOf('date')])),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}

/** Daily bars from closes alone, or with the other columns given. */
export function barsOf(close: readonly number[], more: Partial<Record<'open' | 'high' | 'low', number[]>> = {}): Bars {
  const column = (values: number[] | undefined) => (values === undefined ? null : Float64Array.from(values))
  return {
    symbol: 'TEST',
    interval: '1d',
    calendar: 'crypto',
    ts: Float64Array.from(close, (_, i) => Date.parse('2024-01-01') + i * DAY_MS),
    open: column(more.open),
    high: column(more.high),
    low: column(more.low),
    close: Float64Array.from(close),
    volume: null,
  }
}

/** A seeded random walk with consistent open, high and low. */
export function randomBars(seed: number, count: number, volatility = 0.03): Bars {
  const random = new Random(seed)
  const close: number[] = []
  const open: number[] = []
  const high: number[] = []
  const low: number[] = []
  let price = 100
  for (let i = 0; i < count; i++) {
    open.push(price * Math.exp(0.3 * volatility * random.normal()))
    price = open[i] * Math.exp(volatility * random.normal())
    close.push(price)
    high.push(Math.max(open[i], price) * (1 + volatility * random.next()))
    low.push(Math.min(open[i], price) * (1 - volatility * random.next() * 0.5))
  }
  return barsOf(close, { open, high, low })
}

export const FREE: Costs = { fee: 0, slippage_bps: 0, slippage_mode: 'fixed', k_atr: 0 }

/** Equal to 1e-9 relative, 1e-12 absolute near zero. */
export function expectClose(actual: number, expected: number, label: string): void {
  const tolerance = Math.max(1e-12, 1e-9 * Math.abs(expected))
  expect(Math.abs(actual - expected), `${label}: ${actual}, expected ${expected}`).toBeLessThanOrEqual(tolerance)
}
