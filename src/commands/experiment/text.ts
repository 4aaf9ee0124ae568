/** What the verbs of an experiment print for people. */

import { join } from 'node:path'
import type {
  Experiment,
  ExperimentCompareResult,
  ExperimentCreateResult,
  ExperimentExecuteResult,
} from '../../../contracts/types.ts'
import { countsText } from '../../artifacts/experiment-report.ts'
import { generalNumber, markdownTable, markdownText, printable } from '../../base/markdown.ts'
import { type Table, tableOf } from '../../base/table.ts'
import type { ReportDraft } from './publish.ts'

/** The published two lines, then what it will do. */
export function createdText({ experiment, variations, message }: ExperimentCreateResult): string {
  const { status, mode, definition, seed } = experiment
  return [
    message,
    `Status: ${status}`,
    `Mode: ${mode}`,
    ...inputLines(experiment),
    `Strategies: ${namesOf(definition.strategies.map(({ name }) => name))}`,
    `Seed: ${seed}`,
    variations === null ? 'Variations: unknown until the data is there' : `Variations: ${variations}`,
  ]
    .map(printable)
    .join('\n')
}

/** How it went: counts, the best run, where everything is. */
export function executedText(
  { message, attempt, outputs, duration }: ExperimentExecuteResult,
  report: ReportDraft,
  root: string,
): string {
  const { statistics, summary, mode } = report
  const returns = statistics.find(({ metric }) => metric === 'total_return')
  const figure = (value: number | null | undefined) =>
    value === null || value === undefined ? 'none' : generalNumber(value)
  return [
    message,
    `Mode: ${mode}`,
    `Attempt: ${attempt}`,
    `Results: ${countsText(summary)}`,
    `  Total return: median ${figure(returns?.median)}, best ${figure(returns?.maximum)}, worst ${figure(returns?.minimum)}`,
    `  Best run: ${summary.best_run_id ?? 'none'}`,
    `  Results hash: ${outputs.resultsHash}`,
    ...(report.aborted === null ? [] : [`  Ended early: ${report.aborted.reason}`]),
    `Report: ${join(root, outputs.path, 'experiment_report.md')}`,
    `Duration: ${(duration / 1000).toFixed(1)}s`,
  ].join('\n')
}

/** The experiment, its inputs and outputs. */
export function experimentText(experiment: Experiment): string {
  const { experimentId, name, definition, status, mode, createdAt, startedAt, duration, attempts, outputs, error } =
    experiment
  return [
    `Experiment: ${experimentId}`,
    `Name: ${name}`,
    ...(definition.description === undefined ? [] : [`Description: ${definition.description}`]),
    `Status: ${status}`,
    `Mode: ${mode}`,
    'Inputs:',
    ...inputLines(experiment).map(line => `  ${line}`),
    `  Strategies: ${namesOf(definition.strategies.map(({ name: own }) => own))}`,
    `  Window: ${definition.dateRange.from} to ${definition.dateRange.to}`,
    ...Object.entries(definition.params).map(
      ([path, values]) => `  ${path}: ${values.map(value => JSON.stringify(value)).join(', ')}`,
    ),
    `Definition hash: ${experiment.definitionHash}`,
    `Seed: ${experiment.seed}`,
    `Created: ${createdAt}`,
    ...(startedAt === undefined ? [] : [`Started: ${startedAt} (attempt ${attempts})`]),
    ...(duration === undefined ? [] : [`Duration: ${(duration / 1000).toFixed(1)}s`]),
    ...(outputs === undefined
      ? []
      : [
          'Outputs:',
          `  Runs: ${outputs.successful} of ${outputs.variations} variations (${outputs.failed} failed, ${outputs.skipped} left out)`,
          `  Results hash: ${outputs.resultsHash}`,
          `  Report: ${outputs.reportPath}`,
        ]),
    ...(error === undefined ? [] : [`Error: ${error}`]),
  ]
    .map(printable)
    .join('\n')
}

function inputLines({ definition: { runsets, inputs } }: Experiment): string[] {
  const kinds = (['alerts', 'ohlcv'] as const).filter(kind => inputs[kind].length > 0)
  return [
    ...runsets.map(({ runsetId, pin, mode, runCount, contentHash }) => {
      const named = pin === undefined ? runsetId : `${runsetId}@pin.${pin}`
      return `RunSet: ${named} (${runCount} runs, ${mode}, ${contentHash.slice(0, 8)})`
    }),
    ...kinds.map(
      kind => `${kind === 'alerts' ? 'Alerts' : 'OHLCV'}: ${inputs[kind].map(({ datasetId }) => datasetId).join(', ')}`,
    ),
  ]
}

/** Distinct names, as many as a line holds. */
function namesOf(names: readonly string[]): string {
  const distinct = [...new Set(names)]
  const more = distinct.length > 5 ? ` and ${distinct.length - 5} more` : ''
  const of = names.length === distinct.length ? '' : ` (${names.length} sets of parameters)`
  return `${distinct.slice(0, 5).join(', ')}${more}${of}`
}

const COLUMNS = ['id', 'name', 'status', 'mode', 'runsets', 'runs', 'failed', 'created', 'duration_ms'] as const

export function listTable(experiments: readonly Experiment[]): Table {
  return tableOf(
    COLUMNS,
    experiments.map(({ experimentId, name, status, mode, definition, outputs, createdAt, duration }) => ({
      ...{ id: experimentId, name, status, mode, created: createdAt },
      runsets: definition.runsets.map(({ runsetId }) => runsetId).join(' '),
      runs: outputs?.successful ?? null,
      failed: outputs?.failed ?? null,
      duration_ms: duration ?? null,
    })),
  )
}

/** The comparison as Markdown. */
export function compareMarkdown({ experiments, differences, paired }: Omit<ExperimentCompareResult, 'out'>): string {
  const asked = experiments.map(({ experimentId, name, mode, attempt, runs, failed, best, resultsHash }) => ({
    ...{
      experiment: experimentId,
      name,
      mode,
      attempt,
      runs,
      failed,
      best_run: best,
      results: resultsHash.slice(0, 16),
    },
  }))
  const figures = experiments.flatMap(({ experimentId, statistics }) =>
    statistics.map(row => ({ experiment: experimentId, ...row })),
  )
  const differing = differences.map(({ field, values }) => ({
    field,
    ...Object.fromEntries(values.map((value, k) => [experiments[k].experimentId, cut(JSON.stringify(value))])),
  }))
  const pairs = paired.map(({ experimentId, standardError, ...rest }) => ({
    ...{ experiment: experimentId, ...rest, standard_error: standardError },
  }))
  const [first] = experiments
  return [
    `# ${experiments.map(({ name }) => markdownText(name)).join(' · ')}`,
    markdownTable(Object.keys(asked[0]), asked),
    '## Figures',
    markdownTable(Object.keys(figures[0]), figures),
    `## Differences to ${first.experimentId} over shared variations`,
    paired.every(({ shared }) => shared === 0)
      ? 'They share no variation.'
      : markdownTable(Object.keys(pairs[0]), pairs),
    '## What they were asked',
    differing.length === 0 ? 'The same.' : markdownTable(Object.keys(differing[0]), differing),
  ].join('\n\n')
}

const MOST_CELL = 120

function cut(text: string): string {
  return text.length > MOST_CELL ? `${text.slice(0, MOST_CELL - 1)}…` : text
}
