/** The shuffled-target check: the whole pipeline on bars in random order, where only a feature that reads the future can predict. */

import type { ModelShuffledTarget } from '../../contracts/types.ts'
import { GatewayError } from '../base/errors.ts'
import { mean, std } from '../base/stats.ts'
import type { Bars } from '../market/bars.ts'
import { permutedBars } from './other-bars.ts'
import { finiteOrNull } from './predictive.ts'
import { type TrainingPlan, testSkill, train } from './train.ts'

/** Standard errors above 0 from which the mean skill is taken for a leak. */
const ERRORS_ALLOWED = 3

/** Test skill of the pipeline on the bars permuted by this seed; NaN where nothing can be fitted to them. */
export function permutedSkill(bars: Bars, plan: TrainingPlan, seed: number): number {
  const other = permutedBars(bars, seed)
  try {
    return testSkill(train(other, plan), plan)
  } catch (error) {
    if (error instanceof GatewayError && error.class === 'DATA_ERROR') return Number.NaN
    throw error
  }
}

/**
 * Judge the skills of the permutations. The p-value is that of the model's skill where the order of the moves means nothing; a
 * permutation without a skill counts as one of 0 that is at least as good as the model.
 */
export function shuffledTarget(skills: readonly number[], modelSkill: number, seed: number): ModelShuffledTarget {
  const known = Float64Array.from(skills, skill => (Number.isFinite(skill) ? skill : 0))
  const mean_skill = mean(known)
  const skill_error = std(known, 1) / Math.sqrt(known.length)
  const max_allowed = ERRORS_ALLOWED * skill_error
  const atLeast = skills.filter(skill => !(skill < modelSkill)).length
  return {
    permutations: skills.length,
    seed,
    mean_skill,
    skill_error,
    max_skill: Math.max(...known),
    max_allowed,
    model_skill: finiteOrNull(modelSkill),
    p_value: (1 + atLeast) / (skills.length + 1),
    skills: [...known],
    // Where nothing could be fitted, nothing was shown.
    passed: skills.some(Number.isFinite) && mean_skill <= max_allowed,
  }
}
