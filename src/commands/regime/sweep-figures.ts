/** The figures of a sweep over the monitor: the best runs, what failed, and how far the best can be believed. */

import type { SweepOverfitting } from '../../../contracts/types.ts'
import type { RegimeSweepFigures } from '../../artifacts/regime-sweep-report.ts'
import { hashOf } from '../../base/canonical.ts'
import { GatewayError } from '../../base/errors.ts'
import { variationId } from '../../sweep/grid.ts'
import { inferFromSeries } from '../../sweep/series.ts'
import { neighbours } from '../../sweep/stability.ts'
import type { RegimeSweepPlan } from './sweep-plan.ts'
import { memberColumns, memberRow, type RankedRun, rankedRuns, type SweptResult, statusOf } from './sweep-rows.ts'

/** Ranked, counted and judged. */
export function regimeSweepFigures(plan: RegimeSweepPlan, results: readonly SweptResult[]): RegimeSweepFigures {
  const ranked = rankedRuns(results)
  const best = ranked[0]?.run.figures
  const outcomes = results.map(({ outcome }) => outcome)
  const count = (status: string) => outcomes.filter(outcome => statusOf(outcome) === status).length
  return {
    summary: best?.summary ?? {
      total_return: null,
      sharpe_simple: null,
      max_drawdown: null,
      trades: 0,
      win_rate: null,
    },
    top: ranked.slice(0, 10).map(({ member }, k) => ({ rank: k + 1, ...fullRow(plan, results[member], member) })),
    counts: { n_runs: ranked.length, n_failed: count('failed'), n_skipped: count('skipped') },
    overfitting: ranked.length === 0 ? null : judged(plan, ranked),
    failed: outcomes.flatMap((outcome, member) => {
      if (!(outcome instanceof GatewayError)) return []
      const { experiment, parameters } = results[member].swept
      return [{ member, experiment, parameters, code: outcome.code, message: outcome.message }]
    }),
    result_hash: hashOf(
      outcomes.map(outcome =>
        outcome === 'skipped' ? null : outcome instanceof GatewayError ? outcome.code : outcome.result_hash,
      ),
    ),
    warnings: warningsOf(ranked),
  }
}

/** Every column in its order, null where a run has nothing to say. */
function fullRow(plan: RegimeSweepPlan, result: SweptResult, member: number) {
  const row = memberRow(result, member)
  const columns = memberColumns(plan.space.dimensions.map(({ path }) => path))
  return Object.fromEntries(columns.map(name => [name, row[name] ?? null]))
}

/** How far the best run can be believed; its neighbours are one step away in the parameters, with the same experiment. */
function judged({ space, runs }: RegimeSweepPlan, ranked: readonly RankedRun[]): SweepOverfitting {
  const inOrder = ranked.toSorted((a, b) => a.member - b.member)
  const place = (member: number) => inOrder.findIndex(one => one.member === member)
  const { member } = ranked[0]
  const { experiment, trial, parameters } = runs[member]
  const beside = neighbours(space, trial).flatMap(near => {
    const at = place(member - trial + near.trial)
    return at < 0 ? [] : [at]
  })
  const series = inOrder.map(({ run }) => ({
    net: run.net,
    sharpe_simple: run.figures.summary.sharpe_simple ?? Number.NaN,
  }))
  return {
    winner: { trial: member, variation_id: variationId({ ...parameters, experiment }), window: 'grid' },
    ...inferFromSeries(series, place(member), beside),
  }
}

/** What the runs warn of, each once. */
function warningsOf(ranked: readonly RankedRun[]): string[] {
  const counts = new Map<string, number>()
  for (const { run } of ranked)
    for (const text of new Set(run.outcome.warnings ?? [])) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].map(([text, count]) =>
    count === ranked.length ? text : `${text} (in ${count} of ${ranked.length} runs)`,
  )
}
