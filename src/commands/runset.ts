/** `runset`: named selections of runs. Each verb asks the registry and says what it answered. */

import type {
  RunsetAliasRequest,
  RunsetCiteRequest,
  RunsetCreateRequest,
  RunsetDeleteRequest,
  RunsetDiffRequest,
  RunsetExplainRequest,
  RunsetExportRequest,
  RunsetFreezeRequest,
  RunsetGetRequest,
  RunsetHistoryRequest,
  RunsetImportRequest,
  RunsetLineageRequest,
  RunsetListRequest,
  RunsetResolveRequest,
  RunsetStatusRequest,
  RunsetUnfreezeRequest,
  RunsetVerifyRequest,
} from '../../contracts/types.ts'
import { type ErrorDetail, fail } from '../base/errors.ts'
import { insideRoot, resolvePath } from '../base/paths.ts'
import { tableOf } from '../base/table.ts'
import { aliasHistory, findAlias, listAliases, removeAlias } from '../registry/alias.ts'
import { exportRunSet } from '../registry/bundle.ts'
import { createRunSet } from '../registry/create-runset.ts'
import { importBundle } from '../registry/import-bundle.ts'
import { citeRunSet, diffRunSets, explainMembership, type Verified, verifyRunSet } from '../registry/inspect.ts'
import { dotOf, lineageOf, mermaidOf } from '../registry/lineage.ts'
import { findReference } from '../registry/reference.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../registry/resolve.ts'
import { deleteRunSet, getRunSet, listRunSets, runsetHistory, setAlias } from '../registry/runsets.ts'
import { runsetStatus } from '../registry/status.ts'
import { parseInstant } from '../registry/time-bounds.ts'
import type { Stamp, Warning } from '../registry/types.ts'
import type { Command, Context } from './command.ts'
import { runsetInput } from './runset-spec.ts'
import {
  diffText,
  explainText,
  frozenText,
  historyText,
  listTable,
  resolvedText,
  type Staleness,
  statusText,
  viewText,
} from './runset-text.ts'

const create: Command<RunsetCreateRequest> = {
  async run(request, context) {
    const { root } = context
    const made = await createRunSet(root, runsetInput(request, context), stampOf(context, request), {
      dryRun: request.dry_run,
    })
    const { created, warnings } = made
    const resolved = request.auto_resolve && !request.dry_run
    if (resolved) await resolveRunSet(root, request.id, stampOf(context, request))
    const runset = resolved ? await getRunSet(root, request.id) : made.runset
    const id = runset.spec.runsetId
    const said = created ? 'created' : made.changed ? 'updated' : 'unchanged'
    const message = `RunSet ${said}: ${id}${resolved ? ' (resolved)' : ''}${request.dry_run ? ' (dry run: nothing written)' : ''}`
    const { spec, resolution, mode } = runset
    return {
      answer: {
        result: { runset: { spec, ...(resolution === undefined ? {} : { resolution }), mode }, created, message },
      },
      warnings: [...texts(warnings), ...texts(resolution?.metadata.warnings ?? [])],
      text: () => `${message}\n\n${viewText(runset)}`,
    }
  },
}

const resolve: Command<RunsetResolveRequest> = {
  async run(request, context) {
    const { id, force, explain } = request
    const resolved = await resolveRunSet(context.root, id, stampOf(context, request), { force, explain })
    const { resolution } = resolved
    const { runCount, artifactCount, warnings } = resolution.metadata
    const message = `Resolved: ${runCount} runs, ${artifactCount} artifacts`
    return {
      answer: { result: { ...resolved, message } },
      warnings: texts(warnings),
      text: () => resolvedText(resolved, request.limit_list),
    }
  },
}

const freeze: Command<RunsetFreezeRequest> = {
  async run(request, context) {
    const { id, fresh, expect_hash: expectHash, allow_empty: allowEmpty, no_verify, repin, reason } = request
    const options = { fresh, allowEmpty, verify: !no_verify, repin }
    const frozen = await freezeRunSet(context.root, id, stampOf(context, request), {
      ...options,
      ...(expectHash === undefined ? {} : { expectHash }),
      ...(reason === undefined ? {} : { reason }),
    })
    const { resolution, pin, changed, warnings } = frozen
    const text = frozenText(frozen)
    const [message] = text.split('\n')
    return {
      answer: { result: { resolution, pin, changed, message } },
      warnings: texts(warnings),
      text: () => text,
    }
  },
}

const unfreeze: Command<RunsetUnfreezeRequest> = {
  async run(request, context) {
    const result = await unfreezeRunSet(context.root, request.id, stampOf(context, request), request.reason)
    const { runsetId, mode, previousPin } = result
    const kept = `Previous pin kept as ${runsetId}@pin.${previousPin.pin}`
    return { answer: { result }, text: () => `RunSet unfrozen: ${runsetId}\nMode: ${mode}\n${kept}` }
  },
}

const list: Command<RunsetListRequest> = {
  async run(request, context) {
    const { tags, dataset, frozen, no_frozen, mode, limit, offset, stale } = request
    if (frozen && no_frozen) throw fail('INVALID_CONFIG', { message: 'frozen and no_frozen exclude each other' })
    const filter = {
      ...(tags === undefined ? {} : { tags }),
      ...(dataset === undefined ? {} : { datasetId: dataset }),
      ...(frozen || no_frozen ? { frozen } : {}),
      ...(mode === undefined ? {} : { mode }),
    }
    const { root } = context
    let found = await listRunSets(
      root,
      stale ? { ...filter, limit: Number.MAX_SAFE_INTEGER } : { ...filter, limit, offset },
    )
    if (stale) {
      const states = await Promise.all(
        found.runsets.map(({ spec }) => runsetStatus(root, spec.runsetId, stampOf(context), { files: false })),
      )
      const kept = found.runsets.filter((_, index) => !states[index].current)
      found = { runsets: kept.slice(offset, offset + limit), total: kept.length, limit, offset }
    }
    return { answer: { result: { ...found, limit, offset } }, table: () => listTable(found.runsets) }
  },
}

const get: Command<RunsetGetRequest> = {
  async run({ id, history, at }, context) {
    const { root } = context
    const reference = at === undefined ? id : await aliasAt(root, id, at)
    const view = await getRunSet(root, reference, history === undefined ? {} : { history })
    const now: Staleness | undefined = view.resolution === undefined ? undefined : await stalenessOf(reference, context)
    const staleness = now === undefined ? {} : { staleness: now }
    return { answer: { result: { ...view, ...staleness } }, text: () => viewText(view, now) }
  },
}

const remove: Command<RunsetDeleteRequest> = {
  async run(request, context) {
    const result = await deleteRunSet(context.root, request.id, stampOf(context, request), request.reason)
    return { answer: { result }, text: () => `RunSet deleted: ${result.runsetId} (tombstoned; facts kept)` }
  },
}

const history: Command<RunsetHistoryRequest> = {
  async run({ id, limit }, context) {
    const result = await runsetHistory(context.root, id, limit)
    const text = () => `RunSet: ${result.runsetId}\n${historyText(result.history, result.total)}`
    const columns = [
      'seq',
      'kind',
      'resolvedAt',
      'contentHash',
      'runCount',
      'artifactCount',
      'added',
      'removed',
      'pinned',
    ]
    return { answer: { result }, text, table: () => tableOf(columns, result.history as never) }
  },
}

const status: Command<RunsetStatusRequest> = {
  async run({ id, fast, exit_code }, context) {
    const result = await runsetStatus(context.root, id, stampOf(context), { files: !fast })
    const exitCode = exit_code && !result.current ? 9 : 0
    return { answer: { result }, text: () => statusText(result), exitCode }
  },
}

const diff: Command<RunsetDiffRequest> = {
  async run({ a, b, now, exit_code }, context) {
    if (now && b !== undefined) throw fail('INVALID_CONFIG', { message: 'b and now exclude each other' })
    const found = await diffRunSets(context.root, a, b, stampOf(context))
    const same = found.same && found.spec.length === 0
    return {
      answer: { result: { ...found, same } },
      text: () => diffText(found),
      exitCode: exit_code && !same ? 9 : 0,
    }
  },
}

const verify: Command<RunsetVerifyRequest> = {
  async run({ id, fast, expect_hash: expectHash }, context) {
    const result = await verifyRunSet(context.root, id, { fast, ...(expectHash === undefined ? {} : { expectHash }) })
    if (!result.intact) throw notIntact(result)
    const { runsetId, runs, artifacts, contentHash } = result
    const how = fast ? ' (fast: existence and size only)' : ''
    const text = `RunSet verified: ${runsetId} (${runs.checked} runs, ${artifacts.intact} artifacts, ${contentHash.slice(0, 8)})${how}`
    const elsewhere =
      artifacts.unverifiable > 0 ? [`${artifacts.unverifiable} artifacts lie elsewhere: they were not read.`] : []
    return { answer: { result }, warnings: elsewhere, text: () => text }
  },
}

const explain: Command<RunsetExplainRequest> = {
  async run({ id, run }, context) {
    const result = await explainMembership(context.root, id, run)
    return { answer: { result }, text: () => explainText(result) }
  },
}

const lineage: Command<RunsetLineageRequest> = {
  async run({ id, up, down, graph, limit }, context) {
    const both = up === down
    const result = await lineageOf(context.root, id, { up: both || up, down: both || down, limit })
    return { answer: { result }, text: () => (graph === 'dot' ? dotOf(result) : mermaidOf(result)) }
  },
}

const cite: Command<RunsetCiteRequest> = {
  async run({ id }, context) {
    const result = await citeRunSet(context.root, id)
    return { answer: { result }, text: () => `${result.citation}\n${result.verify}` }
  },
}

const alias: Command<RunsetAliasRequest> = {
  async run(request, context) {
    const { root } = context
    const { verb, alias: name, reference } = request
    if (verb === 'list') {
      const aliases = await listAliases(root)
      return { answer: { result: { aliases } }, table: () => tableOf(['alias', 'reference', 'at'], aliases as never) }
    }
    if (name === undefined) throw missing('alias')
    if (verb === 'history') {
      const events = await aliasHistory(root, name)
      const columns = ['seq', 'event', 'reference', 'at']
      return { answer: { result: { alias: name, history: events } }, table: () => tableOf(columns, events as never) }
    }
    if (verb === 'rm') {
      const previous = await findAlias(root, name)
      await removeAlias(root, name, stampOf(context, request))
      return { answer: { result: { alias: name, reference: null, previous } }, text: () => `Alias removed: ${name}` }
    }
    if (reference === undefined) throw missing('reference')
    const result = await setAlias(root, name, reference, stampOf(context, request))
    return { answer: { result }, text: () => `Alias set: ${name} → ${result.reference}` }
  },
}

const exportVerb: Command<RunsetExportRequest> = {
  async run(request, context) {
    const { root, cwd } = context
    const { id, with_artifacts: withArtifacts } = request
    const { state } = await findReference(root, id)
    const out = insideRoot(root, cwd, request.out ?? `${state.runsetId}.runset.tar`)
    const result = await exportRunSet(root, id, out, stampOf(context, request), { withArtifacts })
    const named = result.artifactsLeftOut === 0 ? '' : `, ${result.artifactsLeftOut} only named`
    const text = `RunSet exported: ${result.path} (${result.bytes} bytes, ${result.artifacts} artifacts${named})\nSHA-256: ${result.sha256}`
    return { answer: { result }, text: () => text }
  },
}

const importVerb: Command<RunsetImportRequest> = {
  async run(request, context) {
    const { root, cwd } = context
    const result = await importBundle(root, resolvePath(root, cwd, request.path), stampOf(context, request))
    const { runs, artifacts, records, pins, files } = result.created
    const counts = `${runs} runs, ${artifacts} artifacts, ${files} files, ${records} records, ${pins} pins new`
    return { answer: { result }, text: () => `RunSet imported: ${result.runsetId} (${counts})` }
  },
}

export const runsetCommands = {
  create,
  resolve,
  freeze,
  unfreeze,
  list,
  get,
  delete: remove,
  history,
  status,
  diff,
  verify,
  explain,
  lineage,
  cite,
  alias,
  export: exportVerb,
  import: importVerb,
}

function stampOf(context: Pick<Context, 'clock'>, { actor }: { actor?: string } = {}): Stamp {
  return { now: context.clock.now(), ...(actor === undefined ? {} : { actor }) }
}

function texts(warnings: readonly Warning[]): string[] {
  return warnings.map(({ message }) => message)
}

async function stalenessOf(reference: string, context: Context): Promise<Staleness> {
  const { current, causes } = await runsetStatus(context.root, reference, stampOf(context), { files: false })
  return { current, causes }
}

/** What an alias meant at an instant; anything else is a reference as it is. */
async function aliasAt(root: string, name: string, at: string): Promise<string> {
  const instant = parseInstant(at)
  if (typeof instant === 'string') throw fail('INVALID_CONFIG', { message: `at: ${instant}` })
  const meant = await findAlias(root, name, instant)
  if (meant === null) throw fail('ALIAS_NOT_FOUND', { alias: `${name} at ${at}` })
  return meant
}

function missing(name: string): Error {
  const message = `'${name}' is required`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: `/params/${name}`, message, expected: name }] })
}

/** Everything that is wrong with an answer, the first fault as the message. */
function notIntact({ faults, runs, bits, artifacts }: Verified): Error {
  const broken = faults.filter(({ state }) => state !== 'unverifiable')
  const details: ErrorDetail[] = broken.map(fault => ({
    pointer: fault.uri,
    message: `${fault.state} (${fault.owner}/${fault.kind})`,
    expected: fault.expected,
  }))
  details.push(...runs.missing.map(id => ({ pointer: id, message: 'run is not registered' })))
  details.push({ pointer: 'bits', message: `${bits}: ${JSON.stringify(artifacts)}` })
  const [first] = broken
  if (first === undefined)
    return fail('INTEGRITY_ERROR', { message: `Runs not registered: ${runs.missing.join(', ')}` }, { details })
  const facts = {
    uri: first.uri,
    run_id: first.owner,
    kind: first.kind,
    expected: first.expected.slice(0, 8),
    found: first.found?.slice(0, 8) ?? 'another size',
  }
  return fail(first.state === 'changed' ? 'ARTIFACT_CHANGED' : 'ARTIFACT_MISSING', facts, { details })
}
