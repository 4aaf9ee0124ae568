/** Lineage: what a RunSet, run, data set or experiment is made from (up), and what is made from it or points at it (down). */

import { fail, GatewayError } from '../base/errors.ts'
import { listAliases } from './alias.ts'
import { findArtifact, isArtifactId } from './artifact-facts.ts'
import type { Catalog } from './catalog.ts'
import { conditionsOf } from './conditions.ts'
import { type ExperimentState, listExperiments } from './experiment-facts.ts'
import { Graph, type Lineage, type LineageEdge, splitId } from './lineage-graph.ts'
import { openCatalog } from './open-catalog.ts'
import { findReference, recordOf } from './reference.ts'
import { artifactsOf, logOf, membersOf } from './resolutions.ts'
import { allRunSets, type RunSetState } from './runset-state.ts'

const MAX_NODES = 2000

/** The lineage of a RunSet reference, run, data set, experiment or artifact id; both directions by default. NOT_FOUND. */
export async function lineageOf(
  root: string,
  name: string,
  { up = true, down = true, limit = MAX_NODES }: { up?: boolean; down?: boolean; limit?: number } = {},
): Promise<Lineage> {
  const world = await worldOf(root)
  const graph = new Graph(limit)
  const start = await startOf(root, world, name)
  graph.node(start)
  if (up)
    await walk(
      start,
      id => above(root, world, id),
      graph,
      (from, to) => ({ from, to }),
    )
  if (down)
    await walk(
      start,
      id => below(root, world, id),
      graph,
      (from, to) => ({ from: to, to: from }),
    )
  return graph.result(start)
}

interface World {
  catalog: Catalog
  runsets: RunSetState[]
  experiments: ExperimentState[]
  aliases: { alias: string; reference: string }[]
  /** Resolution id → a RunSet that holds it. */
  holders: Map<string, string>
}

async function worldOf(root: string): Promise<World> {
  const runsets = await allRunSets(root)
  const holders = new Map<string, string>()
  for (const { runsetId } of runsets) {
    for (const { resolution_id: id } of await logOf(root, runsetId)) if (!holders.has(id)) holders.set(id, runsetId)
  }
  return {
    catalog: await openCatalog(root),
    runsets,
    experiments: await listExperiments(root),
    aliases: await listAliases(root),
    holders,
  }
}

async function startOf(root: string, world: World, name: string): Promise<string> {
  try {
    const { state, record } = await findReference(root, name)
    return record === undefined ? `runset:${state.runsetId}` : `resolution:${record.resolution_id}`
  } catch (error) {
    if (!(error instanceof GatewayError) || error.class !== 'NOT_FOUND') throw error
  }
  if ((await world.catalog.records([name])).size > 0) return `run:${name}`
  if (world.catalog.datasets.some(({ dataset_id }) => dataset_id === name)) return `dataset:${name}`
  if (world.experiments.some(({ experimentId }) => experimentId === name)) return `experiment:${name}`
  if (isArtifactId(name)) return `artifact:${(await findArtifact(root, name)).artifactId}`
  throw fail('NOT_FOUND', { message: `Neither a RunSet, run, data set, experiment nor artifact: ${name}` })
}

/** What a node is made from. */
async function above(root: string, world: World, id: string): Promise<string[]> {
  const [kind, name] = splitId(id)
  if (kind === 'alias') return []
  if (kind === 'experiment') {
    const found = world.experiments.find(({ experimentId }) => experimentId === name)
    const { alerts = [], ohlcv = [] } = found?.definition.inputs ?? {}
    return [
      ...(found?.resolutionIds ?? []).map(resolution => `resolution:${resolution}`),
      ...[...alerts, ...ohlcv].map(({ datasetId }) => `dataset:${datasetId}`),
    ]
  }
  if (kind === 'runset') {
    const state = world.runsets.find(({ runsetId }) => runsetId === name) as RunSetState
    const record = await recordOf(root, { state })
    return record === undefined ? [] : [`resolution:${record.resolution_id}`]
  }
  if (kind === 'pin') {
    const pin = pinsOf(world).find(entry => entry.id === id)
    return pin === undefined ? [] : [`resolution:${pin.resolutionId}`]
  }
  if (kind === 'resolution') {
    const holder = world.holders.get(name)
    return holder === undefined ? [] : (await membersOf(root, holder, name)).map(run => `run:${run}`)
  }
  if (kind === 'run') {
    const record = (await world.catalog.records([name])).get(name)
    const datasets = record?.datasetIds ?? []
    const models = (record?.tags ?? []).filter(tag => tag.startsWith(MODEL_TAG)).map(tag => tag.slice(MODEL_TAG.length))
    const makers = world.experiments.filter(({ outputs }) => outputs?.runIds.includes(name))
    return [
      ...datasets.map(dataset => `dataset:${dataset}`),
      ...models.map(run => `run:${run}`),
      ...makers.map(({ experimentId }) => `experiment:${experimentId}`),
    ]
  }
  if (kind === 'artifact') {
    const { runId, datasetId } = await findArtifact(root, name)
    return [runId === undefined ? `dataset:${datasetId}` : `run:${runId}`]
  }
  return []
}

/** What is made from a node, or points at it. */
async function below(root: string, world: World, id: string): Promise<string[]> {
  const [kind, name] = splitId(id)
  if (kind === 'dataset') {
    const { members } = await world.catalog.match(conditionsOf({ where: { datasetId: name, statuses: ALL_STATUSES } }))
    const artifacts = await world.catalog.artifactsOfDatasets([name])
    const readers = world.experiments.filter(({ definition: { inputs } }) =>
      [...inputs.alerts, ...inputs.ohlcv].some(({ datasetId }) => datasetId === name),
    )
    return [
      ...members.map(({ runId }) => `run:${runId}`),
      ...artifacts.map(row => `artifact:${row.artifact_id}`),
      ...readers.map(({ experimentId }) => `experiment:${experimentId}`),
    ]
  }
  if (kind === 'experiment') {
    const found = world.experiments.find(({ experimentId }) => experimentId === name)
    return (found?.outputs?.runIds ?? []).map(run => `run:${run}`)
  }
  if (kind === 'run') {
    const artifacts = await world.catalog.artifactsOfRuns([name])
    const resolutions: string[] = []
    for (const [resolution, holder] of world.holders) {
      if ((await membersOf(root, holder, resolution)).includes(name)) resolutions.push(`resolution:${resolution}`)
    }
    const traders = conditionsOf({ tags: [`${MODEL_TAG}${name}`], statuses: ALL_STATUSES })
    const { members } = await world.catalog.match(traders)
    return [
      ...artifacts.map(row => `artifact:${row.artifact_id}`),
      ...resolutions,
      ...members.map(({ runId }) => `run:${runId}`),
    ]
  }
  if (kind === 'resolution') {
    const holder = world.holders.get(name)
    const artifacts = holder === undefined ? [] : await artifactsOf(root, holder, name)
    const pins = pinsOf(world).filter(({ resolutionId }) => resolutionId === name)
    const experiments = world.experiments.filter(({ resolutionIds }) => resolutionIds.includes(name))
    const runsets: string[] = []
    for (const state of world.runsets) {
      if ((await recordOf(root, { state }))?.resolution_id === name) runsets.push(`runset:${state.runsetId}`)
    }
    return [
      ...artifacts.map(({ artifactId }) => `artifact:${artifactId}`),
      ...pins.map(pin => pin.id),
      ...experiments.map(({ experimentId }) => `experiment:${experimentId}`),
      ...runsets,
    ]
  }
  if (kind === 'runset') {
    const own = pinsOf(world).filter(({ runsetId }) => runsetId === name)
    const used = own.map(({ resolutionId }) => `resolution:${resolutionId}`)
    const experiments = world.experiments.filter(({ resolutionIds }) =>
      resolutionIds.some(
        resolution => used.includes(`resolution:${resolution}`) || world.holders.get(resolution) === name,
      ),
    )
    return [
      ...own.map(pin => pin.id),
      ...experiments.map(({ experimentId }) => `experiment:${experimentId}`),
      ...world.aliases.filter(({ reference }) => reference.split('@')[0] === name).map(({ alias }) => `alias:${alias}`),
    ]
  }
  return []
}

/** Tag of a run that trades the model of a model run. */
const MODEL_TAG = 'model_run:'

const ALL_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled']

function pinsOf({ runsets }: World): { id: string; runsetId: string; resolutionId: string }[] {
  return runsets.flatMap(({ runsetId, pins }) =>
    pins.map(({ pin, resolutionId }) => ({ id: `pin:${runsetId}@pin.${pin}`, runsetId, resolutionId })),
  )
}

async function walk(
  start: string,
  next: (id: string) => Promise<string[]>,
  graph: Graph,
  edge: (from: string, to: string) => LineageEdge,
): Promise<void> {
  const seen = new Set([start])
  const queue = [start]
  for (let at = 0; at < queue.length; at++) {
    for (const id of await next(queue[at])) {
      if (!graph.node(id)) continue
      graph.edge(edge(queue[at], id))
      if (!seen.has(id)) queue.push(id)
      seen.add(id)
    }
  }
}
