/** Plans for the tests of sweeps. */

import type { Bars } from '../../src/market/bars.ts'
import { gridSpace, type Parameter, type TrialSpace } from '../../src/sweep/grid.ts'
import { type PlanInput, type SweepPlan, sweepPlan, type TrialRequest } from '../../src/sweep/plan.ts'
import { runJobs } from '../../src/sweep/pool.ts'
import { figuresOf, jobsOf, trialOf } from '../../src/sweep/trials.ts'

/** Defaults of the published sweep. */
export const PUBLISHED: TrialRequest = {
  strategy: 'rsi_ma_cross_v2',
  strategy_params: { rsi_buy_max: 60, rsi_sell_min: 75, cooldown_days: 0 },
  fee: 0.002,
  slippage_mode: 'fixed',
  slippage_bps: 8,
  k_atr: 0.05,
  execution: 'signal_close',
  initial_cash: 1000,
}

export const SMA: TrialRequest = {
  ...PUBLISHED,
  strategy: 'sma_cross',
  strategy_params: { fast: 5, slow: 20, allow_short: false },
}

/** The published flat parameters, by where they go. */
export const FLAT = Object.fromEntries(
  ['rsi_buy_max', 'rsi_sell_min', 'cooldown_days'].map(name => [name, `strategy_params.${name}`]),
)

/** One stage over all of one data set. */
export function planOf(
  bars: Bars,
  request: TrialRequest,
  space: TrialSpace | readonly Parameter[],
  more: Partial<PlanInput> = {},
): SweepPlan {
  return sweepPlan({
    request,
    space: 'dimensions' in space ? space : gridSpace(space),
    datasets: [bars],
    stages: [{ name: 'grid', frames: [{ dataset: 0, from: 0, to: bars.ts.length }], warmup: 'inside' }],
    ...more,
  })
}

/** All rows of a stage, by trial, computed in process. */
export async function rowsOf(plan: SweepPlan, stage = 0): Promise<number[][]> {
  const rows: number[][] = []
  await runJobs(plan, jobsOf(plan, stage), {
    threads: 0,
    deliver: (result, job) => {
      for (let k = 0; k < result.count; k++) rows[trialOf(job, k)] = [...figuresOf(result, k)]
    },
  })
  return rows
}
