/** The research verdict: named criteria with thresholds, and the promotion that N.0 never gives. */

import type {
  ModelBaselines,
  ModelCriterion,
  ModelLeakageGuards,
  ModelMetrics,
  ModelPromotion,
  ModelVerdict,
} from '../../contracts/types.ts'

/** What the verdict is formed from. */
export interface Evidence {
  metrics: ModelMetrics
  baselines: Pick<ModelBaselines, 'rule_based_baseline' | 'buy_and_hold' | 'classical_ml_baseline'>
  guards: ModelLeakageGuards
}

/** Share of models without any skill that may pass the permutation test. */
export const SIGNIFICANCE = 0.05

/** Independent test rows below which no verdict is favourable. */
const LEAST_INDEPENDENT_ROWS = 50

export const N0_RULE = 'N.0 promotes no learned model to paper: downstream validation and promotion gates come later.'

/** Every criterion with its value; an undefined value is not met. */
export function criteriaOf({ metrics, baselines, guards }: Evidence): ModelCriterion[] {
  const { test, validation, downstream_market: market } = metrics
  const { rule_based_baseline: rule, buy_and_hold: held, classical_ml_baseline: last } = baselines
  return [
    criterion('test_skill', 'The model predicts the test split better than the training constant.', test.skill, '>', 0),
    criterion(
      'permutation_p_value',
      'Its test skill is rare where the order of the moves means nothing.',
      guards.shuffled_target.p_value,
      '<=',
      SIGNIFICANCE,
    ),
    criterion(
      'validation_skill',
      'It predicts the validation split better than the training constant.',
      validation.skill,
      '>',
      0,
    ),
    criterion(
      'skill_over_last_value',
      'It predicts the test split better than the last value does.',
      last.skill_of_model,
      '>',
      0,
    ),
    criterion(
      'independent_test_rows',
      'The test split has enough rows that do not overlap.',
      test.effective_rows,
      '>=',
      LEAST_INDEPENDENT_ROWS,
    ),
    criterion(
      'sharpe_over_rule_based',
      `After costs its Sharpe ratio on the test split is above that of ${rule.strategy} (0 where that never traded).`,
      market.sharpe_ratio,
      '>',
      rule.sharpe_ratio ?? 0,
    ),
    criterion(
      'sharpe_over_buy_and_hold',
      'After costs its Sharpe ratio on the test split is above that of buy and hold.',
      market.sharpe_ratio,
      '>',
      held.sharpe_ratio ?? 0,
    ),
  ]
}

/** leakage_suspected where a check failed, else whether every criterion is met. */
export function verdictOf(criteria: readonly ModelCriterion[], leakFree: boolean): ModelVerdict {
  if (!leakFree) return 'leakage_suspected'
  return criteria.every(({ passed }) => passed) ? 'better_than_baselines' : 'no_better_than_baselines'
}

/** Never eligible: the rule of N.0 always blocks, and so does every criterion and check that is not met. */
export function promotionOf(criteria: ModelCriterion[], guards: ModelLeakageGuards): ModelPromotion {
  const failed = criteria.filter(({ passed }) => !passed)
  const checks = ['shuffled_target', 'future_scramble', 'split_overlap', 'train_isolation'] as const
  return {
    eligible_for_paper: false,
    blocking_reasons: [
      N0_RULE,
      ...checks.filter(name => !guards[name].passed).map(name => `leakage check failed: ${name}`),
      ...failed.map(
        ({ name, value, comparison, threshold }) =>
          `criterion not met: ${name} is ${value ?? 'undefined'}, wanted ${comparison} ${threshold}`,
      ),
    ],
    research_verdict: verdictOf(criteria, guards.passed),
    criteria,
  }
}

function criterion(
  name: string,
  description: string,
  value: number | null,
  comparison: ModelCriterion['comparison'],
  threshold: number,
): ModelCriterion {
  const met =
    value !== null &&
    (comparison === '>' ? value > threshold : comparison === '>=' ? value >= threshold : value <= threshold)
  return { name, description, comparison, threshold, value, passed: met }
}
