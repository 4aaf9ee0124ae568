/** Telling the registry of published runs: at once after publishing, and later of those that it was not told of. */

import { join } from 'node:path'
import type { WrittenFile } from '../../artifacts/artifact-dir.ts'
import { GatewayError } from '../../base/errors.ts'
import { isFolder, listFolder, readTextIfPresent } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import { listDatasets } from '../../lake/datasets.ts'
import { listDatasetFacts } from '../../registry/dataset-facts.ts'
import { type RunInput, registerRun, registerRuns, unregisteredRuns } from '../../registry/register.ts'
import type { Stamp } from '../../registry/types.ts'
import type { Context } from '../command.ts'
import { registerDatasetOf } from '../dataset/fact.ts'
import { runFactsOf } from './run-facts.ts'

/** Who writes a fact and when. */
export function stampOf(context: Pick<Context, 'clock'>, { actor }: { actor?: string } = {}): Stamp {
  return { now: context.clock.now(), ...(actor === undefined ? {} : { actor }) }
}

/**
 * Register the run that was just published at `path`, of files that were `written` just now. It is published whatever happens here:
 * what goes wrong is a warning, and `registry rebuild` registers the run later.
 */
export async function registerPublished(
  path: string,
  context: Pick<Context, 'root' | 'clock'>,
  written: readonly WrittenFile[] = [],
): Promise<string[]> {
  try {
    const input = await runFactsOf(context.root, path, written)
    if (input === null) return [`${path} has no manifest: it is not registered.`]
    const { warnings } = await registerRun(context.root, input, stampOf(context), { claimed: true })
    return warnings.map(({ message }) => message)
  } catch (error) {
    return [`The run could not be registered: ${(error as Error).message}. \`quantlab registry rebuild\` does it.`]
  }
}

/** The same of a session that goes on: each state of it that was evaluated is a run of its own, told apart by its fingerprint. */
export async function registerContinued(path: string, context: Pick<Context, 'root' | 'clock'>): Promise<string[]> {
  try {
    const input = await runFactsOf(context.root, path)
    if (input === null) return [`${path} has no manifest: it is not registered.`]
    const runId = `${input.runId}.${input.fingerprint?.slice(0, 8)}`
    await registerRuns(context.root, [{ ...input, runId }], stampOf(context), { skipPresent: true })
    return []
  } catch (error) {
    return [`The session could not be registered: ${(error as Error).message}. \`quantlab registry rebuild\` does it.`]
  }
}

export interface CaughtUp {
  /** Runs that were found on disk without a fact, and have one now. */
  registered: number
  warnings: string[]
}

/**
 * Register every published run, paper session, forward session and model run that no fact tells of; what this process has seen to
 * be registered is asked for again only with `anew`.
 */
export async function registerMissing(
  context: Pick<Context, 'root' | 'clock'>,
  { anew = false }: { anew?: boolean } = {},
): Promise<CaughtUp> {
  const { root } = context
  if (anew) knownByRoot.delete(root)
  await registerMissingDatasets(context)
  const places = new Map<string, string>()
  const folders = [layout.runs(root), layout.paperSessions(root), layout.forwardRuns(root), layout.modelRuns(root)]
  for (const folder of folders) {
    for (const name of listFolder(folder)) {
      const path = join(folder, name)
      if (!name.startsWith('.') && isFolder(path)) places.set(name, path)
    }
  }
  const inputs: RunInput[] = []
  const warnings: string[] = []
  const known = knownTo(root)
  const asked = [...places.keys()].filter(name => !known.runs.has(name))
  const missing = await unregisteredRuns(root, asked)
  for (const name of asked) known.runs.add(name)
  for (const name of missing) {
    known.runs.delete(name)
    const path = places.get(name) as string
    if (readTextIfPresent(join(path, 'manifest.json')) === null) continue
    try {
      const input = await runFactsOf(root, path)
      // The directory may have been renamed: the run is who its manifest says it is.
      if (input !== null && input.runId === name) inputs.push(input)
    } catch (error) {
      warnings.push(`${name} is not registered: ${messageOf(error)}`)
    }
  }
  if (inputs.length === 0) return { registered: 0, warnings }
  return { registered: await registerEach(context, inputs, warnings), warnings }
}

/** All at once, or where one of them is refused, one by one: it is told, and the others are registered. */
async function registerEach(
  context: Pick<Context, 'root' | 'clock'>,
  inputs: readonly RunInput[],
  warnings: string[],
): Promise<number> {
  const register = async (some: readonly RunInput[]) =>
    (await registerRuns(context.root, some, stampOf(context), { skipPresent: true })).created
  try {
    return await register(inputs)
  } catch (error) {
    if (!(error instanceof GatewayError) || error.class !== 'INVALID_CONFIG') throw error
  }
  let created = 0
  for (const input of inputs) {
    try {
      created += await register([input])
    } catch (error) {
      if (!(error instanceof GatewayError) || error.class !== 'INVALID_CONFIG') throw error
      warnings.push(`${input.runId} is not registered: ${error.message}`)
    }
  }
  return created
}

interface Known {
  runs: Set<string>
  datasets: Set<string>
}

const knownByRoot = new Map<string, Known>()

/** What this process has seen to be registered: it is not asked for again. */
function knownTo(root: string): Known {
  let known = knownByRoot.get(root)
  if (known === undefined) {
    known = { runs: new Set(), datasets: new Set() }
    knownByRoot.set(root, known)
  }
  return known
}

/** Data sets of the lake that were registered before the registry was, or whose fact could not be written. */
async function registerMissingDatasets(context: Pick<Context, 'root' | 'clock'>): Promise<void> {
  const { root } = context
  const manifests = listDatasets(root, {})
  const { datasets } = knownTo(root)
  if (manifests.every(manifest => datasets.has(manifest.dataset_id))) return
  for (const { dataset_id } of await listDatasetFacts(root)) datasets.add(dataset_id)
  for (const manifest of manifests) {
    if (datasets.has(manifest.dataset_id)) continue
    await registerDatasetOf(root, manifest, {}, stampOf(context))
    datasets.add(manifest.dataset_id)
  }
}

function messageOf(error: unknown): string {
  if (error instanceof GatewayError || error instanceof SyntaxError) return error.message
  return String((error as Error).message)
}
