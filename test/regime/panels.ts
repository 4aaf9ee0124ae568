/** Small panels for the tests: written by hand, or random with holes, late listings and delistings. */

import { Random } from '../../src/base/random.ts'
import { type LongColumns, type Panel, panelFromLong } from '../../src/market/panel.ts'

const DAY = 86_400_000
export type Rows = Record<string, (number | null)[]>

/** Long columns of one list of daily values per asset; null is an absent row. */
export function longOf(rows: Rows): LongColumns {
  const cells = Object.entries(rows).flatMap(([asset, values]) => values.map((value, day) => ({ asset, day, value })))
  return {
    asset: cells.map(cell => cell.asset),
    date: Float64Array.from(cells, cell => cell.day * DAY),
    value: Float64Array.from(cells, cell => cell.value ?? Number.NaN),
  }
}

/** A panel from 1970-01-01 on; caps and volumes are 1e9 and 1e8 every day unless given. */
export function panelOf(tables: {
  close: Rows
  marketCap?: Rows
  volume?: Rows
  funding?: Rows
  openInterest?: Rows
}): Panel {
  const constant = (value: number): Rows =>
    Object.fromEntries(Object.entries(tables.close).map(([asset, values]) => [asset, values.map(() => value)]))
  return panelFromLong({
    close: longOf(tables.close),
    marketCap: longOf(tables.marketCap ?? constant(1e9)),
    volume: longOf(tables.volume ?? constant(1e8)),
    ...(tables.funding && { funding: longOf(tables.funding) }),
    ...(tables.openInterest && { openInterest: longOf(tables.openInterest) }),
    stable: ['USDT'],
    wrapped: ['WBTC'],
  })
}

/** A random market with one factor: 2 majors, `alts` alts, 2 % of the values absent, some assets listed late or delisted early. */
export function randomPanel(seed: number, alts: number, days: number): Panel {
  const random = new Random(seed)
  const assets = ['BTC', 'ETH', ...Array.from({ length: alts }, (_, i) => `ALT${String(i).padStart(2, '0')}`)]
  const factor = Array.from({ length: days }, () => 0.025 * random.normal())
  const tables = {
    close: {} as Rows,
    marketCap: {} as Rows,
    volume: {} as Rows,
    funding: {} as Rows,
    openInterest: {} as Rows,
  }
  assets.forEach((asset, i) => {
    const isAlt = i >= 2
    const first = isAlt && random.next() < 0.2 ? random.below(Math.floor(days / 2)) : 0
    const last = isAlt && random.next() < 0.2 ? days - random.below(Math.floor(days / 2)) : days
    let price = 1 + 100 * random.next()
    const supply = (isAlt ? 1e9 * Math.exp(-3 * random.next()) : 1e11) / price
    const present = (t: number) => t >= first && t < last && random.next() > 0.02
    const series: Record<keyof typeof tables, (number | null)[]> = {
      close: [],
      marketCap: [],
      volume: [],
      funding: [],
      openInterest: [],
    }
    for (let t = 0; t < days; t++) {
      price *= Math.exp((isAlt ? 1.1 : 1) * factor[t] + 0.02 * random.normal())
      series.close.push(present(t) || i === 0 ? price : null)
      series.marketCap.push(present(t) ? price * supply : null)
      series.volume.push(present(t) ? 0.1 * price * supply * Math.exp(0.4 * random.normal()) : null)
      series.funding.push(present(t) ? 1e-4 * random.normal() : null)
      series.openInterest.push(present(t) && random.next() < 0.6 ? 0.02 * price * supply : null)
    }
    for (const name of Object.keys(tables) as (keyof typeof tables)[]) tables[name][asset] = series[name]
  })
  return panelOf(tables)
}
