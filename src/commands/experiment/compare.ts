/** `experiment compare`: completed experiments side by side, and the difference where they ran the same variation. */

import { join } from 'node:path'
import type {
  ComparedExperiment,
  ExperimentCompareRequest,
  ExperimentCompareResult,
  ExperimentDefinition,
  ExperimentReport,
  PairedDifference,
} from '../../../contracts/types.ts'
import { canonicalJson, sha256Hex } from '../../base/canonical.ts'
import { fail } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { mean, std } from '../../base/stats.ts'
import { type ExperimentState, mustFindExperiment } from '../../registry/experiment-facts.ts'
import type { Command, Context } from '../command.ts'
import { outPath, writeOut } from '../lab/setting.ts'
import { FIGURES } from './results.ts'
import { compareMarkdown } from './text.ts'

export const compare: Command<ExperimentCompareRequest> = {
  async run({ ids, out: asked }, context) {
    const out = asked === undefined ? null : outPath(asked, ['.md', '.json'], context)
    const states: ExperimentState[] = []
    for (const id of ids) states.push(await mustFindExperiment(context.root, id))
    const reports = states.map(state => verifiedReport(state, context))
    const compared = {
      experiments: reports.map(comparedOf),
      differences: differencesOf(states.map(({ definition }) => definition)),
      paired: reports.slice(1).flatMap(report => pairedWith(reports[0], report)),
    }
    const text = compareMarkdown(compared)
    if (out !== null) writeOut(out, out.endsWith('.json') ? `${JSON.stringify(compared, null, 2)}\n` : `${text}\n`)
    const result: ExperimentCompareResult = { ...compared, out }
    return { answer: { result }, text: () => (out === null ? text : `Saved: ${out}`) }
  },
}

/** The report of the newest attempt, as its fact says. CONFLICT without one, INTEGRITY_ERROR where it is not that. */
export function verifiedReport(
  { experimentId, status, outputs }: ExperimentState,
  { root }: Pick<Context, 'root'>,
): ExperimentReport {
  if (outputs === undefined) {
    const message = `Experiment ${experimentId} is ${status}: it has no results yet`
    throw fail('CONFLICT', { message }, { hint: `quantlab experiment execute ${experimentId}` })
  }
  const text = readTextIfPresent(join(root, outputs.reportPath))
  if (text === null) {
    const message = `The report of experiment ${experimentId} is not there: ${outputs.reportPath}`
    const hint = 'Restore outputs/ from a copy, or from the root that executed it.'
    throw fail('INTEGRITY_ERROR', { message }, { hint })
  }
  const found = sha256Hex(text)
  if (found === outputs.reportHash) return JSON.parse(text) as ExperimentReport
  throw fail('ARTIFACT_CHANGED', {
    uri: outputs.reportPath,
    expected: outputs.reportHash.slice(0, 8),
    found: found.slice(0, 8),
  })
}

function comparedOf({
  experiment_id,
  name,
  mode,
  attempt,
  results_hash,
  summary,
  statistics,
}: ExperimentReport): ComparedExperiment {
  return {
    ...{ experimentId: experiment_id, name, mode, attempt, resultsHash: results_hash, statistics },
    ...{ runs: summary.successful, failed: summary.failed, best: summary.best_run_id },
  }
}

/** Parts of the definitions that decide results and are not the same in all. */
function differencesOf(definitions: readonly ExperimentDefinition[]): ExperimentCompareResult['differences'] {
  const parts = definitions.map(partsOf)
  const fields = [...new Set(parts.flatMap(part => Object.keys(part)))]
  return fields
    .map(field => ({ field, values: parts.map(part => part[field] ?? null) }))
    .filter(({ values }) => new Set(values.map(value => canonicalJson(value))).size > 1)
}

function partsOf(definition: ExperimentDefinition): Record<string, unknown> {
  const { runsets, inputs, symbols, strategies, dateRange, params, seed, seedMode, earlyAbort, engineVersion } =
    definition
  return {
    runsets: runsets.map(({ runsetId, resolutionId }) => `${runsetId} ${resolutionId.slice(0, 16)}`),
    alerts: inputs.alerts.map(({ datasetId }) => datasetId),
    ohlcv: inputs.ohlcv.map(({ datasetId }) => datasetId),
    ...{ symbols, strategies, from: dateRange.from, to: dateRange.to },
    ...Object.fromEntries(Object.entries(params).map(([path, values]) => [`params.${path}`, values])),
    ...{ seed, seedMode, earlyAbort, engineVersion, gitCommit: definition.gitCommit },
  }
}

/** Over the variations that both completed: the difference of each figure, second minus first. */
function pairedWith(first: ExperimentReport, second: ExperimentReport): PairedDifference[] {
  const known = new Map(first.results.map(result => [result.variation_id, result.summary]))
  return FIGURES.map(metric => {
    const differences = second.results.flatMap(({ variation_id, summary }) => {
      const [a, b] = [known.get(variation_id)?.[metric] ?? null, summary?.[metric] ?? null]
      return a === null || b === null ? [] : [b - a]
    })
    const shared = differences.length
    return {
      ...{ experimentId: second.experiment_id, metric, shared },
      mean: shared === 0 ? null : mean(differences),
      standardError: shared < 2 ? null : std(differences, 1) / Math.sqrt(shared),
      higher: differences.filter(difference => difference > 0).length,
      lower: differences.filter(difference => difference < 0).length,
    }
  })
}
