/** `artifact compare`: two runs, sessions, sweeps or experiments side by side, as JSON, Markdown or a page. */

import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ArtifactCompareRequest, ArtifactCompareResult, Comparison } from '../../../contracts/types.ts'
import { comparisonMarkdown } from '../../artifacts/comparison-markdown.ts'
import { isAttempt, newestAttempt } from '../../artifacts/experiment-attempt.ts'
import { readDocument, readExported } from '../../artifacts/export.ts'
import { isModelDir } from '../../artifacts/model-run.ts'
import { sha256Hex } from '../../base/canonical.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { resolvePath } from '../../base/paths.ts'
import { tableOf } from '../../base/table.ts'
import { mustFindExperiment } from '../../registry/experiment-facts.ts'
import { documentOf } from '../artifact/document.ts'
import { findFolder, runIdIn } from '../artifact/folder.ts'
import type { Command, Context } from '../command.ts'
import { outPath, writeOut } from '../lab/setting.ts'
import { noSuchRuns } from '../locate-run.ts'
import { comparisonOf } from './comparison.ts'
import { sideOfExperiment } from './experiment.ts'
import { sideOfFolder } from './run.ts'
import { type Side, sideOfDocument } from './side.ts'

type Format = 'md' | 'html' | 'json'

export const artifactCompare: Command<ArtifactCompareRequest> = {
  async run(request, context) {
    const out = request.out === undefined ? null : outPath(request.out, ['.md', '.html', '.json'], context)
    const format = formatOf(request, out)
    const named = []
    for (const side of ['a', 'b'] as const) {
      named.push(await sideOf(request[side], `/params/${side}`, context))
      // Large sides take a while: a signal gets through between them.
      await setImmediate()
      if (context.abort.aborted) throw fail('ABORTED', {})
    }
    const [a, b] = await alike(named[0], named[1])
    const comparison = comparisonOf(a, b)
    const body = format === null ? null : await bodyOf(format, comparison, a, b)
    if (out !== null && body !== null) writeOut(out, body)
    const result: ArtifactCompareResult = {
      comparison,
      format,
      body: out === null && format !== 'json' ? body : null,
      bodyHash: body === null ? null : sha256Hex(body),
      out,
    }
    const warnings = comparison.missing.map(
      ({ side, part, reason }) => `${side.toUpperCase()} lacks ${part}: ${reason}.`,
    )
    const text = () =>
      out === null ? (body ?? comparisonMarkdown(comparison)) : `${comparison.verdict.text}\nSaved: ${out}`
    const columns = ['metric', 'a', 'b', 'difference', 'ratio', 'unit']
    return {
      answer: { result },
      warnings,
      text,
      table: () => tableOf(columns, comparison.metrics.rows as never),
      exitCode: request.exit_code && comparison.verdict.same !== true ? 9 : 0,
    }
  },
}

/** What a request names: an exported document by its path, a directory by id or path, else the exported document of a run that is gone. */
async function sideOf(name: string, pointer: string, context: Context): Promise<Side> {
  const path = resolvePath(context.root, context.cwd, name)
  if (name.endsWith('.json') && statSync(path, { throwIfNoEntry: false })?.isFile()) {
    const document = await readDocument(path)
    if (document !== null) return sideOfDocument(name, path, document)
  }
  const folder = findFolder(name, context)
  if (folder !== null && isAttempt(folder)) return sideOfAttempt(name, folder, context)
  if (folder !== null && isModelDir(folder)) throw modelRun(name)
  if (folder !== null) return sideOfFolder(name, folder)
  if (name.startsWith('exp-')) return sideOfExperiment(await mustFindExperiment(context.root, name), context.root)
  const exported = await readExported(context.root, name)
  if (exported !== null) return sideOfDocument(name, null, exported)
  throw noSuchRuns([{ name, pointer }], context)
}

/** The newest attempt of an experiment stands for it; an older one is told from it by `experiment get` alone. */
async function sideOfAttempt(name: string, folder: string, { root }: Context): Promise<Side> {
  const id = runIdIn(folder)
  if (newestAttempt(root, id) !== folder) {
    const message = `${name} is no attempt that is compared: that is the newest of an experiment below this root`
    throw fail('CONFLICT', { message }, { hint: `Name the experiment: ${id}.` })
  }
  return sideOfExperiment(await mustFindExperiment(root, id), root)
}

function modelRun(name: string): Error {
  const message = `${name} is a model run, which is not compared`
  const hint = 'Compare the runs on their test splits: `model get` names them.'
  return fail('CONFLICT', { message }, { hint })
}

/** A plain run beside an exported one is compared in the same form; what has no document stays as it is. */
async function alike(a: Side, b: Side): Promise<[Side, Side]> {
  if (a.about.kind === 'document' && b.about.kind === 'run') return [a, await asDocument(b)]
  if (a.about.kind === 'run' && b.about.kind === 'document') return [await asDocument(a), b]
  return [a, b]
}

async function asDocument(side: Side): Promise<Side> {
  const { path, reference } = side.about
  try {
    return await sideOfDocument(reference, path, await documentOf(path as string))
  } catch (error) {
    if (error instanceof GatewayError && error.class === 'CONFLICT') return side
    throw error
  }
}

async function bodyOf(format: Format, comparison: Comparison, a: Side, b: Side): Promise<string> {
  if (format === 'json') return `${JSON.stringify(comparison, null, 2)}\n`
  if (format === 'md') return comparisonMarkdown(comparison)
  const { comparisonPage } = await import('../../artifacts/comparison-page.ts')
  const curveOf = ({ equity }: Side) => ('value' in equity ? equity.value : null)
  return comparisonPage(comparison, curveOf(a), curveOf(b))
}

function formatOf({ format }: ArtifactCompareRequest, out: string | null): Format | null {
  const named = out === null ? undefined : (out.slice(out.lastIndexOf('.') + 1).toLowerCase() as Format)
  if (format !== undefined && named !== undefined && named !== format) {
    const message = `${format} is asked for, but ${out} would hold ${named}`
    const details = [{ pointer: '/params/out', message, expected: `.${format}` }]
    throw fail('INVALID_CONFIG', { message }, { details })
  }
  return format ?? named ?? null
}
