/** `registry`: rebuild the cache from facts, check and merge the facts, collect what nothing holds. */

import type {
  RegistryCheckRequest,
  RegistryCompactRequest,
  RegistryExportRequest,
  RegistryGcRequest,
  RegistryImportRequest,
  RegistryRebuildRequest,
} from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { checkRegistry } from '../../registry/check.ts'
import { compactTable } from '../../registry/compact.ts'
import { LISTED_TABLES } from '../../registry/facts.ts'
import { applyGc, type GcPlan, planGc, undoGc, whyKept } from '../../registry/gc.ts'
import { type Rebuilt, rebuildCache } from '../../registry/rebuild.ts'
import { exportRegistry, importRegistry } from '../../registry/registry-bundle.ts'
import type { Command } from '../command.ts'
import { registerMissing, stampOf } from './registration.ts'

const rebuild: Command<RegistryRebuildRequest> = {
  async run({ force }, context) {
    const begun = context.clock.elapsed()
    const { registered, warnings } = await registerMissing(context, { anew: true })
    const rebuilt = await rebuildCache(context.root, stampOf(context), { force })
    const duration = Math.round((context.clock.elapsed() - begun) * 1000) / 1000
    const message = rebuilt.rebuilt
      ? `Registry rebuilt successfully (${(duration / 1000).toFixed(1)}s)`
      : 'Registry up to date'
    return {
      answer: { result: { ...rebuilt, registered, duration, message } },
      warnings,
      text: () => rebuiltText(rebuilt, registered, message),
    }
  },
}

const check: Command<RegistryCheckRequest> = {
  async run(_, { root }) {
    const result = await checkRegistry(root)
    if (!result.intact) {
      const details = result.faults.map(({ where, message }) => ({ pointer: where, message }))
      const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
      const message = `${details[0].pointer}: ${details[0].message}${more}`
      throw fail('INTEGRITY_ERROR', { message }, { details, hint: 'Restore the files named from a copy.' })
    }
    const left = result.leftovers.length === 0 ? '' : `, ${result.leftovers.length} leftovers of writers that died`
    return { answer: { result }, text: () => `Registry intact: ${result.files} files, ${result.rows} rows${left}` }
  },
}

const compact: Command<RegistryCompactRequest> = {
  async run({ all }, context) {
    const tables: Record<string, unknown>[] = []
    const sum = { segments: 0, files: 0, rows: 0 }
    for (const table of LISTED_TABLES) {
      const done = await compactTable(context.root, table, stampOf(context), { all })
      if (done === null) {
        tables.push({ table, segments: 0, files: 0, rows: 0, busy: true })
        continue
      }
      tables.push({ ...done })
      sum.segments += done.segments
      sum.files += done.files
      sum.rows += done.rows
    }
    const text = `Registry compacted: ${sum.files} files merged into ${sum.segments} segments (${sum.rows} rows)`
    return { answer: { result: { tables, ...sum } }, text: () => text }
  },
}

const gc: Command<RegistryGcRequest> = {
  async run({ apply, undo, why }, context) {
    const { root } = context
    if ([apply, undo !== undefined, why !== undefined].filter(Boolean).length > 1)
      throw fail('INVALID_CONFIG', { message: 'apply, undo and why exclude each other' })
    if (why !== undefined) {
      const held = await whyKept(root, why)
      const text =
        held.length === 0 ? `${why}: nothing holds it` : [`${why} is held by:`, ...held.map(by => `  ${by}`)].join('\n')
      return { answer: { result: { id: why, why: held } }, text: () => text }
    }
    if (undo !== undefined) {
      const { restored } = undoGc(root, undo, stampOf(context))
      return { answer: { result: { trash: undo, restored } }, text: () => `Restored ${restored} files of ${undo}` }
    }
    if (!apply) {
      const plan = await planGc(root)
      return {
        answer: { result: { applied: false, trash: null, ...plan } },
        text: () => planText(plan, 'would be moved'),
      }
    }
    const done = await applyGc(root, stampOf(context))
    const undoText = done.trash === null ? '' : `\nquantlab registry gc --undo ${done.trash} brings them back`
    return {
      answer: { result: { applied: done.trash !== null, ...done } },
      text: () => `${planText(done, 'moved to the trash')}${undoText}`,
    }
  },
}

const exportVerb: Command<RegistryExportRequest> = {
  run({ out }, { root, cwd }) {
    const result = exportRegistry(root, insideRoot(root, cwd, out))
    const { path, files, bytes, sha256 } = result
    return {
      answer: { result },
      text: () => `Registry exported: ${path} (${files} facts, ${bytes} bytes)\nSHA-256 of its manifest: ${sha256}`,
    }
  },
}

const importVerb: Command<RegistryImportRequest> = {
  run({ path }, { root, cwd }) {
    const result = importRegistry(root, resolvePath(root, cwd, path))
    return { answer: { result }, text: () => `Registry imported: ${result.created} of ${result.files} facts are new` }
  },
}

export const registryCommands = { rebuild, check, compact, gc, export: exportVerb, import: importVerb }

function rebuiltText({ rebuilt, summary }: Rebuilt, registered: number, message: string): string {
  const found = registered === 0 ? [] : [`  Registered: ${registered} published runs that had no fact`]
  if (!rebuilt) return [...found, message].join('\n')
  const { runsets, runs, artifacts, resolutions, membership } = summary
  return [
    'Rebuilding registry from Parquet...',
    ...found,
    `  Loaded: ${runsets} runsets`,
    `  Loaded: ${runs} runs`,
    `  Loaded: ${artifacts} artifacts`,
    `  Loaded: ${resolutions} resolutions`,
    `  Derived: ${membership} membership records`,
    message,
  ].join('\n')
}

function planText({ files, runs, runsets, survivors, bytes }: GcPlan, what: string): string {
  return [
    `${files.length} files (${bytes} bytes) ${what}; ${runs.length} deleted runs, ${runsets.length} deleted RunSets`,
    ...files.slice(0, 20).map(({ path, why }) => `  ${path}: ${why}`),
    ...(files.length > 20 ? [`  ... and ${files.length - 20} more`] : []),
    ...survivors.map(({ id, why }) => `  kept ${id}: ${why.join(', ')}`),
  ].join('\n')
}
