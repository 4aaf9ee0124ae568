/** `runset`: named selections of runs. Each verb asks the registry and says what it answered. */

import type {
  RunsetCreateRequest,
  RunsetDeleteRequest,
  RunsetFreezeRequest,
  RunsetGetRequest,
  RunsetListRequest,
  RunsetResolveRequest,
  RunsetUnfreezeRequest,
} from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { findAlias } from '../../registry/alias.ts'
import { createRunSet } from '../../registry/create-runset.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../registry/resolve.ts'
import { deletedAmong } from '../../registry/runs.ts'
import { deleteRunSet, getRunSet, listRunSets } from '../../registry/runsets.ts'
import { runsetStatus } from '../../registry/status.ts'
import { parseInstant } from '../../registry/time-bounds.ts'
import type { Warning } from '../../registry/types.ts'
import type { Command, Context } from '../command.ts'
import { stampOf } from '../registry/registration.ts'
import { runsetInput } from './spec.ts'
import { frozenText, listTable, resolvedText, type Staleness, viewText } from './text.ts'

const create: Command<RunsetCreateRequest> = {
  async run(request, context) {
    const { root } = context
    const made = await createRunSet(root, runsetInput(request, context), stampOf(context, request), {
      dryRun: request.dry_run,
      answerable: request.auto_resolve,
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
    const deleted = resolution.frozen ? await deletedMembers(context.root, resolution.runIds) : []
    return {
      answer: { result: { ...resolved, message } },
      warnings: [...texts(warnings), ...deleted],
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
      const kept: typeof found.runsets = []
      for (const runset of found.runsets) {
        const { current } = await runsetStatus(root, runset.spec.runsetId, stampOf(context), { files: false })
        if (!current) kept.push(runset)
      }
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

export const runsetCommands = {
  create,
  resolve,
  freeze,
  unfreeze,
  list,
  get,
  delete: remove,
}

function texts(warnings: readonly Warning[]): string[] {
  return warnings.map(({ message }) => message)
}

/** Members of a pin that were deleted since: they stay in it, and the pinned object says nothing of them. MEMBER_TOMBSTONED. */
async function deletedMembers(root: string, members: readonly string[]): Promise<string[]> {
  const ids = await deletedAmong(root, members)
  return ids.length === 0 ? [] : [`${ids.length} pinned members are deleted: ${ids.slice(0, 5).join(', ')}`]
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
