/** The answer of a finished training: from its summary, at once or read back from disk. */

import { dirname, join } from 'node:path'
import type { ModelTrainingSummary, ModelTrainResult } from '../../../contracts/types.ts'
import { MODEL_DOCUMENTS } from '../../artifacts/model-run.ts'
import { indexFiles } from '../../artifacts/runs-index.ts'
import { readTextIfPresent } from '../../base/files.ts'
import type { Outcome } from '../command.ts'

const CONTRACT_TYPE = 'quantlab.model.result'

/** Run fields and result of the model run at `path`. */
export function modelAnswer(path: string, summary: ModelTrainingSummary): Pick<Outcome, 'answer' | 'signal'> {
  const { metrics, promotion_assessment: promotion, leakage_guards: guards, model_run_id } = summary
  const run = {
    run_id: model_run_id,
    artifacts_path: path,
    report_path: join(path, MODEL_DOCUMENTS.training_summary.file),
  }
  const headline = metrics.downstream_market.summary
  const result: ModelTrainResult = {
    model_run_id,
    path,
    downstream_run_id: metrics.downstream_market.run_id ?? '',
    research_verdict: promotion.research_verdict,
    criteria: promotion.criteria,
    eligible_for_paper: promotion.eligible_for_paper,
    test: metrics.test,
    leakage_checks_passed: guards.passed,
  }
  // outputs/model_runs/<id>: the root is three up.
  const { runs_index_json } = indexFiles(dirname(dirname(dirname(path))))
  const answer = { ...run, contract_type: CONTRACT_TYPE, summary: headline, runs_index_json, result }
  return { answer, signal: { ...run, summary: headline } }
}

/** The same of a model run that was published before, where its first attempt died before it could answer. */
export function modelAnswerFromDisk(path: string): Record<string, unknown> {
  const text = readTextIfPresent(join(path, MODEL_DOCUMENTS.training_summary.file)) ?? ''
  return modelAnswer(path, JSON.parse(text) as ModelTrainingSummary).answer
}
