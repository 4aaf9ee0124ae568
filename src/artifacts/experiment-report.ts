/** The texts of an attempt of an experiment: results.csv and experiment_report.md; pure. */

import type { ExperimentDefinition, ExperimentReport, ExperimentResult } from '../../contracts/types.ts'
import { codeSpan, fencedBlock, markdownTable, markdownText } from '../base/markdown.ts'
import { type Cell, csvText, tableOf } from '../base/table.ts'

type Row = Record<string, Cell>

/** Results that stand in the Markdown; results.csv has all. */
const MOST_ROWS = 200

/** results.csv: a row for each variation, with a column for each parameter that varies. */
export function resultsCsv(results: readonly ExperimentResult[], paths: readonly string[]): string {
  const rows = results.map(row => resultRow(row, paths))
  return csvText(tableOf(Object.keys(rows[0] ?? {}), rows))
}

/** One row of the tables; values that are no plain cell as JSON. */
export function resultRow(result: ExperimentResult, paths: readonly string[]): Row {
  const { variation_id, status, run_id, strategy, alerts_dataset_id, dataset_id, ticker, parameters, seed } = result
  return {
    ...{ variation_id, status, run_id, runsets: result.runsets.join(' '), strategy },
    strategy_params: JSON.stringify(result.strategy_params),
    ...{ alerts_dataset_id, dataset_id, ticker },
    ...Object.fromEntries(paths.map(path => [path, cellOf(parameters[path])])),
    seed,
    ...{ total_return: null, sharpe_simple: null, max_drawdown: null, trades: null, win_rate: null },
    ...result.summary,
    result_hash: result.result_hash,
    error: result.error === null ? null : `${result.error.code}: ${result.error.message}`,
  }
}

function cellOf(value: unknown): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell)
}

/** experiment_report.md; it names no time but those of its data, so that equal results give equal text but for ids. */
export function experimentMarkdown(
  report: ExperimentReport,
  rows: readonly ExperimentResult[],
  pictures: readonly string[],
): string {
  const { name, description, experiment_id, attempt, mode, summary, statistics, warnings, aborted } = report
  const definition = report.definition as unknown as ExperimentDefinition
  const banner =
    mode === 'exploratory' ? '> **EXPLORATORY — not pinned.** A RunSet it was made from was not frozen.' : null
  const parts = [
    `# ${markdownText(name)}`,
    description === null ? null : markdownText(description),
    banner,
    `Experiment ${codeSpan(experiment_id)}, attempt ${attempt}: ${countsText(summary)}.`,
    aborted === null ? null : `Ended early after ${aborted.after_runs} runs: ${markdownText(aborted.reason)}.`,
    warnings.length === 0 ? null : warnings.map(text => `- ${markdownText(text)}`).join('\n'),
    `## Figures over all runs\n\n${markdownTable(
      Object.keys(statistics[0]),
      statistics.map(row => ({ ...row })),
    )}`,
    ...pictures.map(file => `![${file.replace(/^artifacts\/|\.svg$/g, '')}](${file})`),
    resultsSection(rows, definition),
    failuresSection(report.results, summary.failed),
    `## Inputs\n\n${inputsText(definition)}`,
    `## Definition\n\n${fencedBlock('json', JSON.stringify(definition, null, 2))}`,
    provenanceText(report),
  ]
  return `${parts.filter(part => part !== null).join('\n\n')}\n`
}

/** `3 of 4 variations completed, 1 failed`. */
export function countsText({ variations, successful, failed, skipped }: ExperimentReport['summary']): string {
  return [
    `${successful} of ${variations} variations completed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
  ].join(', ')
}

/** Columns that say something of these runs: what is not the same in all, what varies, the figures, the run. */
export function tellingColumns(rows: readonly ExperimentResult[], { params }: ExperimentDefinition): string[] {
  return [
    ...PLACES.filter(name => varies(rows, row => row[name])),
    ...Object.keys(params),
    ...['total_return', 'sharpe_simple', 'max_drawdown', 'win_rate', 'trades', 'run_id'],
  ]
}

const PLACES = ['strategy', 'strategy_params', 'runsets', 'alerts_dataset_id', 'dataset_id', 'ticker'] as const

/** What tells runs from each other: the names of it, and for each run its values. */
export interface RunLabels {
  names: string[]
  values: string[][]
}

/** What tells each of these runs from the others, in few words. */
export function labelsOf(rows: readonly ExperimentResult[], { params }: ExperimentDefinition): RunLabels {
  const paths = Object.keys(params)
  const lastOf = (path: string) => path.split('.').at(-1) as string
  const nameOf = (path: string) =>
    paths.some(other => other !== path && lastOf(other) === lastOf(path)) ? path : lastOf(path)
  const places = PLACES.filter(name => varies(rows, row => row[name]))
  const varied = paths.filter(path => varies(rows, row => row.parameters[path]))
  if (places.length + varied.length === 0) return { names: ['strategy'], values: rows.map(row => [row.strategy]) }
  const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return {
    names: [...places, ...varied.map(nameOf)],
    values: rows.map(row => [
      ...places.map(name => textOf(row[name])),
      ...varied.map(path => textOf(row.parameters[path])),
    ]),
  }
}

function varies(rows: readonly ExperimentResult[], read: (row: ExperimentResult) => unknown): boolean {
  return new Set(rows.map(row => JSON.stringify(read(row)))).size > 1
}

/** Failed variations, those that are shown, as rows of a table. */
export function failureRows(results: readonly ExperimentResult[]): Row[] {
  return results
    .flatMap(({ error, ...row }) => (error === null ? [] : [{ ...row, error }]))
    .slice(0, MOST_ROWS)
    .map(({ variation_id, strategy, dataset_id, ticker, parameters, error }) => ({
      ...{ variation_id, strategy, dataset_id, ticker },
      parameters: JSON.stringify(parameters),
      ...{ code: error.code, message: error.message },
    }))
}

function resultsSection(rows: readonly ExperimentResult[], definition: ExperimentDefinition): string {
  const paths = Object.keys(definition.params)
  const shown = rows.slice(0, MOST_ROWS)
  const rest = rows.length > shown.length ? `\n\n${rows.length - shown.length} more in results.csv.` : ''
  const table = markdownTable(
    tellingColumns(rows, definition),
    shown.map(row => resultRow(row, paths)),
  )
  return `## Runs, best first\n\n${rows.length === 0 ? 'None completed.' : table}${rest}`
}

function failuresSection(results: readonly ExperimentResult[], failed: number): string | null {
  const rows = failureRows(results)
  if (rows.length === 0) return null
  const rest = failed > rows.length ? `\n\n${failed - rows.length} more in results.csv.` : ''
  return `## Failed\n\n${markdownTable(Object.keys(rows[0]), rows)}${rest}`
}

function inputsText({ runsets, inputs, dateRange }: ExperimentDefinition): string {
  const data = (['alerts', 'ohlcv'] as const).flatMap(kind =>
    inputs[kind].map(({ datasetId, contentHash }) => ({ kind, data_set: datasetId, content_hash: contentHash })),
  )
  const taken = runsets.map(({ runsetId, mode, pin, runCount, resolutionId, contentHash, artifactsHash }) => ({
    runset: pin === undefined ? runsetId : `${runsetId}@pin.${pin}`,
    ...{ mode, runs: runCount, resolution: resolutionId, members: contentHash, artifacts: artifactsHash },
  }))
  return [
    `Window: ${dateRange.from} to ${dateRange.to}, exclusive.`,
    ...(taken.length === 0 ? [] : [markdownTable(Object.keys(taken[0]), taken)]),
    markdownTable(['kind', 'data_set', 'content_hash'], data),
  ].join('\n\n')
}

function provenanceText({ definition_hash, results_hash, seed, engine_version, git_commit }: ExperimentReport): string {
  const rows = { definition_hash, results_hash, seed, engine_version, git_commit }
  const table = markdownTable(
    ['field', 'value'],
    Object.entries(rows).map(([field, value]) => ({ field, value: value === null ? null : String(value) })),
  )
  return `## Provenance\n\n${table}`
}
