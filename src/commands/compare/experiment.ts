/** The side of a comparison that an experiment gives: its definition, its figures, its runs by variation. */

import { dirname, join } from 'node:path'
import type { ExperimentDefinition, ExperimentReport } from '../../../contracts/types.ts'
import { hashOf } from '../../base/canonical.ts'
import type { ExperimentState } from '../../registry/experiment-facts.ts'
import { verifiedReport } from '../experiment/compare.ts'
import { type UnitOf, unitsOf } from '../metric-units.ts'
import { rowsOfRecords } from './row-tables.ts'
import type { Side, SideInputs } from './side.ts'

/** The newest finished attempt of an experiment. CONFLICT without one, INTEGRITY_ERROR where its report is not as it was written. */
export async function sideOfExperiment(state: ExperimentState, root: string): Promise<Side> {
  const report = verifiedReport(state, { root })
  const path = join(root, dirname(state.outputs?.reportPath ?? ''))
  const { experiment_id, results_hash, git_commit, engine_version, quantlab_version, node_version } = report
  return {
    about: {
      ...{ reference: state.experimentId, kind: 'experiment', id: experiment_id, path, createdAt: state.createdAt },
      ...{ replayOf: null, resultHash: results_hash, verified: true },
    },
    inputs: inputsOf(state.definition, report.definition_hash),
    code: {
      gitCommit: git_commit === 'unknown' ? null : git_commit,
      ...{ engineVersion: engine_version, quantlabVersion: quantlab_version, nodeVersion: node_version },
    },
    metrics: figuresOf(report),
    unitOf: unitsOfStatistics(await unitsOf('artifacts/experiment-report')),
    trades: { reason: 'an experiment keeps no fills; each of its runs does' },
    trials: { file: 'report.json', value: rowsOfRecords(report.results.map(rowOf)) },
    equity: { reason: 'an experiment has no curve; each of its runs has one' },
    periodsPerYear: null,
    missing: [],
  }
}

/** What decides the results; name and description do not. */
function inputsOf(definition: ExperimentDefinition, fingerprint: string): SideInputs {
  const { name: _, description: __, gitCommit: ___, engineVersion: ____, ...config } = definition
  return {
    datasets: [...definition.inputs.alerts, ...definition.inputs.ohlcv].map(({ datasetId, contentHash }) => ({
      ...{ datasetId, contentHash },
    })),
    snapshotHash: null,
    window: { from: definition.dateRange.from, to: definition.dateRange.to },
    // One that is not asked for follows from the definition: it is no input of its own.
    seed: definition.seed,
    fingerprint,
    fingerprintV2: null,
    hashes: {
      strategy: hashOf(definition.strategies),
      ...{ executionModel: null, costModel: null, riskModel: null },
      runConfig: hashOf(config),
    },
    config,
  }
}

function figuresOf({ summary, statistics }: ExperimentReport): object {
  const { best_run_id: _, ...counts } = summary
  const byMetric = statistics.map(({ metric, ...figures }) => [metric, figures])
  return { summary: counts, statistics: Object.fromEntries(byMetric) }
}

/** The mean of a figure has its unit. */
function unitsOfStatistics(known: UnitOf): UnitOf {
  return place => {
    const [, metric, figure] = /^statistics\.(\w+)\.(\w+)$/.exec(place) ?? []
    if (metric === undefined) return known(place)
    return figure === 'count' ? 'count' : known(metric)
  }
}

/** A variation with the headline figures of its run. */
function rowOf(result: ExperimentReport['results'][number]): object {
  const { variation_id, run_id, status, strategy, alerts_dataset_id, dataset_id, ticker, seed } = result
  return {
    ...{ variation_id, run_id, status, strategy, alerts_dataset_id, dataset_id, ticker, seed },
    ...result.summary,
    ...{ error: result.error?.code ?? null, result_hash: result.result_hash },
  }
}
