/** What flag calls of `model` print. */

import { join } from 'node:path'
import type { ModelEvaluation, ModelPredictive, ModelRow } from '../../../contracts/types.ts'
import type { ModelRun } from '../../artifacts/model-run.ts'
import type { Table } from '../../base/table.ts'
import { tableOf } from '../../base/table.ts'

const FIGURES = ['skill', 'information_coefficient', 'accuracy', 'auc', 'r2', 'log_loss'] as const

/** The verdict first, then the figures behind it, then where the files are. */
export function modelText(run: Pick<ModelRun, 'model_config' | 'training_summary'>, path: string): string {
  const { model_config: config, training_summary: summary } = run
  const { promotion_assessment: promotion, metrics, leakage_guards: guards } = summary
  const lines = [
    '',
    '=== MODEL ===',
    `model: ${config.model_name} (${config.model_family}), lambda ${config.hyperparameters.lambda}`,
    `verdict: ${promotion.research_verdict}`,
    ...promotion.blocking_reasons.map(reason => `  ${reason}`),
    `leakage checks: ${guards.passed ? 'passed' : 'FAILED'}`,
    '',
    '=== TEST ===',
    ...figureLines(metrics.test),
    `p_value: ${guards.shuffled_target.p_value}`,
    ...marketLines(metrics.downstream_market),
    '',
    `Run: ${metrics.downstream_market.run_id}`,
    ...['model_report.md', 'model.json', 'training_summary.json'].map(name => `Saved: ${join(path, name)}`),
    '',
  ]
  return lines.join('\n')
}

/** Figures of an evaluation, and what it is worth. */
export function evaluationText(evaluation: ModelEvaluation, path: string): string {
  const lines = [
    '',
    '=== EVALUATION ===',
    `model run: ${evaluation.model_run_id}`,
    ...figureLines(evaluation.predictive),
    ...marketLines(evaluation.downstream_market),
    '',
    ...['model_evaluation.json', 'run_report.md', 'report.json'].map(name => `Saved: ${join(path, name)}`),
    '',
  ]
  return lines.join('\n')
}

/** The rows of `model list`. */
export function modelTable(rows: readonly ModelRow[]): Table {
  const names = ['model_run_id', 'model_name', 'ticker', 'target', 'horizon', 'skill', 'research_verdict']
  return tableOf(names, rows as unknown as Parameters<typeof tableOf>[1])
}

function figureLines(figures: ModelPredictive): string[] {
  const shown = FIGURES.filter(name => figures[name] !== null)
  return [`rows: ${figures.rows}`, ...shown.map(name => `${name}: ${figures[name]}`)]
}

function marketLines({ summary, sharpe_ratio }: ModelEvaluation['downstream_market']): string[] {
  return [
    `total_return: ${summary.total_return}`,
    `max_drawdown: ${summary.max_drawdown}`,
    `sharpe_ratio: ${sharpe_ratio}`,
    `trades: ${summary.trades}`,
  ]
}
