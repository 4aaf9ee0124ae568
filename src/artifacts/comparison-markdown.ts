/** A comparison as Markdown: the verdict first, then part by part what differs. */

import type { ComparedRows, Comparison } from '../../contracts/types.ts'
import { markdownTable, markdownText } from '../base/markdown.ts'
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

/** Listed rows that are shown of each kind; the JSON form has more. */
const SHOWN = 10

/** The text; no clock in it. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { verdict, metrics, trades, trials, equity, missing } = comparison
  const parts = [
    '# Comparison',
    `**${markdownText(verdict.text)}**`,
    tableText(sideRows(comparison)),
    ...(verdict.explanations.length > 0
      ? [
          '## What explains it',
          verdict.explanations.map(cause => `- **${cause.what}**: ${markdownText(cause.text)}`).join('\n'),
        ]
      : []),
    ...(missing.length > 0
      ? [
          '## Missing',
          missing.map(gap => `- ${gap.side.toUpperCase()}, ${gap.part}: ${markdownText(gap.reason)}`).join('\n'),
        ]
      : []),
    '## Inputs',
    tableText(inputRows(comparison)),
    ...configText(comparison),
    '## Code',
    tableText(codeRows(comparison)),
    '## Metrics',
    ...(metrics.comparable ? metricText(comparison) : [notCompared(metrics.reason)]),
    '## Trades',
    ...rowsText(trades, 'fills'),
    ...(trials === null ? [] : ['## Trials', ...rowsText(trials, 'trials')]),
    '## Equity',
    ...(equity.comparable
      ? [tableText(equityRows(comparison)), tableText(likenessRows(comparison))]
      : [notCompared(equity.reason)]),
    'Times are UTC; ratios are fractions (0.12 is 12 %); a difference is B − A, a ratio B / A.',
  ]
  return `${parts.join('\n\n')}\n`
}

function configText(comparison: Comparison): string[] {
  const rows = configRows(comparison, false)
  return rows.length === 0 ? [] : ['### Fields of the configuration that differ', tableText(rows)]
}

function metricText(comparison: Comparison): string[] {
  const { same, different, onlyA, onlyB } = comparison.metrics
  const rows = metricRows(comparison, false)
  const counts = `${same} equal, ${different} different, ${onlyA} only in A, ${onlyB} only in B.`
  return rows.length === 0 ? [`All ${same} figures are equal.`] : [counts, tableText(rows)]
}

function rowsText(rows: ComparedRows, what: string): string[] {
  if (!rows.comparable) return [notCompared(rows.reason)]
  const divergence = divergenceText(rows)
  if (divergence === null) return [`All ${rows.same} ${what} are the same.`]
  const lists: [heading: string, rows: TableRow[], total: number][] = [
    [
      'Changed',
      changedRows({ ...rows, listed: { ...rows.listed, changed: rows.listed.changed.slice(0, SHOWN) } }),
      rows.changed,
    ],
    ['Only in A', onlyRows(rows, 'onlyA').slice(0, SHOWN), rows.onlyA],
    ['Only in B', onlyRows(rows, 'onlyB').slice(0, SHOWN), rows.onlyB],
  ]
  return [
    tableText(countRows(rows)),
    markdownText(divergence),
    ...(rows.fields.length > 0 ? [tableText(rows.fields as unknown as TableRow[])] : []),
    ...lists.flatMap(([heading, listed, total]) =>
      total === 0
        ? []
        : [`### ${heading}${total > SHOWN ? `: the first ${SHOWN} of ${total}` : ''}`, tableText(listed)],
    ),
  ]
}

function tableText(rows: TableRow[]): string {
  return markdownTable([...new Set(rows.flatMap(row => Object.keys(row)))], rows, '–')
}

function notCompared(reason: string | null): string {
  return `Not compared: ${markdownText(reason ?? 'a side has none')}.`
}
