/** A comparison as one self-contained page: verdict, both curves over one another, tables that sort. */

import type { ComparedRows, Comparison } from '../../contracts/types.ts'
import { valueText } from './charts-scale.ts'
import { utcText } from './charts-time.ts'
import { CURVES_HEIGHT, type DrawnCurves, drawnCurves, type SideCurve } from './comparison-charts.ts'
import {
  changedRows,
  codeRows,
  configRows,
  countRows,
  divergenceText,
  equityRows,
  inputRows,
  likenessRows,
  metricRows,
  onlyRows,
  sideRows,
  type TableRow,
} from './comparison-tables.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { type Markup, markup } from './page-markup.ts'
import { chartPlace, sortableTable } from './page-parts.ts'

/** The HTML text; curves are null where a side has none. The same comparison and curves give the same bytes. */
export function comparisonPage(comparison: Comparison, a: SideCurve | null, b: SideCurve | null): string {
  const { verdict } = comparison
  const curves = drawnCurves(a, b)
  return htmlPage({
    title: `${comparison.a.id} against ${comparison.b.id}`,
    lead: verdict.text,
    sections: [
      verdictSection(comparison),
      ...missingSections(comparison),
      equitySection(comparison, curves),
      metricsSection(comparison),
      rowsSection('trades', 'Trades', 'fills', comparison.trades),
      ...(comparison.trials === null ? [] : [rowsSection('trials', 'Trials', 'trials', comparison.trials)]),
      { id: 'inputs', heading: 'Inputs', body: tableMarkup(inputRows(comparison)) },
      configSection(comparison),
      { id: 'code', heading: 'Code', body: tableMarkup(codeRows(comparison)) },
    ],
    footer: 'All times are UTC. Ratios in tables are fractions: 0.12 is 12 %.',
    data: {
      columns: curves?.columns ?? {},
      charts: curves === null ? {} : { 'chart-curves': curves.chart },
    },
  })
}

function verdictSection(comparison: Comparison): PageSection {
  const { explanations } = comparison.verdict
  const causes =
    explanations.length === 0
      ? null
      : markup`<ol>${explanations.map(({ what, text }) => markup`<li><strong>${what}</strong>: ${text}</li>`)}</ol>`
  return { id: 'verdict', heading: 'Verdict', body: markup`${causes}${tableMarkup(sideRows(comparison))}` }
}

function missingSections({ missing }: Comparison): PageSection[] {
  if (missing.length === 0) return []
  const lines = missing.map(({ side, part, reason }) => markup`<li>${side.toUpperCase()}, ${part}: ${reason}</li>`)
  return [{ id: 'missing', heading: 'Missing', body: markup`<div class="warning"><ul>${lines}</ul></div>` }]
}

function equitySection(comparison: Comparison, curves: DrawnCurves | null): PageSection {
  const { equity, a, b } = comparison
  const tables = equity.comparable
    ? markup`${tableMarkup(equityRows(comparison))}<p></p>${tableMarkup(likenessRows(comparison))}`
    : notCompared(equity.reason)
  const chart = curves === null ? null : chartPlace('chart-curves', curvesLabel(curves), CURVES_HEIGHT)
  const drawn =
    curves !== null && curves.drawn < curves.instants
      ? ` Drawn with ${valueText(curves.drawn, 'number')} of ${valueText(curves.instants, 'number')} instants that keep the highs and lows; every figure uses all.`
      : ''
  return {
    id: 'equity',
    heading: 'Equity',
    ...(curves === null
      ? {}
      : { note: `A is ${a.id}, B is ${b.id}; growth of 1. Drag or scroll to zoom; all panels move together.${drawn}` }),
    body: markup`${chart}${tables}`,
  }
}

function curvesLabel({ columns: { time }, instants }: DrawnCurves): string {
  const span = `${utcText(time[0] as number)} to ${utcText(time[time.length - 1] as number)}`
  return `Equity and drawdown of A and B, and their difference, at ${instants} instants from ${span} UTC.`
}

function metricsSection(comparison: Comparison): PageSection {
  const { comparable, reason, same, different, onlyA, onlyB } = comparison.metrics
  if (!comparable) return { id: 'metrics', heading: 'Metrics', body: notCompared(reason) }
  const note = `${same} equal, ${different} different, ${onlyA} only in A, ${onlyB} only in B. A difference is B − A, a ratio B / A.`
  return { id: 'metrics', heading: 'Metrics', note, body: tableMarkup(metricRows(comparison, true)) }
}

function rowsSection(id: string, heading: string, what: string, rows: ComparedRows): PageSection {
  if (!rows.comparable) return { id, heading, body: notCompared(rows.reason) }
  const divergence = divergenceText(rows)
  const note = `Matched by ${rows.key.join(', ')}.`
  if (divergence === null) return { id, heading, note, body: markup`<p>All ${rows.same} ${what} are the same.</p>` }
  const lists: [string, TableRow[], shown: number, total: number][] = [
    ['Changed', changedRows(rows), rows.listed.changed.length, rows.changed],
    ['Only in A', onlyRows(rows, 'onlyA'), rows.listed.onlyA.length, rows.onlyA],
    ['Only in B', onlyRows(rows, 'onlyB'), rows.listed.onlyB.length, rows.onlyB],
  ]
  const listed = lists.map(([title, table, shown, total]) => {
    if (total === 0) return null
    const cut = shown < total ? `: the first ${shown} of ${valueText(total, 'number')}` : ''
    return markup`<p><strong>${title}${cut}</strong></p>${tableMarkup(table)}`
  })
  const fields = rows.fields.length === 0 ? null : tableMarkup(rows.fields as unknown as TableRow[])
  return { id, heading, note, body: markup`<p>${divergence}</p>${tableMarkup(countRows(rows))}${fields}${listed}` }
}

function configSection(comparison: Comparison): PageSection {
  const { same, different } = comparison.inputs.config
  const note = `${same} fields equal, ${different} different.`
  return { id: 'configuration', heading: 'Configuration', note, body: tableMarkup(configRows(comparison, true)) }
}

function tableMarkup(rows: readonly TableRow[]): Markup {
  return sortableTable([...new Set(rows.flatMap(row => Object.keys(row)))], rows)
}

function notCompared(reason: string | null): Markup {
  return markup`<p>Not compared: ${reason ?? 'a side has none'}.</p>`
}
