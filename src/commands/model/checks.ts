/** Execute the leakage checks of a training, one permutation after the other, so that signals and progress get their turn. */

import type { ModelLeakageGuards } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { futureScramble, splitOverlap, trainIsolation } from '../../models/guards.ts'
import { permutedSkill, shuffledTarget } from '../../models/shuffled-target.ts'
import { type Training, testSkill } from '../../models/train.ts'
import type { Context } from '../command.ts'
import type { PreparedTraining } from './plan.ts'

/** Run all four checks; ABORTED between two permutations. */
export async function leakageGuards(
  { bars, plan, config }: PreparedTraining,
  training: Training,
  runId: string,
  context: Context,
): Promise<ModelLeakageGuards> {
  const { seed, permutations } = config
  const skills: number[] = []
  // The check of bits first: it is quick, and a leak shows there at once.
  const future_scramble = futureScramble(bars, plan, training, seed)
  const train_isolation = trainIsolation(bars, plan, training, seed)
  const split_overlap = splitOverlap(bars, plan, training)
  for (let k = 0; k < permutations; k++) {
    await new Promise(resolve => setImmediate(resolve))
    if (context.abort.aborted) throw fail('ABORTED', {})
    skills.push(permutedSkill(bars, plan, seed + k))
    context.progress({ run_id: runId, done: k + 1, total: permutations })
  }
  const shuffled_target = shuffledTarget(skills, testSkill(training, plan), seed)
  const passed = [future_scramble, train_isolation, split_overlap, shuffled_target].every(check => check.passed)
  return { passed, shuffled_target, future_scramble, split_overlap, train_isolation }
}

/** What was executed and found, one sentence a check, for feature_manifest.json. */
export function guardSentences(guards: ModelLeakageGuards): string[] {
  const { shuffled_target: shuffled, future_scramble: future, split_overlap: overlap, train_isolation: train } = guards
  const said = (passed: boolean) => (passed ? 'passed' : 'FAILED')
  return [
    `shuffled target ${said(shuffled.passed)}: mean test skill ${shuffled.mean_skill} over ${shuffled.permutations} permutations, at most ${shuffled.max_allowed} allowed`,
    `future scramble ${said(future.passed)}: ${future.values_differing} of ${future.values_compared} feature values changed with later bars`,
    `split overlap ${said(overlap.passed)}: ${overlap.overlapping_labels} targets reach into the next split, ${overlap.purged_rows} rows purged`,
    `train isolation ${said(train.passed)}: ${train.numbers_differing} of ${train.numbers_compared} means, scales and weights changed with bars behind the training split`,
  ]
}
