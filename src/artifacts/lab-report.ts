/** A report of the lab: its pieces, and its text as Markdown. No clock in it: the same pin and template give the same bytes. */

import type { LabReportDocument, LabTable } from '../../contracts/types.ts'
import { codeSpan, fencedBlock, markdownTable, markdownText } from '../base/markdown.ts'
import { calendarLines, calendarsOf } from './lab-calendar.ts'
import { BANNER, type LabPiece, type LabReport } from './lab-pieces.ts'

/** The report as Markdown, with its provenance at the end and the banner at both ends unless it is pinned. */
export function labMarkdown(report: LabReport): string {
  const banner = report.document.mode === 'exploratory' ? [`> **${BANNER}**`] : []
  const body = report.pieces.map(piece => pieceText(piece))
  return `${[...banner, ...body, ...provenanceText(report.document), ...banner].join('\n\n')}\n`
}

function pieceText(piece: LabPiece): string {
  if (piece.kind === 'text') return piece.text
  if (piece.kind === 'calendar') return calendarText(piece.table)
  const { columns, rows } = piece.table
  if (rows.length === 0) return '*No rows.*'
  const names = uniqueNames(columns.map(({ name }) => name))
  const text = markdownTable(
    names,
    rows.map(row => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
  )
  return piece.table.truncated ? `${text}\n\n*${cutText(piece.table)}*` : text
}

/** What is said below a table that was cut. */
export function cutText({ rowCount }: LabTable): string {
  return `Only the first ${rowCount} rows.`
}

/** Names that a table can be keyed by: a repeated one is numbered. */
export function uniqueNames(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map(name => {
    let unique = name === '' || name === '__proto__' ? `column ${name}`.trim() : name
    for (let count = 2; used.has(unique); count++) unique = `${name}_${count}`
    used.add(unique)
    return unique
  })
}

function calendarText(table: LabTable): string {
  const calendars = calendarsOf(table)
  if (calendars.length === 0) return '*No days.*'
  const blocks = calendars.map(
    calendar => `**${markdownText(calendar.label)}**\n\n${fencedBlock('text', calendarLines(calendar).join('\n'))}`,
  )
  const key =
    'One character a day: `·` no run, `░` `▒` `▓` `█` from few runs to the most; the number is the days covered.'
  return [...blocks, key].join('\n\n')
}

/** Columns of the table of provenance. */
export function provenanceRows({ provenance }: LabReportDocument): Record<string, unknown>[] {
  return provenance.map(source => ({
    reference: source.reference,
    RunSet: source.runsetId,
    mode: source.mode,
    pin: source.pin ?? null,
    runs: source.runCount,
    spec: source.specHash.slice(0, 16),
    membership: source.contentHash.slice(0, 16),
    artifacts: source.artifactsHash.slice(0, 16),
  }))
}

function provenanceText(report: LabReportDocument): string[] {
  const rows = provenanceRows(report)
  const cited = report.provenance.flatMap(({ citation, verify }) =>
    citation === undefined || verify === undefined ? [] : [`${markdownText(citation)}  \n${codeSpan(verify)}`],
  )
  return [
    '---',
    '## Provenance',
    markdownTable(Object.keys(rows[0] ?? {}), rows, '–'),
    `Template ${codeSpan(report.template)}, SHA-256 ${codeSpan(report.templateHash.slice(0, 16))}`,
    ...cited,
  ]
}
