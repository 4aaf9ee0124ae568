/** A sweep ready to be computed: configuration, trials, data and ranking as one plan, and the hash of all that decides its results. */

import type { DatasetReference, SweepConfiguration } from '../../../contracts/types.ts'
import { hashOf } from '../../base/canonical.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import type { EarlyAbortRules } from '../../sweep/early-abort.ts'
import { TRIAL_METRICS } from '../../sweep/kernel.ts'
import { type SweepPlan, sweepPlan } from '../../sweep/plan.ts'
import { type Constraint, PUBLISHED_ORDER, rankOrder } from '../../sweep/ranking.ts'
import type { Split } from '../../sweep/splits.ts'
import { PUBLISHED_SELECTION, type Selection } from '../../sweep/walk-forward.ts'
import type { GivenSweep } from './config.ts'
import { splitTexts, sweepData } from './data.ts'
import { ALIASES, DATA_PATHS, sweepTrials } from './space.ts'

export type SweepMode = 'grid' | 'random' | 'sobol' | 'batch' | 'walkforward'

export interface PreparedSweep {
  sweep: GivenSweep
  mode: SweepMode
  /** Completed, values sorted, data sets pinned: config.json. */
  config: SweepConfiguration
  plan: SweepPlan
  splits: readonly Split[] | null
  selection: Selection
  rules: EarlyAbortRules | undefined
  references: DatasetReference[]
  /** SHA-256 over everything that decides the results. */
  hash: string
  warnings: string[]
}

/** Prepare a sweep; errors as `sweepTrials` and `sweepData`. */
export async function prepareSweep(sweep: GivenSweep, maxTrials: number, root: string): Promise<PreparedSweep> {
  const selection = selectionOf(sweep.config)
  const { space, request, defaults } = await sweepTrials(sweep, maxTrials)
  const data = await sweepData(sweep, space, root)
  const { datasets, stages, selections, splits, references } = data
  const plan = sweepPlan({
    request,
    space,
    datasets,
    stages,
    defaults,
    aliases: ALIASES,
    dataPaths: DATA_PATHS,
    selections,
  })
  const config = { ...inOrder(sweep.config, plan), data: data.pins }
  const warnings = [...data.warnings]
  if (splits === null && sweep.config.selection?.top_k !== undefined)
    warnings.push('selection.top_k says how many trials of each split are tested; without splits it has no effect.')
  return {
    sweep,
    mode: modeOf(sweep.config, splits),
    config,
    plan,
    splits,
    selection,
    rules: sweep.config.early_abort,
    references,
    hash: hashOf({
      _t: 'sweep.plan',
      v: 1,
      config,
      columns: Object.keys(sweep.given),
      snapshots: references.map(({ snapshot_hash }) => snapshot_hash),
      splits: splits === null ? null : splitTexts(splits),
      engine_version: ENGINE_VERSION,
    }),
    warnings,
  }
}

function modeOf({ method, variations }: SweepConfiguration, splits: readonly Split[] | null): SweepMode {
  if (splits !== null) return 'walkforward'
  return variations === undefined ? method : 'batch'
}

/** Order, number and constraints of a selection, the published ones where it names none. */
function selectionOf({ selection = {}, constraints = {} }: SweepConfiguration): Selection {
  const { sort_by = PUBLISHED_ORDER.sort_by, top_k = PUBLISHED_SELECTION.top_k } = selection
  const ascending =
    selection.ascending ?? (selection.sort_by === undefined ? PUBLISHED_ORDER.ascending : sort_by.map(() => false))
  const { min_trade_trades: least = 0, ...bounds } = constraints
  const limits: Constraint[] = least > 0 ? [{ metric: 'trade_trades', min: least }] : []
  for (const metric of TRIAL_METRICS) {
    const bound = bounds[metric]
    if (bound !== undefined) limits.push({ metric, ...bound })
  }
  return { order: rankOrder(sort_by, ascending), top_k, constraints: limits }
}

/** The configuration with values in the order of the trials, so that the caller's order leaves no trace. */
function inOrder(config: SweepConfiguration, { space }: SweepPlan): SweepConfiguration {
  const sorted = new Map(space.dimensions.map(({ path, values }) => [path, values]))
  const { param_grid, parameters, universe } = config
  return {
    ...config,
    ...(universe && { universe: [...(sorted.get('ticker') ?? sorted.get('universe') ?? universe)] as typeof universe }),
    ...(param_grid && {
      param_grid: Object.fromEntries(
        Object.entries(param_grid).map(([path, values]) => [path, [...(sorted.get(path) ?? values)]]),
      ),
    }),
    ...(parameters && {
      parameters: parameters
        .map(one => (one.values === undefined ? one : { ...one, values: [...(sorted.get(one.path) ?? one.values)] }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    }),
  }
}
