/** `model_report.md`: a model run for people. */

import type { ModelMarket, ModelPredictive } from '../../contracts/types.ts'
import { codeSpan, fencedBlock, markdownTable, markdownText } from '../base/markdown.ts'
import type { ModelRun } from './model-run.ts'

const SPLITS = ['train', 'validation', 'test'] as const

const PREDICTIVE = [
  ...['rows', 'skill', 'skill_t', 'r2', 'rmse', 'mae', 'information_coefficient', 'information_coefficient_low'],
  ...['information_coefficient_high', 'accuracy', 'accuracy_error', 'auc', 'auc_error', 'log_loss', 'brier'],
] as const satisfies readonly (keyof ModelPredictive)[]

const VERDICTS = {
  better_than_baselines: 'Every criterion is met: on this data the model is better than its baselines.',
  no_better_than_baselines: 'Not every criterion is met: on this data the model is no better than its baselines.',
  leakage_suspected: 'A leakage check failed: no figure of this model counts.',
} as const

/** The text of model_report.md. */
export function modelReportMarkdown(run: ModelRun): string {
  const { dataset_manifest: data, model_config: config, training_summary: summary } = run
  const { promotion_assessment: promotion, leakage_guards: guards } = summary
  const sections = [
    `# Model Run: ${markdownText(summary.model_run_id)}`,
    `${VERDICTS[promotion.research_verdict]} It is not eligible for paper.`,
    section('Model', factLines(run)),
    section('Splits', splitTable(run)),
    section(
      'Criteria',
      markdownTable(['name', 'value', 'comparison', 'threshold', 'passed'], rows(promotion.criteria)),
    ),
    section('Blocking Reasons', promotion.blocking_reasons.map(reason => `- ${markdownText(reason)}`).join('\n')),
    section('Predictions', predictiveTable(summary.metrics)),
    section('Market', marketTable(run)),
    section(
      'Simple Predictors',
      markdownTable(
        ['name', 'definition', 'loss', 'skill_of_model', 'information_coefficient'],
        rows([summary.baseline_comparison.constant, summary.baseline_comparison.classical_ml_baseline]),
      ),
    ),
    section('Leakage Checks', run.feature_manifest.leakage_guards.map(text => `- ${markdownText(text)}`).join('\n')),
    section(
      'Permutations',
      `The test skill of the model is ${guards.shuffled_target.model_skill ?? 'undefined'}; its p-value over ${guards.shuffled_target.permutations} permutations is ${guards.shuffled_target.p_value}.`,
    ),
    section('Coefficients', coefficientTable(run)),
    section('Penalty', markdownTable(['lambda', 'loss'], rows(config.hyperparameters.candidates))),
    ...(summary.warnings.length === 0
      ? []
      : [section('Warnings', summary.warnings.map(text => `- ${markdownText(text)}`).join('\n'))]),
    section('Reproduce', fencedBlock('bash', data.generation_command)),
    section('Artifacts', markdownTable(['file_name', 'size_bytes'], rows(summary.artifacts))),
  ]
  return `${sections.join('\n\n')}\n`
}

function section(heading: string, body: string): string {
  return `## ${heading}\n${body}`
}

function rows(values: readonly object[]): Readonly<Record<string, unknown>>[] {
  return values as Readonly<Record<string, unknown>>[]
}

function factLines({ dataset_manifest: data, model_config: config, training_summary: summary }: ModelRun): string {
  const { hyperparameters } = config
  return [
    `- **Name:** ${markdownText(config.model_name)} (${config.model_family})`,
    `- **Target:** ${codeSpan(data.target.definition)}, ${data.target.horizon} ahead`,
    `- **Data:** ${markdownText(data.universe.join(', '))} ${data.interval} of ${markdownText(data.dataset_id)}, ${data.time_range.start} to ${data.time_range.end}`,
    `- **Penalty:** ${hyperparameters.lambda} (${hyperparameters.selection})`,
    `- **Positions:** ${hyperparameters.positions} from a signal above ${hyperparameters.entry_threshold}`,
    `- **Seed:** ${config.random_seed}`,
    `- **Run on the test split:** ${codeSpan(summary.metrics.downstream_market.run_id ?? '')}`,
  ].join('\n')
}

function splitTable({ dataset_manifest: { split } }: ModelRun): string {
  const table = SPLITS.map(name => ({ split: name, ...split[name] }))
  return markdownTable(
    ['split', 'first_row', 'last_row', 'last_label_end', 'rows', 'purged_rows', 'embargoed_rows'],
    rows(table),
  )
}

function predictiveTable(metrics: ModelRun['training_summary']['metrics']): string {
  const table = PREDICTIVE.map(figure => ({
    figure,
    ...Object.fromEntries(SPLITS.map(split => [split, metrics[split][figure]])),
  }))
  const shown = table.filter(row => SPLITS.some(split => (row as Record<string, unknown>)[split] !== null))
  return markdownTable(['figure', ...SPLITS], rows(shown))
}

function marketTable({ training_summary: { metrics, baseline_comparison: baselines } }: ModelRun): string {
  const markets: ModelMarket[] = [
    metrics.downstream_market,
    baselines.rule_based_baseline,
    baselines.buy_and_hold,
    baselines.classical_market,
  ]
  const table = markets.map(({ strategy, bars, summary, sharpe_ratio, exposure_time, turnover }) => ({
    ...{ strategy, bars, total_return: summary.total_return, max_drawdown: summary.max_drawdown },
    ...{ trades: summary.trades, sharpe_ratio, exposure_time, turnover },
  }))
  return markdownTable(Object.keys(table[0]), rows(table))
}

function coefficientTable({ feature_manifest, training_summary }: ModelRun): string {
  const table = feature_manifest.features.map(({ name, definition, mean, scale }, index) => ({
    ...{ feature: name, definition, mean, scale },
    coefficient: training_summary.coefficients[index].coefficient,
  }))
  return markdownTable(['feature', 'definition', 'mean', 'scale', 'coefficient'], rows(table))
}
