/** `runset`, looking at what is there and carrying it elsewhere: history, status, diff, verify, explain, lineage, cite, alias, export, import. */

import type {
  RunsetAliasRequest,
  RunsetCiteRequest,
  RunsetDiffRequest,
  RunsetExplainRequest,
  RunsetExportRequest,
  RunsetHistoryRequest,
  RunsetImportRequest,
  RunsetLineageRequest,
  RunsetStatusRequest,
  RunsetVerifyRequest,
} from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { tableOf } from '../../base/table.ts'
import { aliasHistory, findAlias, listAliases, removeAlias } from '../../registry/alias.ts'
import { exportRunSet } from '../../registry/bundle.ts'
import { importBundle } from '../../registry/import-bundle.ts'
import { citeRunSet, diffRunSets, explainMembership, type Verified, verifyRunSet } from '../../registry/inspect.ts'
import { lineageOf } from '../../registry/lineage.ts'
import { dotOf, mermaidOf } from '../../registry/lineage-graph.ts'
import { findReference } from '../../registry/reference.ts'
import { runsetHistory, setAlias } from '../../registry/runsets.ts'
import { runsetStatus } from '../../registry/status.ts'
import type { Command } from '../command.ts'
import { stampOf } from '../registry/registration.ts'
import { metricsDifference, metricsText } from './metrics.ts'
import { diffText, explainText, historyText, statusText } from './text.ts'

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
  async run(request, context) {
    const { a, b, now, exit_code, metrics: wanted } = request
    if (now && b !== undefined) throw fail('INVALID_CONFIG', { message: 'b and now exclude each other' })
    const found = await diffRunSets(context.root, a, b, stampOf(context))
    const same = found.same && found.spec.length === 0
    const metrics = wanted === undefined ? null : await metricsDifference({ ...request, metrics: wanted }, context)
    return {
      answer: { result: { ...found, same, ...(metrics === null ? {} : { metrics }) } },
      text: () => [diffText(found), ...(metrics === null ? [] : ['Metrics:', metricsText(metrics)])].join('\n'),
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

export const runsetInspection = {
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
