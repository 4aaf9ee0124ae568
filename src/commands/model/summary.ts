/** training_summary.json, its hashes, and the baselines of a training. */

import type { ModelBaselines, ModelMetrics, ModelTrainingSummary, ReplayVerdict } from '../../../contracts/types.ts'
import { MODEL_DOCUMENTS, PREDICTIONS_FILE } from '../../artifacts/model-run.ts'
import { type FingerprintInputs, fingerprintOf } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION, VERSION } from '../../base/version.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { constantPredictor, lastValuePredictor } from '../../models/predictors.ts'
import { criteriaOf, promotionOf } from '../../models/verdict.ts'
import { featureHashOf, type TrainedRun } from './documents.ts'
import type { Markets } from './market.ts'
import type { PreparedTraining } from './plan.ts'
import type { ModelFindings } from './result.ts'

/** What else the summary tells: who asked when, and what was published. */
export interface SummaryFacts {
  request_id: unknown
  trace_id: string
  /** Epoch ms. */
  startedAt: number
  finishedAt: number
  git_commit: string
  inputs: FingerprintInputs
  hashes: Pick<ModelTrainingSummary['reproducibility'], 'data_hash' | 'feature_hash' | 'model_hash' | 'result_hash'>
  /** Run of the model on the test split. */
  downstreamRunId: string
  warnings: string[]
  replay_of: string | undefined
  replay: ReplayVerdict | undefined
}

/** training_summary.json without its list of files. */
export function summaryOf(
  run: TrainedRun,
  { metrics: found, baselines, guards }: ModelFindings,
  facts: SummaryFacts,
): Omit<ModelTrainingSummary, 'artifacts'> {
  const { config, plan } = run.prepared
  const { startedAt, finishedAt, inputs, replay_of, replay } = facts
  const downstream_market = { ...found.downstream_market, run_id: facts.downstreamRunId }
  const metrics = { ...found, downstream_market }
  const promotion_assessment = promotionOf(criteriaOf({ metrics, baselines, guards }), guards)
  return {
    schema_version: CONTRACT_VERSION,
    artifact_type: 'quantlab.learned_model.training_summary',
    model_run_id: run.runId,
    status: 'completed',
    started_at: isoInstant(startedAt),
    finished_at: isoInstant(finishedAt),
    duration_seconds: (finishedAt - startedAt) / 1000,
    request_id: facts.request_id,
    trace_id: facts.trace_id,
    dataset_manifest_path: MODEL_DOCUMENTS.dataset_manifest.file,
    feature_manifest_path: MODEL_DOCUMENTS.feature_manifest.file,
    model_config_path: MODEL_DOCUMENTS.model_config.file,
    model_path: MODEL_DOCUMENTS.model.file,
    predictions_path: PREDICTIONS_FILE,
    metrics,
    baseline_comparison: { ...baselines, result: promotion_assessment.research_verdict },
    leakage_guards: guards,
    coefficients: plan.source.names.map((feature, index) => ({
      feature,
      coefficient: run.training.fit.coefficients[index],
    })),
    reproducibility: {
      random_seed: config.seed,
      code_version: `${VERSION} ${facts.git_commit}`,
      engine_version: ENGINE_VERSION,
      ...facts.hashes,
      config_hash: hashOf(config),
      fingerprint: fingerprintOf(inputs),
    },
    promotion_assessment,
    warnings: facts.warnings,
    ...(replay_of === undefined ? {} : { replay_of }),
    ...(replay === undefined ? {} : { replay }),
  }
}

/** The model against what costs nothing to know. */
export function baselinesOf(
  { prepared, training }: TrainedRun,
  { test }: ModelMetrics,
  markets: Markets,
): Omit<ModelBaselines, 'result'> {
  const { plan, bars } = prepared
  const compared = {
    ...{ family: plan.family, target: plan.target, bars, samples: training.samples, train: training.splits.train },
    ...{ judged: training.splits.test, modelLoss: test.loss ?? Number.NaN },
  }
  const { rule_based_baseline, buy_and_hold, classical_market } = markets
  return {
    required: true,
    rule_based_baseline,
    buy_and_hold,
    classical_ml_baseline: lastValuePredictor(compared),
    classical_market,
    constant: constantPredictor(compared),
  }
}

/** The seven hashes that decide the numbers of a training. */
export function inputsOf(prepared: PreparedTraining, data_hash: string): FingerprintInputs {
  const { config } = prepared
  const { family, horizon, returns, direction_threshold, lambdas, selection, folds, positions, entry_threshold } =
    config
  const { validation_start, test_start, purge_bars, embargo_bars, permutations } = config
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash, calendar } = config
  return {
    snapshot_content_hash: data_hash,
    strategy_hash: hashOf({
      ...{ _t: 'model.training', v: 1, family, feature_hash: featureHashOf(prepared), horizon, returns },
      ...{ direction_threshold, lambdas, selection, folds, positions, entry_threshold, permutations },
      ...{ validation_start, test_start, purge_bars, embargo_bars },
    }),
    execution_model_hash: hashOf({ _t: 'execution.model', v: 1, execution, initial_cash, calendar }),
    cost_model_hash: hashOf({ _t: 'cost.model', v: 1, fee, slippage_bps, slippage_mode, k_atr }),
    risk_model_hash: null,
    seed: config.seed,
    engine_version: ENGINE_VERSION,
  }
}
