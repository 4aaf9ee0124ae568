/** `experiment create | list | get | find_by_inputs`: what is asked, and what became of it. */

import type {
  Experiment,
  ExperimentCreateRequest,
  ExperimentCreateResult,
  ExperimentDefinition,
  ExperimentFindByInputsRequest,
  ExperimentFindByInputsResult,
  ExperimentGetRequest,
  ExperimentGetResult,
  ExperimentListRequest,
  ExperimentListResult,
} from '../../../contracts/types.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { type ErrorDetail, fail, GatewayError } from '../../base/errors.ts'
import {
  createExperiment,
  type ExperimentState,
  experimentIdOf,
  findExperiment,
  listExperiments,
  mustFindExperiment,
} from '../../registry/experiment-facts.ts'
import { experimentSeed } from '../../registry/ids.ts'
import { openCatalog } from '../../registry/open-catalog.ts'
import { findReference } from '../../registry/reference.ts'
import { membersOf } from '../../registry/resolutions.ts'
import { findRunSet } from '../../registry/runset-state.ts'
import { ID_PATTERN } from '../../registry/selection.ts'
import { parseInstant } from '../../registry/time-bounds.ts'
import type { Command, Context } from '../command.ts'
import { stampOf } from '../registry/registration.ts'
import { type Defined, definitionOf } from './definition.ts'
import { createdText, experimentText, listTable } from './text.ts'
import { repeatWarnings, variationsOf } from './variations.ts'
import { experimentView } from './view.ts'

export const create: Command<ExperimentCreateRequest> = {
  async run(request, context) {
    const { root } = context
    // What is refused freezes nothing.
    if (request.freeze && request.runset !== undefined)
      await countVariations(root, await definitionOf(unfrozen(request), context))
    const defined = await definitionOf(request, context)
    const { definition, hash, warnings } = defined
    const counted = await countVariations(root, defined)
    const { experiment, created } = await store(definition, hash, request, context)
    const message = `Experiment ${created ? 'created' : 'unchanged'}: ${experiment.experimentId}`
    const result: ExperimentCreateResult = {
      experiment: experimentView(experiment),
      created,
      variations: counted?.variations ?? null,
      message,
    }
    return {
      answer: { result },
      warnings: [...warnings, ...(counted?.warnings ?? [])],
      text: () => createdText(result),
    }
  },
}

function unfrozen(request: ExperimentCreateRequest): ExperimentCreateRequest {
  return { ...request, freeze: false, require_frozen: false }
}

/** How many runs it makes, each checked; null where data are only declared: they may lie elsewhere. */
async function countVariations(
  root: string,
  { definition, hash }: Defined,
): Promise<{ variations: number; warnings: string[] } | null> {
  try {
    const variations = await variationsOf(root, definition, definition.seed ?? experimentSeed(hash))
    return { variations: variations.length, warnings: repeatWarnings(variations) }
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'DATASET_NOT_MATERIALISED') return null
    throw error
  }
}

/** An id nobody has: experiments of one second with one hash that are not the same are told apart by a number. */
async function store(
  definition: ExperimentDefinition,
  definitionHash: string,
  request: ExperimentCreateRequest,
  context: Context,
): Promise<{ experiment: ExperimentState; created: boolean }> {
  const { root, clock } = context
  const base = experimentIdOf(clock.now(), definitionHash)
  const resolutionIds = definition.runsets.map(({ resolutionId }) => resolutionId)
  for (let count = 1; ; count++) {
    const experimentId = count === 1 ? base : `${base}-${count}`
    const other = await findExperiment(root, experimentId)
    if (other !== null && !isSame(other, definition)) continue
    const input = { experimentId, definitionHash, definition, resolutionIds }
    const made = await createExperiment(root, input, stampOf(context, request))
    if (made.created || isSame(made.experiment, definition)) return made
  }
}

/** The same in everything, also in name and stamp: a request that is repeated makes no second experiment. */
function isSame(other: ExperimentState, definition: ExperimentDefinition): boolean {
  return canonicalJson(other.definition) === canonicalJson(definition)
}

export const list: Command<ExperimentListRequest> = {
  async run(request, context) {
    const { limit, offset } = request
    const fitting = await filterOf(request, context)
    const found = (await listExperiments(context.root)).filter(fitting)
    const experiments = found.slice(offset, offset + limit).map(experimentView)
    const result: ExperimentListResult = { experiments, total: found.length, limit, offset }
    return { answer: { result }, table: () => listTable(experiments) }
  },
}

async function filterOf(
  { status, git_commit, min_created, max_created, runset }: ExperimentListRequest,
  { root }: Context,
): Promise<(state: ExperimentState) => boolean> {
  const details: ErrorDetail[] = []
  const read = (key: string, text: string | undefined, endOfDay: boolean, otherwise: number) => {
    const instant = text === undefined ? otherwise : parseInstant(text, endOfDay)
    if (typeof instant !== 'string') return instant
    details.push({ pointer: `/params/${key}`, message: instant })
    return otherwise
  }
  const from = read('min_created', min_created, false, Number.NEGATIVE_INFINITY)
  const to = read('max_created', max_created, true, Number.POSITIVE_INFINITY)
  if (details.length > 0) throw fail('INVALID_CONFIG', { message: details[0].message }, { details })
  const runsetId = runset === undefined ? undefined : await runsetIdOf(root, runset)
  return ({ status: has, definition, createdAt }) => {
    const at = Date.parse(createdAt)
    return (
      (status === undefined || status === has) &&
      (git_commit === undefined || (definition.gitCommit?.startsWith(git_commit) ?? false)) &&
      at >= from &&
      at < to &&
      (runsetId === undefined || definition.runsets.some(one => one.runsetId === runsetId))
    )
  }
}

/** The RunSet that a reference means; by its id also one that was deleted since. */
async function runsetIdOf(root: string, reference: string): Promise<string> {
  const known = ID_PATTERN.test(reference) ? await findRunSet(root, reference) : null
  return known?.runsetId ?? (await findReference(root, reference)).state.runsetId
}

export const get: Command<ExperimentGetRequest> = {
  async run({ id }, { root }) {
    const experiment = experimentView(await mustFindExperiment(root, id))
    const result: ExperimentGetResult = { experiment }
    return { answer: { result }, text: () => experimentText(experiment) }
  },
}

export const findByInputs: Command<ExperimentFindByInputsRequest> = {
  async run({ artifacts }, { root }) {
    const wanted = await widened(root, artifacts)
    const experiments: Experiment[] = []
    for (const state of await listExperiments(root)) {
      if (await uses(root, state, wanted)) experiments.push(experimentView(state))
    }
    const result: ExperimentFindByInputsResult = { experiments, total: experiments.length }
    return { answer: { result }, table: () => listTable(experiments) }
  },
}

/** The ids asked for, and the data sets that artifacts among them belong to. */
async function widened(root: string, ids: readonly string[]): Promise<Set<string>> {
  const wanted = new Set(ids)
  if (!ids.some(id => /^[0-9a-f]{64}$/.test(id))) return wanted
  const { datasets, artifactsOfDatasets } = await openCatalog(root)
  for (const row of await artifactsOfDatasets(datasets.map(({ dataset_id }) => dataset_id)))
    if (row.dataset_id !== null && (wanted.has(row.artifact_id) || wanted.has(row.content_hash)))
      wanted.add(row.dataset_id)
  return wanted
}

async function uses(root: string, { definition }: ExperimentState, wanted: ReadonlySet<string>): Promise<boolean> {
  const { runsets, inputs } = definition
  const named = [
    ...[...inputs.alerts, ...inputs.ohlcv].flatMap(({ datasetId, contentHash }) => [datasetId, contentHash]),
    ...runsets.flatMap(({ runsetId, resolutionId, contentHash }) => [runsetId, resolutionId, contentHash]),
  ]
  if (named.some(id => id !== null && wanted.has(id))) return true
  for (const { runsetId, resolutionId } of runsets) {
    if ((await membersOf(root, runsetId, resolutionId)).some(id => wanted.has(id))) return true
  }
  return false
}
