/** `runs report`: take any run apart into advanced_report.json, .md and .html with pictures. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AdvancedReport, RunsReportRequest, RunsReportResult } from '../../../contracts/types.ts'
import { advancedCharts } from '../../artifacts/advanced-charts.ts'
import { advancedMarkdown } from '../../artifacts/advanced-markdown.ts'
import {
  type AdvancedSource,
  advancedSource,
  type EquitySource,
  filesOf,
  runColumns,
} from '../../artifacts/advanced-source.ts'
import { prettyJson } from '../../artifacts/artifact-dir.ts'
import { parseNumber } from '../../base/csv.ts'
import { fail } from '../../base/errors.ts'
import { makeFolder, replaceFile } from '../../base/files.ts'
import { printable } from '../../base/markdown.ts'
import { insideRoot } from '../../base/paths.ts'
import { firstFault, loadValidator } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import {
  type Curve,
  drawdownMetrics,
  equityMetrics,
  stitched,
  timeWindowMetrics,
  tradeDistribution,
  yearlyReturns,
} from '../../engine/advanced-report.ts'
import {
  deepestDrawdowns,
  drawdownRows,
  returnDistribution,
  rolling,
  rollingFigures,
} from '../../engine/advanced-tables.ts'
import { barReturns, drawdowns } from '../../engine/forward-figures.ts'
import { curveOf, timestampOf } from '../../engine/forward-record.ts'
import { type RoundTrip, roundTrips, tradeRows } from '../../engine/round-trips.ts'
import { barsPerYear, DAY_MS, isoDate } from '../../market/calendar.ts'
import { runFolder } from '../artifact/folder.ts'
import type { Command } from '../command.ts'

const FILES = { json: 'advanced_report.json', md: 'advanced_report.md', html: 'advanced_report.html' }

export const runsReport: Command<RunsReportRequest> = {
  async run({ run_id: named, outdir, rolling_window: window, html }, context) {
    const dir = runFolder(named, context)
    const folder = insideRoot(context.root, context.cwd, outdir ?? dir)
    const source = await advancedSource(dir)
    const warnings = source.faults.map(fault => `A file could not be read: ${fault}`)
    const curve = source.equity === null ? EMPTY : curveFrom(source.equity, dir, warnings)
    if (source.equity === null)
      warnings.push('The run has no equity curve: only its round trips and its record are shown.')
    if (source.equity?.file === 'trades.csv')
      warnings.push('The run has no equity curve but that of its fills: a bar here is a fill, not a day.')
    const trips = tripsOf(source, dir)
    const periodsPerYear = periodsOf(source, curve.ts.length > 0 ? warnings : [])
    const columns = rolling(curve, window, periodsPerYear)
    const spans = deepestDrawdowns(curve)
    const figure = {
      title: source.run_id ?? named,
      ...curve,
      drawdown: drawdowns(curve.equity),
      spans,
      window,
      rollingSharpe: columns.sharpe,
      rollingVolatility: columns.volatility,
      returns: barReturns(curve.equity),
      tradeReturns: Float64Array.from(trips, trip => trip.return_pct),
    }
    const charts = advancedCharts(figure)
    makeFolder(folder)
    for (const [name, picture] of Object.entries(charts)) replaceFile(join(folder, name), picture)
    const report: AdvancedReport = {
      run_id: source.run_id,
      mode: source.mode,
      created_at: source.created_at,
      equity_metrics: equityMetrics(curve),
      drawdown_metrics: drawdownMetrics(curve),
      time_window_metrics: timeWindowMetrics(curve),
      trade_distribution: tradeDistribution(trips),
      top_result_summary: source.top,
      charts: Object.keys(charts),
      artifacts: filesOf(folder, Object.values(FILES)),
      schema_version: CONTRACT_VERSION,
      generated_at: isoInstant(context.clock.now()),
      equity_source: source.equity?.file ?? null,
      trades_source: source.trades?.file ?? null,
      drawdowns: drawdownRows(curve, spans, timeText(curve)),
      yearly_returns: yearlyReturns(curve),
      return_distribution: returnDistribution(curve),
      rolling: rollingFigures(columns, window, periodsPerYear),
      extended: source.extended,
      warnings,
    }
    await loadValidator('artifacts/advanced-report')
    const fault = firstFault('artifacts/advanced-report', report)
    if (fault !== undefined) throw new Error(`the advanced report breaks its schema: ${fault}`)
    if (context.abort.aborted) throw fail('ABORTED', {})
    const page = html && folder === dir ? await runPageOf(source, dir) : null
    if (html) {
      const { advancedPage } = await import('../../artifacts/advanced-page.ts')
      const tripTimes = Float64Array.from(trips.flatMap(trip => [trip.entry_time, trip.exit_time]))
      replaceFile(
        join(folder, FILES.html),
        advancedPage(
          report,
          figure,
          trips.map(trip => tripRow(trip, timeText({ ts: tripTimes }))),
        ),
      )
    }
    replaceFile(join(folder, FILES.md), advancedMarkdown(report))
    replaceFile(join(folder, FILES.json), prettyJson(report))

    const result: RunsReportResult = {
      run_id: source.run_id,
      advanced_report_json: join(folder, FILES.json),
      advanced_report_md: join(folder, FILES.md),
      advanced_report_html: html ? join(folder, FILES.html) : null,
      report_html: page,
      report,
    }
    const lines = [
      `Advanced report generated for: ${named}`,
      `  JSON: ${result.advanced_report_json}`,
      `  MD  : ${result.advanced_report_md}`,
      ...(html ? [`  HTML: ${result.advanced_report_html}`] : []),
      ...(page === null ? [] : [`  Run : ${page}`]),
    ]
    return { answer: { result }, signal: {}, warnings, text: () => `${lines.map(printable).join('\n')}\n` }
  },
}

/** The interactive page of a run, made if it is not there; its path, or null for what is no run with its columns. */
async function runPageOf({ report, metrics, trades }: AdvancedSource, dir: string): Promise<string | null> {
  const path = join(dir, 'artifacts/report.html')
  if (existsSync(path)) return path
  const columns = report === null || metrics === null ? null : await runColumns(dir)
  if (columns === null) return null
  const { runPage } = await import('../../artifacts/page.ts')
  const rows = trades?.table.rows.map(cells =>
    Object.fromEntries(trades.table.header.map((name, k) => [name, cellOf(cells[k])])),
  )
  makeFolder(join(dir, 'artifacts'))
  replaceFile(path, runPage({ report: report!, metrics: metrics!, ...columns, trades: rows ?? [] }))
  return path
}

function cellOf(text: string): string | number | null {
  const value = parseNumber(text)
  return text === '' ? null : (value ?? text)
}

const EMPTY: Curve = { ts: new Float64Array(0), equity: new Float64Array(0) }

/** The curve of a source in order of time; pieces that each begin anew go on with what the one before ended with. */
function curveFrom(source: EquitySource, dir: string, warnings: string[]): Curve {
  if (source.kind === 'columns') return { ts: source.ts, equity: source.equity }
  const { table, column, piece, file } = source
  const name = join(dir, file)
  if (piece === null) return curveOf(table, name, column)
  const at = table.header.indexOf(piece)
  const time = table.header.indexOf('timestamp')
  const pieces: string[] = []
  const rows: string[][] = []
  let last = Number.NEGATIVE_INFINITY
  for (const cells of table.rows) {
    const now = timestampOf(cells[time])
    // Windows may overlap: a bar that an earlier piece has shown is not counted again.
    if (now !== null && now <= last) continue
    last = now ?? last
    rows.push(cells)
    pieces.push(cells[at])
  }
  const left = table.rows.length - rows.length
  if (left > 0) warnings.push(`${left} bars of ${file} lie in windows that overlap and are shown once.`)
  return stitched(curveOf({ ...table, rows }, name, column), pieces)
}

function tripsOf({ trades }: AdvancedSource, dir: string): RoundTrip[] {
  if (trades === null) return []
  const { table, file } = trades
  const rows = tradeRows(table, join(dir, file))
  const books = ['alert_id', 'trade'].map(name => table.header.indexOf(name))
  if (books.includes(-1)) return roundTrips(rows)
  // Fills on alerts: every trade of an alert is a book of its own, and tokens must not close each other.
  const grouped = new Map<string, typeof rows>()
  rows.forEach((fill, row) => {
    const book = books.map(column => table.rows[row][column]).join('\n')
    const fills = grouped.get(book)
    if (fills === undefined) grouped.set(book, [fill])
    else fills.push(fill)
  })
  return [...grouped.values()].flatMap(fills => roundTrips(fills)).sort((a, b) => a.exit_time - b.exit_time)
}

/** Bars a year by what the run recorded, else by its interval and calendar, else as published. */
function periodsOf({ extended, config }: AdvancedSource, warnings: string[]): number {
  const known = extended?.['periods_per_year']
  if (typeof known === 'number' && known > 0) return known
  const { interval, calendar } = config
  if (typeof interval === 'string' && /^[1-9]\d{0,3}[mhdwM]$/.test(interval)) {
    if (calendar === 'crypto' || calendar === 'exchange') return barsPerYear(interval, calendar)
    warnings.push('The run names no calendar: its rolling figures use 365 days a year.')
    return barsPerYear(interval, 'crypto')
  }
  warnings.push('The run names no interval: its rolling figures use 252 bars a year.')
  return 252
}

/** Dates where every bar lies on midnight UTC, else instants. */
function timeText({ ts }: Pick<Curve, 'ts'>): (epochMs: number) => string {
  return ts.every(at => at % DAY_MS === 0) ? isoDate : isoInstant
}

function tripRow(trip: RoundTrip, time: (epochMs: number) => string): Record<string, unknown> {
  const { direction, entry_time, exit_time, qty, entry_price, exit_price, net, return_pct, holding_days } = trip
  const times = { entry: time(entry_time), exit: time(exit_time) }
  return { ...times, direction, qty, entry_price, exit_price, net, return_pct, holding_days }
}
