/** `runs register | get | tag | finish | delete`, also reached as `run <verb>`: runs as the registry knows them. */

import { statSync } from 'node:fs'
import type {
  RunsDeleteRequest,
  RunsFinishRequest,
  RunsGetRequest,
  RunsRegisterRequest,
  RunsTagRequest,
} from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { fileHash } from '../../base/file-hash.ts'
import { resolvePath } from '../../base/paths.ts'
import { validate } from '../../base/schema.ts'
import { catalogToRegister } from '../../registry/open-catalog.ts'
import type { RunInput } from '../../registry/register.ts'
import { registerRun, registerRuns } from '../../registry/register.ts'
import type { ArtifactInput } from '../../registry/register-artifacts.ts'
import { addRunEvents, type RunEvent } from '../../registry/run-events.ts'
import { getRun, type RunView, replicatesOf, runView } from '../../registry/runs.ts'
import { invalidSpec, pruned } from '../../registry/selection.ts'
import type { Stamp } from '../../registry/types.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { registerMissing, stampOf } from '../registry/registration.ts'
import { uriOf } from '../registry/run-facts.ts'
import { universeOf } from '../registry/wire-universe.ts'
import { readGiven } from '../runset/spec.ts'

type Place = Pick<Context, 'root' | 'cwd'>

const register: Command<RunsRegisterRequest> = {
  async run(request, context) {
    const { root } = context
    const stamp = stampOf(context, request)
    const missed = await registerMissing(context)
    if (request.from_jsonl !== undefined) return registerMany(request, context, stamp, missed.warnings)
    const input = await runInput(request, context)
    const { run, created, warnings } = await registerRun(root, input, stamp, { strict: request.strict })
    const replicates = await replicatesOf(await catalogToRegister(root), run)
    const view = runView(run)
    const message = `Run ${created ? 'registered' : 'unchanged'}: ${view.runId}`
    const same =
      replicates.length === 0 ? [] : [`Same run key as ${replicates.slice(0, 5).join(', ')}: it replicates them.`]
    return {
      answer: { result: { run: view, created, replicates, message } },
      warnings: [...missed.warnings, ...warnings.map(warning => warning.message), ...same],
      text: () => message,
    }
  },
}

const get: Command<RunsGetRequest> = {
  async run({ id }, { root }) {
    const result = await getRun(root, id)
    return { answer: { result }, text: () => runText(result) }
  },
}

const tag: Command<RunsTagRequest> = {
  async run(request, context) {
    const { add = [], remove = [] } = request
    if (add.length + remove.length === 0) {
      const message = 'nothing to do: name tags to add or to remove'
      throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/add', message }] })
    }
    const events: RunEvent[] = [
      ...add.map(name => ({ event: 'tag_add' as const, tag: name })),
      ...remove.map(name => ({ event: 'tag_remove' as const, tag: name })),
    ]
    return changed(request, context, events, run => `Run tagged: ${run.runId} (${run.tags.join(', ')})`)
  },
}

const finish: Command<RunsFinishRequest> = {
  run: (request, context) =>
    changed(request, context, [{ event: 'status', status: request.status }], run => `Run ${run.status}: ${run.runId}`),
}

const remove: Command<RunsDeleteRequest> = {
  run: (request, context) => {
    const { restore } = request
    const said = restore ? 'restored' : 'deleted'
    const kept = restore ? '' : ' (tombstoned; facts kept)'
    return changed(
      request,
      context,
      [{ event: restore ? 'restore' : 'tombstone' }],
      run => `Run ${said}: ${run.runId}${kept}`,
    )
  },
}

export const runsRegistryCommands = { register, get, tag, finish, delete: remove }

async function changed(
  request: { id: string; reason?: string; actor?: string },
  context: Context,
  events: readonly RunEvent[],
  say: (run: RunView) => string,
): Promise<Outcome> {
  const done = await addRunEvents(context.root, request.id, events, stampOf(context, request), request.reason)
  const run = runView(done.run)
  const message = done.changed ? say(run) : `Run unchanged: ${run.runId}`
  return { answer: { result: { run, changed: done.changed, message } }, text: () => message }
}

/** One request a line; all are checked before the first is written. */
async function registerMany(
  request: RunsRegisterRequest,
  context: Context,
  stamp: Stamp,
  missed: readonly string[],
): Promise<Outcome> {
  const { action: _, from_jsonl, strict, actor: __, trace_id: ___, ...beside } = request
  const names = Object.keys(beside)
  if (names.length > 0)
    throw invalidSpec(names.map(pointer => ({ pointer, message: 'cannot stand beside from_jsonl' })))
  const inputs: RunInput[] = []
  const places: string[] = []
  for (const [index, line] of readGiven(from_jsonl as string, context)
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    places.push(`line ${index + 1}`)
    inputs.push(await lineInput(line, `line ${index + 1}`, context))
  }
  const { created, unchanged, warnings } = await registerRuns(context.root, inputs, stamp, { strict, places })
  const message = `Runs registered: ${created} (${unchanged} unchanged)`
  return {
    answer: { result: { created, unchanged, message } },
    warnings: [...missed, ...warnings.map(warning => warning.message)],
    text: () => message,
  }
}

async function lineInput(line: string, place: string, context: Place): Promise<RunInput> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw invalidSpec([{ pointer: place, message: (error as Error).message }])
  }
  const request = { action: 'register', ...(value as object) }
  const faults = await validate('commands/runs.register', request, place)
  if (faults.length > 0) throw invalidSpec(faults)
  return runInput(request as RunsRegisterRequest, context)
}

/** The run a request declares, with what a manifest says of it where one is named. */
async function runInput(request: RunsRegisterRequest, context: Place): Promise<RunInput> {
  const manifest = request.manifest === undefined ? {} : manifestInput(readGiven(request.manifest, context))
  const { from, to, datasets, engine_version } = request
  if ((from === undefined) !== (to === undefined))
    throw invalidSpec([{ pointer: 'window', message: 'needs both from and to' }])
  const { callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume } = request
  const universe = universeOf(
    pruned({ callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume }),
  )
  const own = pruned({
    runId: request.id,
    datasetIds: datasets,
    strategySpecHash: request.strategy_hash,
    strategyFamily: request.strategy_family,
    strategyParams: request.params,
    engineVersion: engine_version,
    seed: request.seed,
    executionAssumptionsHash: request.assumptions_hash,
    window: from === undefined || to === undefined ? undefined : { from, to },
    universe: Object.keys(universe).length === 0 ? undefined : universe,
    alertWindowPolicy: request.alert_window_policy,
    status: request.status,
    tags: request.tags,
    fingerprint: request.fingerprint,
    artifacts: request.artifact === undefined ? undefined : await artifactsOf(request.artifact, context),
  })
  const input = { ...manifest, ...own }
  const absent = [
    ...(input.datasetIds === undefined ? [{ pointer: 'datasets', message: 'is required' }] : []),
    ...(input.engineVersion === undefined ? [{ pointer: 'engine_version', message: 'is required' }] : []),
  ]
  if (absent.length > 0) throw invalidSpec(absent)
  return input as RunInput
}

/** What a run manifest says of a run. */
function manifestInput(text: string): Partial<RunInput> {
  let manifest: Record<string, unknown>
  try {
    manifest = JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw invalidSpec([{ pointer: 'manifest', message: (error as Error).message }])
  }
  const named = (name: string) => (typeof manifest[name] === 'string' ? (manifest[name] as string) : undefined)
  const status = named('status')
  const created = named('created_at')
  return pruned({
    runId: named('run_id'),
    datasetIds: named('snapshot_id')?.split(' '),
    strategySpecHash: named('strategy_hash'),
    engineVersion: named('engine_version'),
    seed: typeof manifest['seed'] === 'number' ? manifest['seed'] : undefined,
    fingerprint: named('fingerprint'),
    status: status as RunInput['status'],
    createdAt: created === undefined ? undefined : Date.parse(created),
    metadata: codeIn(named('git_sha'), named('fingerprint_v2')),
  })
}

/** Which code made the run, for `runset diff`. */
function codeIn(git_sha: string | undefined, fingerprint_v2: string | undefined): object | undefined {
  return git_sha === undefined && fingerprint_v2 === undefined ? undefined : pruned({ git_sha, fingerprint_v2 })
}

/** `kind=path`, each file hashed. */
async function artifactsOf(texts: readonly string[], context: Place): Promise<ArtifactInput[]> {
  const artifacts: ArtifactInput[] = []
  for (const text of texts) {
    const cut = text.indexOf('=')
    if (cut <= 0) throw invalidSpec([{ pointer: 'artifact', message: `${text} is not kind=path` }])
    artifacts.push(await fileArtifact(text.slice(0, cut), text.slice(cut + 1), context))
  }
  return artifacts
}

/** A file as an artifact of this kind. DATA_ERROR where it cannot be read. */
export async function fileArtifact(kind: string, path: string, { root, cwd }: Place): Promise<ArtifactInput> {
  const file = resolvePath(root, cwd, path)
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat?.isFile()) throw fail('DATA_ERROR', { message: `${path} is not a file` })
  return { kind, uri: uriOf(root, file), contentHash: await fileHash(file), bytes: stat.size }
}

function runText({ run, artifacts, replicates, usedBy }: Awaited<ReturnType<typeof getRun>>): string {
  const kinds = artifacts.map(({ kind, uri }) => `  - ${kind}: ${uri}`)
  return [
    `Run: ${run.runId}`,
    `Status: ${run.status}${run.deleted ? ' (deleted)' : ''}`,
    `Datasets: ${run.datasetIds.join(', ')}`,
    `Strategy: ${run.strategyFamily ?? run.strategySpecHash}`,
    `Engine: ${run.engineVersion}`,
    ...(run.window === undefined ? [] : [`Window: ${run.window.from} to ${run.window.to}`]),
    ...(run.tags.length === 0 ? [] : [`Tags: ${run.tags.join(', ')}`]),
    `Created: ${run.createdAt}`,
    ...(replicates.length === 0 ? [] : [`Replicates: ${replicates.join(', ')}`]),
    `Used by: ${usedBy.length === 0 ? 'nothing' : usedBy.join(', ')}`,
    `Artifacts: ${artifacts.length}`,
    ...kinds,
  ].join('\n')
}
