/** `run_report.md`: the report of a run for people, under the published headings. */

import { codeSpan, fencedBlock, markdownTable, markdownText } from '../base/markdown.ts'

type Row = Readonly<Record<string, unknown>>

/**
 * The text of run_report.md from the content of report.json and, where there are any, the extended metrics (name → number
 * or null, `undefined_reasons` beside them). Takes grid and walk-forward reports too. Values cannot become markup.
 */
export function runReportMarkdown(report: object, extended?: object | null): string {
  const content = report as Row
  const sections = [
    `# Run Report: ${markdownText(plainText(recordOf(content.header).run_id))}`,
    section('Metadata', metadataLines(recordOf(content.header))),
    section('Reproduce', fencedBlock('bash', plainText(recordOf(content.reproduce).command))),
    section('Config', fencedBlock('yaml', JSON.stringify(sortedKeys(content.config_resolved), null, 2))),
    ...resultSections(content),
  ]
  if (extended) sections.push(section('Extended Metrics', extendedTable(extended as Row)))
  const warnings = listOf(content.warnings)
  if (warnings.length > 0)
    sections.push(section('Warnings', warnings.map(text => `- ${markdownText(plainText(text))}`).join('\n')))
  sections.push(section('Artifacts', markdownTable(['file_name', 'size_bytes'], rowsOf(content.artifacts))))
  return `${sections.join('\n\n')}\n`
}

function section(heading: string, body: string): string {
  return `## ${heading}\n${body}`
}

/** The published lines first; a field that is not there is left out, one that is null prints null. */
function metadataLines(header: Row): string {
  const lines = [
    `- **Mode:** ${markdownText(plainText(header.mode))}`,
    `- **Created At:** ${markdownText(plainText(header.created_at))}`,
    `- **Config Path:** ${markdownText(plainText(header.config_path))}`,
    `- **Git Commit:** ${codeSpan(plainText(header.git_commit))}`,
    `- **Python:** ${codeSpan(plainText(header.python_version))}`,
  ]
  const further: [string, string][] = [
    ['Node', 'node_version'],
    ['Config Hash', 'config_hash'],
    ['Request Id', 'request_id'],
    ['Trace Id', 'trace_id'],
  ]
  for (const [label, field] of further) {
    const value = header[field]
    if (value !== null && value !== undefined) lines.push(`- **${label}:** ${codeSpan(plainText(value))}`)
  }
  return lines.join('\n')
}

/** Tables of results under the heading that each mode publishes. */
function resultSections(report: Row): string[] {
  const mode = recordOf(report.header).mode
  if (mode === 'walkforward') {
    const outOfSample = rowsOf(report.oos_leaderboard)
    const splits = rowsOf(report.split_summary)
    return [
      section('Out-Of-Sample Leaderboard', leaderboard(outOfSample, 'No OOS results found.')),
      section('Walkforward Summary', leaderboard(splits, 'No splits found.')),
    ]
  }
  const results = rowsOf(report.results)
  if (mode === 'grid')
    return [section('Top 10 Results (Grid Search)', leaderboard(results.slice(0, 10), 'No results found.'))]
  if (results.length === 0) return [section('Result Summary', 'No results found.')]
  // Published summaries have their columns in alphabetical order.
  return [section('Result Summary', markdownTable(columnsOf(results).sort(), results))]
}

function leaderboard(rows: readonly Row[], none: string): string {
  return rows.length === 0 ? none : markdownTable(columnsOf(rows), rows)
}

/** Two columns, and a third with the reason where a value is undefined. */
function extendedTable(extended: Row): string {
  const reasons = recordOf(extended.undefined_reasons)
  const rows = Object.keys(extended)
    .filter(name => name !== 'undefined_reasons')
    .sort()
    .map(metric => ({ metric, value: extended[metric], reason: extended[metric] === null ? reasons[metric] : null }))
  const anyReason = rows.some(row => row.reason !== null && row.reason !== undefined)
  return markdownTable(anyReason ? ['metric', 'value', 'reason'] : ['metric', 'value'], rows)
}

/** Column names in the order in which the rows first name them. */
function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(row => Object.keys(row)))]
}

function recordOf(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function rowsOf(value: unknown): readonly Row[] {
  return listOf(value).map(recordOf)
}

/** A string as it is, anything else as JSON; nothing for a field that is not there. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}

/** The same JSON value with the keys of every object in alphabetical order. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value ?? null
  const record = value as Row
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map(key => [key, sortedKeys(record[key])]),
  )
}
