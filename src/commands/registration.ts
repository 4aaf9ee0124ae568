/** Telling the registry of published runs: at once after publishing, and later of those that it was not told of. */

import { join } from 'node:path'
import { GatewayError } from '../base/errors.ts'
import { isFolder, listFolder, readTextIfPresent } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { listDatasets } from '../lake/datasets.ts'
import { listDatasetFacts } from '../registry/dataset-facts.ts'
import { type RunInput, registerRun, registerRuns, unregisteredRuns } from '../registry/register.ts'
import type { Stamp } from '../registry/types.ts'
import type { Context } from './command.ts'
import { registerDatasetOf } from './dataset-fact.ts'
import { runFactsOf } from './run-facts.ts'

/** Who writes a fact and when. */
export function stampOf(context: Pick<Context, 'clock'>, { actor }: { actor?: string } = {}): Stamp {
  return { now: context.clock.now(), ...(actor === undefined ? {} : { actor }) }
}

/**
 * Register the run that was just published at `path`. It is published whatever happens here: what goes wrong is a warning, and
 * `registry rebuild` registers the run later.
 */
export async function registerPublished(path: string, context: Pick<Context, 'root' | 'clock'>): Promise<string[]> {
  try {
    const input = await runFactsOf(context.root, path)
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

/** Register every published run, paper session, forward session and model run that no fact tells of. */
export async function registerMissing(context: Pick<Context, 'root' | 'clock'>): Promise<CaughtUp> {
  const { root } = context
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
  for (const name of await unregisteredRuns(root, [...places.keys()])) {
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
  const { created } = await registerRuns(root, inputs, stampOf(context), { skipPresent: true })
  return { registered: created, warnings }
}

/** Data sets of the lake that were registered before the registry was, or whose fact could not be written. */
async function registerMissingDatasets(context: Pick<Context, 'root' | 'clock'>): Promise<void> {
  const { root } = context
  const known = new Set((await listDatasetFacts(root)).map(({ dataset_id }) => dataset_id))
  for (const manifest of listDatasets(root, {})) {
    if (!known.has(manifest.dataset_id)) await registerDatasetOf(root, manifest, {}, stampOf(context))
  }
}

function messageOf(error: unknown): string {
  if (error instanceof GatewayError || error instanceof SyntaxError) return error.message
  return String((error as Error).message)
}
