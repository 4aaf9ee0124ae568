/** The winner of a sweep against everything that was ever tried on its data set with its strategy, not only against this sweep. */

import type { SweepTrialLedger } from '../../../contracts/types.ts'
import { kurtosis, skewness } from '../../base/stats.ts'
import { sharpePerBar } from '../../engine/metric-formulas.ts'
import { type TrialLedger, trialLedger } from '../../registry/runs.ts'
import { parseInstant } from '../../registry/time-bounds.ts'
import { deflatedSharpe, expectedMaximumSharpe } from '../../sweep/overfitting.ts'
import { trialSettings } from '../../sweep/plan.ts'
import type { TrialPool } from '../../sweep/pool.ts'
import { trialBacktest } from '../../sweep/trials.ts'
import { type WireTrials, windowIn } from '../registry/run-facts.ts'
import type { PreparedSweep } from './plan.ts'

/**
 * `report.json.trial_ledger`: the deflated Sharpe ratio over all registered trials and this sweep's; null figures where no trial
 * has a Sharpe ratio. What the registry cannot be asked is a warning.
 */
export async function sweepLedger(
  root: string,
  prepared: PreparedSweep,
  pool: TrialPool,
  winner: { trial: number; stage: number },
  trials: WireTrials,
): Promise<{ ledger: SweepTrialLedger | null; warnings: string[] }> {
  const { plan, references } = prepared
  const { request, selection } = trialSettings(plan, winner.trial)
  const reference = references[plan.stages[winner.stage].frames[selection].dataset]
  let known: TrialLedger
  try {
    known = await trialLedger(root, reference.dataset_id, request.strategy, {
      count: trials.count,
      sharpeMean: trials.sharpe_mean,
      sharpeM2: trials.sharpe_m2,
      hash: trials.hash,
      ...spanOf(prepared),
    })
  } catch (error) {
    return { ledger: null, warnings: [`The trial ledger could not be read: ${(error as Error).message}`] }
  }
  const returns = trialBacktest(pool.own, winner.stage, winner.trial).netReturn
  return { ledger: ledgerOf(known, returns), warnings: [] }
}

/** The ledger with the winner's net returns judged by it; ratios per bar. */
export function ledgerOf(known: TrialLedger, returns: Float64Array): SweepTrialLedger {
  const { datasetId, strategyFamily, runs, trials, sharpeMean, sharpeM2, sharpeCount, catalogHash } = known
  const variance = sharpeM2 !== null && sharpeCount > 1 ? sharpeM2 / (sharpeCount - 1) : null
  const sharpe = sharpePerBar(returns)
  const [skew, kurt] = [skewness(returns), kurtosis(returns)]
  const deflated = variance === null ? Number.NaN : deflatedSharpe(sharpe, skew, kurt, returns.length, variance, trials)
  return {
    dataset_id: datasetId,
    strategy_family: strategyFamily,
    runs,
    trials,
    sharpe_mean_per_bar: sharpeMean,
    sharpe_variance_per_bar: variance,
    expected_max_sharpe_per_bar: variance === null ? null : expectedMaximumSharpe(variance, trials),
    deflated_sharpe_ratio: Number.isFinite(deflated) ? deflated : null,
    catalog_hash: catalogHash,
  }
}

/** The window as the run row will carry it, epoch ms. */
function spanOf({ config }: PreparedSweep): { windowFrom: number | null; windowTo: number | null } {
  const window = windowIn(config as unknown as Record<string, unknown>)
  const [from, to] = [window?.from, window?.to].map(text => (text === undefined ? '' : parseInstant(text)))
  return { windowFrom: typeof from === 'number' ? from : null, windowTo: typeof to === 'number' ? to : null }
}
