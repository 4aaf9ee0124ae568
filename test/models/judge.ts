/** A whole training in memory, as `model train` does it: fit, checks, backtests, criteria. */

import type { ModelBaselines, ModelLeakageGuards, ModelMetrics, ModelPromotion } from '../../contracts/types.ts'
import { marketsOf } from '../../src/commands/model/market.ts'
import { predictiveOn } from '../../src/commands/model/predictions.ts'
import type { Bars } from '../../src/market/bars.ts'
import type { Family } from '../../src/models/fitted.ts'
import { futureScramble, splitOverlap, trainIsolation } from '../../src/models/guards.ts'
import { constantPredictor, lastValuePredictor } from '../../src/models/predictors.ts'
import { permutedSkill, shuffledTarget } from '../../src/models/shuffled-target.ts'
import { modelOf, testSkill, train } from '../../src/models/train.ts'
import { criteriaOf, promotionOf } from '../../src/models/verdict.ts'
import { FEATURES, planFor } from './series.ts'

export interface Judged {
  metrics: ModelMetrics
  baselines: Omit<ModelBaselines, 'result'>
  guards: ModelLeakageGuards
  promotion: ModelPromotion
}

export async function judge(
  bars: Bars,
  asked: {
    family: Family
    horizon: number
    positions?: 'long_only' | 'long_short'
    fee?: number
    permutations?: number
  },
): Promise<Judged> {
  const { family, horizon, positions = 'long_only', fee = 0, permutations = 39 } = asked
  const plan = planFor(bars, { family, horizon })
  const training = train(bars, plan)
  const skills = Array.from({ length: permutations }, (_, k) => permutedSkill(bars, plan, k))
  const checks = {
    shuffled_target: shuffledTarget(skills, testSkill(training, plan), 0),
    future_scramble: futureScramble(bars, plan, training, 0),
    split_overlap: splitOverlap(bars, plan, training),
    train_isolation: trainIsolation(bars, plan, training, 0),
  }
  const guards = { passed: Object.values(checks).every(({ passed }) => passed), ...checks }
  const model = modelOf(training.fit, plan, FEATURES, { positions, entry_threshold: 0 })
  const settings = {
    fee,
    execution: 'signal_close',
    initial_cash: 1000,
    slippage_bps: 0,
    slippage_mode: 'fixed',
    k_atr: 0,
  } as const
  const { from } = training.splits.test
  const markets = await marketsOf({ bars, from, to: bars.ts.length }, model, plan.target, settings)
  const [first, second, third] = (['train', 'validation', 'test'] as const).map(name =>
    predictiveOn(training, plan, training.splits[name]),
  )
  const metrics = { train: first, validation: second, test: third, downstream_market: markets.model }
  const { samples, splits } = training
  const compared = {
    ...{ family, target: plan.target, bars, samples, train: splits.train, judged: splits.test },
    modelLoss: third.loss ?? Number.NaN,
  }
  const { rule_based_baseline, buy_and_hold, classical_market } = markets
  const baselines = {
    required: true as const,
    ...{ rule_based_baseline, buy_and_hold, classical_market },
    classical_ml_baseline: lastValuePredictor(compared),
    constant: constantPredictor(compared),
  }
  return { metrics, baselines, guards, promotion: promotionOf(criteriaOf({ metrics, baselines, guards }), guards) }
}
