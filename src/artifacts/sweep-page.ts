/** The interactive page of a sweep, `artifacts/report.html`, from its report and its tables. */

import { join } from 'node:path'
import type { SweepOverfitting, SweepReport, SweepRow } from '../../contracts/types.ts'
import { parseCsv } from '../base/csv.ts'
import { readTextIfPresent } from '../base/files.ts'
import { openParquet } from '../base/parquet.ts'
import type { Column, Table } from '../base/table.ts'
import { valueText } from './charts-scale.ts'
import { htmlPage, type PageData, type PageSection } from './page-html.ts'
import { markup } from './page-markup.ts'
import { type Card, cards, chartPlace, pairTable, sortableTable } from './page-parts.ts'
import { drawnBars, jsonColumn } from './page-series.ts'
import { heatMapOption, meansOption, parallelOption, shortName, stitchedOption } from './sweep-charts.ts'
import { sweepAxes, sweepSurface } from './sweep-surface.ts'

/** Columns of trials.parquet that are neither parameters nor figures. */
const NAMES = new Set(['trial', 'variation_id', 'seed', 'split_name', 'phase', 'selected', 'rank_in_train', 'error'])
const FIGURES = ['sharpe_simple', 'total_return', 'max_drawdown', 'trade_trades'] as const
const AFTER_PARAMETERS = 'total_return'

/** Parameters that heat maps are drawn of: the most influential ones, in pairs. */
const MAPPED = 3
/** Lines of the parallel coordinates, half of them the best trials. */
const LINES = 400
const MOST_DRAWN_BARS = 8000
const MOST_ROWS = 100

/** The HTML text of a sweep's page; `folder` holds its tables. */
export async function sweepPage(report: SweepReport, folder: string): Promise<string> {
  const { header, config_resolved: config } = report
  const trials = await trialsOf(folder)
  const data: PageData = { columns: {}, charts: {} }
  const score =
    config.selection?.sort_by?.find(name => (FIGURES as readonly string[]).includes(name)) ?? 'sharpe_simple'
  const walkForward = report.walk_forward !== undefined
  const sections = [
    ...warningSection(report.warnings ?? []),
    {
      id: 'figures',
      heading: walkForward ? 'Key figures out of sample' : 'Key figures',
      body: cards(headline(report)),
    },
    ...verdictSection(report.overfitting),
    ...(walkForward ? equitySections(report, folder, data) : []),
    leaderboardSection(report, Object.keys(trials.parameters)),
    ...surfaceSections(trials, score, data),
    ...failureSection(report),
    { id: 'configuration', heading: 'Configuration', half: true, body: pairTable(Object.entries(config)) },
    { id: 'provenance', heading: 'Provenance', half: true, body: pairTable(provenance(report)) },
    {
      id: 'files',
      heading: 'Files',
      body: sortableTable(['file_name', 'size_bytes', 'sha256'], report.artifacts as never),
    },
  ]
  const instruments = [...new Set(config.data?.map(({ ticker }) => ticker) ?? [])]
  return htmlPage({
    title: `${header.mode} · ${instruments.slice(0, 3).join(', ')}${instruments.length > 3 ? ' …' : ''} · ${config.strategy}`,
    lead: [
      header.run_id,
      // What is swept is no fact about the whole.
      config.start === undefined || config.end === undefined ? undefined : `${config.start} to ${config.end}`,
      config.interval,
      `${valueText(trials.rows, 'number')} rows`,
    ]
      .filter(fact => fact !== undefined)
      .join(' · '),
    sections,
    data,
  })
}

/** What the charts need of trials.parquet: in a walk-forward, the training rows. */
interface Trials {
  rows: number
  parameters: Record<string, Column>
  figures: Record<string, Float64Array>
}

async function trialsOf(folder: string): Promise<Trials> {
  const file = openParquet(join(folder, 'trials.parquet'))
  const names = file.columns.map(({ name }) => name)
  const swept = names.slice(0, names.indexOf(AFTER_PARAMETERS)).filter(name => !NAMES.has(name))
  const phased = names.includes('phase')
  const table = await file.read([...swept, ...FIGURES, ...(phased ? ['phase'] : [])])
  const kept = phased ? trainingRows(table) : table
  const pick = (wanted: readonly string[]) => Object.fromEntries(wanted.map(name => [name, kept.columns[name]]))
  return { rows: file.rows, parameters: pick(swept), figures: pick(FIGURES) as Record<string, Float64Array> }
}

function trainingRows({ columns, rows }: Table): Table {
  const { phase, ...others } = columns
  const kept: number[] = []
  for (let row = 0; row < rows; row++) if (phase[row] === 'train') kept.push(row)
  const cut = (column: Column): Column =>
    column instanceof Float64Array ? Float64Array.from(kept, row => column[row]) : kept.map(row => column[row])
  return {
    columns: Object.fromEntries(Object.entries(others).map(([name, column]) => [name, cut(column)])),
    rows: kept.length,
  }
}

function headline({ summary, overfitting, walk_forward, n_runs, n_train_runs }: SweepReport): Card[] {
  const stitched = walk_forward?.stitched
  const found: Card[] = [
    { label: 'Trials', value: n_runs ?? n_train_runs ?? null, format: 'number' },
    { label: 'Best: total return', value: summary.total_return, format: 'percent', tone: true },
    { label: 'Best: Sharpe (√252)', value: summary.sharpe_simple, format: 'number' },
    { label: 'Best: max drawdown', value: summary.max_drawdown, format: 'percent', tone: true },
  ]
  if (stitched) {
    found.push(
      { label: 'Best in training, tested', value: stitched.total_return, format: 'percent', tone: true },
      { label: 'Its Sharpe (√252)', value: stitched.sharpe_simple, format: 'number' },
      { label: 'Its max drawdown', value: stitched.max_drawdown, format: 'percent', tone: true },
    )
  }
  if (overfitting !== null) {
    const { undefined_reasons: why } = overfitting
    const card = (label: string, name: keyof SweepOverfitting, format: Card['format']): Card => {
      return { label, value: overfitting[name] as number | null, format, note: why[name] }
    }
    found.push(
      card('Deflated Sharpe ratio', 'deflated_sharpe_ratio', 'number'),
      card('Probability of overfitting', 'probability_of_overfitting', 'percent'),
      card('Effective trials', 'effective_trials', 'number'),
    )
  }
  return found
}

function verdictSection(overfitting: SweepOverfitting | null): PageSection[] {
  if (overfitting === null) return []
  const { verdict, conclusion, undefined_reasons: why, ...rest } = overfitting
  const pairs = Object.entries(rest).map(([name, value]): [string, unknown] => [
    name,
    value === null ? `– (${why[name] ?? ''})` : value,
  ])
  return [
    {
      id: 'verdict',
      heading: 'Can the winner be believed?',
      note: verdict,
      body: pairTable([['conclusion', conclusion], ...pairs]),
    },
  ]
}

/** The best rows without the columns that say the same in each of them. */
function leaderboardSection({ results, oos_leaderboard }: SweepReport, swept: readonly string[]): PageSection {
  const rows: readonly SweepRow[] = results ?? oos_leaderboard ?? []
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const metrics = names.slice(Math.max(0, names.indexOf(AFTER_PARAMETERS)))
  const telling = (name: string) => rows.some(row => row[name] !== rows[0][name]) && typeof rows[0][name] !== 'object'
  const columns = names.filter(name => swept.includes(name) || metrics.includes(name) || telling(name))
  const note =
    oos_leaderboard === undefined
      ? 'The ten best; leaderboard.csv has more.'
      : 'The ten best tests over all splits: the best of many flatters.'
  const body = rows.length === 0 ? markup`<p>No trial is ranked.</p>` : sortableTable(columns, rows)
  return { id: 'leaderboard', heading: 'Leaderboard', note, body }
}

/** Heat maps or means over the most influential parameters, and parallel coordinates. */
function surfaceSections({ parameters, figures }: Trials, score: string, data: PageData): PageSection[] {
  const scores = figures[score]
  const axes = sweepAxes(parameters, scores).slice(0, MAPPED)
  const sections: PageSection[] = []
  if (axes.length === 1) {
    data.charts['chart-means'] = meansOption(axes[0], scores, score)
    sections.push({
      id: 'means',
      heading: 'Score by parameter',
      body: chartPlace('chart-means', `Mean ${score} by ${axes[0].name}.`, 320),
    })
  }
  for (let i = 0; i < axes.length; i++) {
    for (let j = i + 1; j < axes.length; j++) {
      const [x, y] = [axes[i], axes[j]]
      const id = `map-${i}-${j}`
      data.charts[`chart-${id}`] = heatMapOption(sweepSurface(x, y, scores), score)
      const height = 110 + Math.min(620, Math.max(170, 26 * y.labels.length))
      sections.push({
        id,
        heading: `${shortName(y.name)} by ${shortName(x.name)}`,
        note: `Mean ${score} over all other parameters. A winner on a plateau is worth more than a lonely peak.`,
        body: chartPlace(`chart-${id}`, `Heat map of the mean ${score} over ${x.name} and ${y.name}.`, height),
      })
    }
  }
  const varying = Object.fromEntries(Object.entries(parameters).filter(([, column]) => varies(column)))
  if (Object.keys(varying).length === 0) return sections
  const lines = drawnTrials(scores)
  const ordered = { [score]: scores, ...figures }
  data.charts['chart-parallel'] = parallelOption(varying, ordered, lines)
  const note =
    lines.length < scores.length
      ? `The best ${LINES / 2} trials and ${lines.length - LINES / 2} evenly spaced ones.`
      : 'All trials.'
  sections.push({
    id: 'parallel',
    heading: 'Parallel coordinates',
    note: `${note} Drag along an axis to select.`,
    body: chartPlace('chart-parallel', `Parallel coordinates of ${lines.length} trials.`, 420),
  })
  return sections
}

/** All trials, or the best ones and evenly spaced others; worst first, so that the best are drawn on top. */
function drawnTrials(scores: Float64Array): number[] {
  const known = Array.from(scores, (_, trial) => trial).filter(trial => Number.isFinite(scores[trial]))
  const ascending = known.sort((a, b) => scores[a] - scores[b])
  if (ascending.length <= LINES) return ascending
  const best = ascending.slice(-LINES / 2)
  const rest = ascending.slice(0, -LINES / 2)
  return [...Array.from({ length: LINES / 2 }, (_, k) => rest[Math.floor((k * rest.length) / (LINES / 2))]), ...best]
}

function varies(column: Column): boolean {
  for (let i = 1; i < column.length; i++) if (column[i] !== column[0]) return true
  return false
}

/** The stitched equity and the splits. */
function equitySections({ split_summary = [] }: SweepReport, folder: string, data: PageData): PageSection[] {
  const sections: PageSection[] = []
  const text = readTextIfPresent(join(folder, 'oos_equity_stitched.csv'))
  if (text !== null) {
    const { header, rows } = parseCsv(text, 'oos_equity_stitched.csv')
    const at = (name: string) => header.indexOf(name)
    const time = rows.map(row => Date.parse(row[at('timestamp')]))
    const equity = Float64Array.from(rows, row => Number(row[at('equity')]))
    const drawdown = Float64Array.from(rows, row => Number(row[at('drawdown')]))
    const starts = rows.flatMap((row, i) => {
      const name = row[at('split_name')]
      return i === 0 || name !== rows[i - 1][at('split_name')] ? [{ name, at: time[i] }] : []
    })
    const bars = drawnBars([equity, drawdown], time.length, MOST_DRAWN_BARS)
    Object.assign(data.columns, {
      time: Array.from(bars, bar => time[bar]),
      equity: jsonColumn(equity, bars),
      drawdown: jsonColumn(drawdown, bars),
    })
    data.charts['chart-equity'] = stitchedOption(starts)
    sections.push({
      id: 'equity',
      heading: 'Equity out of sample',
      note: 'The trial that was best in each training window, on the test window that follows, as one curve that is never reset.',
      body: chartPlace('chart-equity', `Equity out of sample over ${starts.length} tests.`, 420),
    })
  }
  const columns = Object.keys(split_summary[0] ?? {})
  return [
    ...sections,
    { id: 'splits', heading: 'Splits', body: sortableTable(columns, split_summary.slice(0, MOST_ROWS) as never) },
  ]
}

function failureSection({ failed = [], n_failed }: SweepReport): PageSection[] {
  if (failed.length === 0) return []
  const columns = [...new Set(failed.flatMap(row => Object.keys(row)))]
  const note = `${valueText(n_failed, 'number')} trials failed; trials.parquet names all.`
  return [{ id: 'failed', heading: 'Failed trials', note, body: sortableTable(columns, failed as never) }]
}

function warningSection(warnings: readonly string[]): PageSection[] {
  if (warnings.length === 0) return []
  const body = markup`<div class="warning"><ul>${warnings.map(text => markup`<li>${text}</li>`)}</ul></div>`
  return [{ id: 'warnings', heading: 'Warnings', body }]
}

function provenance({
  header,
  reproduce,
  datasets,
  engine_version,
  fingerprint,
  result_hash,
}: SweepReport): [string, unknown][] {
  return Object.entries({ ...header, ...reproduce, datasets, engine_version, fingerprint, result_hash })
}
