/** The interactive page of an attempt of an experiment, report.html. */

import type { ExperimentDefinition, ExperimentReport, ExperimentResult } from '../../contracts/types.ts'
import { type Curves, curvesOption } from './experiment-curves.ts'
import { countsText, failureRows, resultRow, tellingColumns } from './experiment-report.ts'
import { returnsOption } from './page-charts.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { markup } from './page-markup.ts'
import { cards, chartPlace, pairTable, sortableTable } from './page-parts.ts'

/** Results that stand on the page; results.csv has all. */
const MOST_ROWS = 2000

/** The HTML text: how it went, growth of the best, distribution of returns, every run, inputs, definition. */
export function experimentPage(report: ExperimentReport, rows: readonly ExperimentResult[], curves: Curves): string {
  const { name, description, experiment_id, attempt, mode, summary, statistics } = report
  const definition = report.definition as unknown as ExperimentDefinition
  const paths = Object.keys(definition.params)
  const returns = Float64Array.from(rows.flatMap(row => row.summary?.total_return ?? []))
  const histogram = returns.length > 1 ? returnsOption(returns) : null
  const drawn = curves.runs.length > 0 ? curvesOption(curves) : null
  const best = statistics.find(({ metric }) => metric === 'total_return')
  const table = rows.slice(0, MOST_ROWS).map(row => resultRow(row, paths))
  return htmlPage({
    title: name,
    lead: [experiment_id, `attempt ${attempt}`, mode === 'exploratory' ? 'EXPLORATORY — not pinned' : mode].join(' · '),
    sections: [
      ...noteSections(report),
      {
        id: 'figures',
        heading: 'Key figures',
        note: description ?? countsText(summary),
        body: cards([
          { label: 'Runs', value: summary.successful, format: 'number' },
          { label: 'Failed', value: summary.failed, format: 'number' },
          { label: 'Median return', value: best?.median ?? null, format: 'percent', tone: true },
          { label: 'Mean return', value: best?.mean ?? null, format: 'percent', tone: true },
          { label: 'Best return', value: best?.maximum ?? null, format: 'percent', tone: true },
          { label: 'Worst return', value: best?.minimum ?? null, format: 'percent', tone: true },
        ]),
      },
      ...(drawn === null
        ? []
        : [
            {
              id: 'curves',
              heading: 'Growth of the best runs',
              note: 'The best by total return were chosen after the fact: that flatters them.',
              body: chartPlace('chart-curves', `Growth of ${curves.runs.length} runs.`, 460),
            },
          ]),
      ...(histogram === null
        ? []
        : [
            {
              id: 'returns',
              heading: 'Total returns',
              body: chartPlace('chart-returns', `Histogram of ${returns.length} total returns.`, 300),
            },
          ]),
      {
        id: 'statistics',
        heading: 'Over all runs',
        body: sortableTable(
          Object.keys(statistics[0]),
          statistics.map(row => ({ ...row })),
        ),
      },
      {
        id: 'runs',
        heading: 'Runs',
        note:
          rows.length > table.length ? `The best ${table.length} of ${rows.length}; results.csv has all.` : undefined,
        body:
          rows.length === 0 ? markup`<p>None completed.</p>` : sortableTable(tellingColumns(rows, definition), table),
      },
      ...failureSections(report),
      { id: 'definition', heading: 'Definition', half: true, body: pairTable(Object.entries(definition)) },
      { id: 'provenance', heading: 'Provenance', half: true, body: pairTable(provenanceOf(report)) },
    ],
    data: {
      columns: drawn?.columns ?? {},
      charts: {
        ...(drawn === null ? {} : { 'chart-curves': drawn.option }),
        ...(histogram === null ? {} : { 'chart-returns': { ...histogram } }),
      },
    },
  })
}

function noteSections({ warnings, aborted }: ExperimentReport): PageSection[] {
  const notes = [
    ...(aborted === null ? [] : [`Ended early after ${aborted.after_runs} runs: ${aborted.reason}.`]),
    ...warnings,
  ]
  if (notes.length === 0) return []
  const body = markup`<div class="warning"><ul>${notes.map(text => markup`<li>${text}</li>`)}</ul></div>`
  return [{ id: 'notes', heading: 'Notes', body }]
}

function failureSections({ results, summary }: ExperimentReport): PageSection[] {
  const rows = failureRows(results)
  if (rows.length === 0) return []
  const note = summary.failed > rows.length ? `The first ${rows.length}; results.csv has all.` : undefined
  return [{ id: 'failed', heading: 'Failed', note, body: sortableTable(Object.keys(rows[0]), rows) }]
}

function provenanceOf(report: ExperimentReport): [string, unknown][] {
  const { definition_hash, results_hash, seed, engine_version, node_version, quantlab_version, git_commit, trace_id } =
    report
  const { started_at, finished_at } = report
  return Object.entries({
    ...{ definition_hash, results_hash, seed, engine_version, node_version, quantlab_version, git_commit, trace_id },
    ...{ started_at, finished_at },
  })
}
