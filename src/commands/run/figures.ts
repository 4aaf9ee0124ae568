/** The figures, columns and picture data of a finished backtest, as a run writes them. */

import { readFileSync, statSync } from 'node:fs'
import type { BestResult, RunRequest } from '../../../contracts/types.ts'
import { positionChanges } from '../../artifacts/charts.ts'
import type { RunFigures } from '../../artifacts/report.ts'
import { float64Bytes, sha256Hex } from '../../base/canonical.ts'
import { parseCsv } from '../../base/csv.ts'
import { fail } from '../../base/errors.ts'
import { storing } from '../../base/files.ts'
import { parquetBytes } from '../../base/parquet.ts'
import type { Backtest } from '../../engine/backtest.ts'
import type { fillRows } from '../../engine/broker.ts'
import { publishedMetrics } from '../../engine/metrics.ts'
import { roundTrips, summarizeRoundTrips, tradeRows } from '../../engine/round-trips.ts'
import type { OpenedBars } from '../../lake/open.ts'
import { extendedOf } from '../extended.ts'

/** Fills of another program. */
export interface ExternalTrades {
  text: string
  hash: string
  trips: ReturnType<typeof roundTrips>
}

/** Columns of equity.parquet behind ts, each with one value a bar. */
export type EquityColumns = Record<'ts' | 'close' | 'position' | 'net_return' | 'equity' | 'drawdown', Float64Array>

/** It is kept in memory as a whole. */
const MAX_TRADES_BYTES = 256 * 1024 * 1024

/** Fills of another program: missing, malformed or out of order → DATA_ERROR; no permission to read it → STORAGE_ERROR. */
export function readTrades(path: string): ExternalTrades {
  const bytes = storing(path, () => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isFile() && stat.size <= MAX_TRADES_BYTES) return readFileSync(path)
    const why =
      stat === undefined ? 'does not exist' : stat.isFile() ? 'is larger than 256 MiB' : 'is not a regular file'
    const message = `trades_csv ${why}: ${path}`
    throw fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/trades_csv', message }] })
  })
  const trips = roundTrips(tradeRows(parseCsv(bytes, path), path))
  return { text: bytes.toString('utf8'), hash: sha256Hex(bytes), trips }
}

/** Headline figures; round trips of a given file enter them, those of the run's own broker only the extended metrics. */
export function figuresOf(
  result: Backtest,
  external: ExternalTrades | undefined,
  bars: OpenedBars['bars'],
): RunFigures {
  const published = publishedMetrics(result.netReturn, result.equity, result.position)
  const trips = external === undefined ? undefined : summarizeRoundTrips(external.trips)
  const { total_return, max_drawdown, sharpe_simple, trades, days } = published
  const best_result: BestResult = { total_return, max_drawdown, sharpe_simple, trades, days }
  if (trips !== undefined) {
    Object.assign(best_result, {
      trade_trades: trips.trades,
      win_rate_trades: trips.win_rate_trades,
      profit_factor: Number.isFinite(trips.profit_factor) ? trips.profit_factor : null,
      expectancy_net: trips.expectancy_net,
      avg_holding_days: trips.avg_holding_days,
      exposure: trips.exposure,
    })
  }
  return {
    summary: {
      total_return,
      sharpe_simple,
      max_drawdown,
      trades,
      win_rate: trips?.win_rate_trades ?? published.winrate_active_days,
    },
    best_result,
    extended: extendedOf(result, bars),
  }
}

/** The columns of equity.parquet, in file order; views on the result. */
export function equityColumns(result: Backtest): EquityColumns {
  const { ts, close, position, netReturn: net_return, equity, drawdown } = result
  return { ts, close, position, net_return, equity, drawdown }
}

/** The bytes of equity.parquet. */
export function equityParquet(columns: EquityColumns): Uint8Array {
  return parquetBytes({ columns: { ...columns }, rows: columns.ts.length }, { types: { ts: 'timestamp' } })
}

/** The columns one after the other, time first, as little-endian float64: what a result hash covers. */
export function equityBytes(columns: EquityColumns): Uint8Array {
  return Buffer.concat(Object.values(columns).map(float64Bytes))
}

/** What the pictures of a run show. */
export function figureInput(result: Backtest, request: RunRequest) {
  const { ts, close, equity, drawdown, position } = result
  const { entries, exits } = positionChanges(position)
  const title = `${request.ticker} · ${request.strategy}`
  const subtitle = `${request.start} – ${request.end} · ${request.interval} · ${request.execution} · fee ${request.fee}`
  return { title, subtitle, ts, close, equity, drawdown, entries, exits }
}

/** A table as row objects. */
export function rowsOf(table: ReturnType<typeof fillRows>): Record<string, string | number | null>[] {
  const names = Object.keys(table.columns)
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(names.map(name => [name, (table.columns[name][row] ?? null) as string | number | null])),
  )
}
