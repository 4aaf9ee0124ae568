/** The data of an experiment: from ids of data sets or of their artifacts to alerts and bars, each with the hash of its content. */

import type { ExperimentInput, ExperimentInputs } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { nearest } from '../../base/near.ts'
import { findManifest, type Manifest } from '../../lake/manifest.ts'
import { openCatalog } from '../../registry/open-catalog.ts'
import type { TakenRunSet } from './runsets.ts'

/** Kinds of data sets that hold bars. */
const BARS = ['ohlcv', 'candles']

/** Inputs that were found, and what the caller should hear of them. */
export interface FoundInputs {
  inputs: ExperimentInputs
  warnings: string[]
}

/** Data sets of alerts and of bars named by a request; NOT_FOUND, DATA_ERROR with every id that is none. */
export async function namedInputs(
  root: string,
  alerts: readonly string[],
  ohlcv: readonly string[],
): Promise<FoundInputs> {
  const details: ErrorDetail[] = []
  const warnings: string[] = []
  const read = async (ids: readonly string[], key: 'alerts' | 'ohlcv') => {
    const found = new Map<string, ExperimentInput>()
    for (const [k, id] of ids.entries()) {
      const pointer = `/params/${key}/${k}`
      const manifest = await manifestOf(root, id)
      if (typeof manifest === 'string') details.push({ pointer, message: manifest })
      else if (kindOf(manifest) !== key)
        details.push({ pointer, message: `${manifest.dataset_id} is of kind ${manifest.kind}, not ${key}` })
      else found.set(manifest.dataset_id, inputOf(manifest, warnings))
    }
    return sorted(found)
  }
  const inputs = { alerts: await read(alerts, 'alerts'), ohlcv: await read(ohlcv, 'ohlcv') }
  if (details.length > 0) throw refused(details)
  return { inputs, warnings }
}

/** Data sets of the members of RunSets; DATA_ERROR for a RunSet whose members name none of alerts or bars that the lake knows. */
export async function memberInputs(root: string, taken: readonly TakenRunSet[]): Promise<FoundInputs> {
  const warnings: string[] = []
  const found = { alerts: new Map<string, ExperimentInput>(), ohlcv: new Map<string, ExperimentInput>() }
  for (const { runset, datasetIds } of taken) {
    let known = 0
    for (const id of datasetIds) {
      const manifest = findManifest(root, id)
      const kind = manifest === null ? undefined : kindOf(manifest)
      if (manifest === null || kind === undefined) {
        const why = manifest === null ? 'is not in the lake' : `is of kind ${manifest.kind}`
        warnings.push(`Data set ${id} of RunSet ${runset.runsetId} ${why}: it is no input.`)
        continue
      }
      known++
      if (!found[kind].has(id)) found[kind].set(id, inputOf(manifest, warnings))
    }
    if (known === 0) throw noInputs(runset.runsetId)
  }
  return { inputs: { alerts: sorted(found.alerts), ohlcv: sorted(found.ohlcv) }, warnings: [...new Set(warnings)] }
}

function noInputs(runsetId: string): Error {
  const message = `RunSet ${runsetId} resolves to no alert/OHLCV input artifacts`
  const hint = '`quantlab runset resolve` shows its members, `quantlab dataset list` the data there is.'
  return fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/runset', message }], hint })
}

/** The manifest of a data set, named by its id or by an artifact of it; text that says what is wrong. */
async function manifestOf(root: string, id: string): Promise<Manifest | string> {
  const own = findManifest(root, id)
  if (own !== null) return own
  const { datasets, artifactsOfDatasets } = await openCatalog(root)
  const ids = datasets.map(({ dataset_id }) => dataset_id)
  const artifact = /^[0-9a-f]{64}$/.test(id)
    ? (await artifactsOfDatasets(ids)).find(row => row.artifact_id === id)
    : undefined
  if (artifact?.dataset_id) {
    return (
      findManifest(root, artifact.dataset_id) ?? `data set ${artifact.dataset_id} of artifact ${id} is not in the lake`
    )
  }
  const near = nearest(id, ids)
  return `there is no data set or input artifact ${id}${near === undefined ? '' : `; did you mean ${near}?`}`
}

function kindOf({ kind }: Manifest): 'alerts' | 'ohlcv' | undefined {
  if (kind === 'alerts') return 'alerts'
  return BARS.includes(kind) ? 'ohlcv' : undefined
}

function inputOf({ dataset_id, content_hash, materialised }: Manifest, warnings: string[]): ExperimentInput {
  if (!materialised) warnings.push(`Data set ${dataset_id} is declared without data: it cannot be executed on.`)
  return { datasetId: dataset_id, contentHash: content_hash }
}

function sorted(inputs: ReadonlyMap<string, ExperimentInput>): ExperimentInput[] {
  return [...inputs.values()].sort((a, b) => (a.datasetId < b.datasetId ? -1 : 1))
}

function refused(details: ErrorDetail[]): Error {
  const absent = details.every(({ message }) => message.startsWith('there is no '))
  const hint = '`quantlab dataset list` shows the data sets, `quantlab runset lineage <id>` what belongs to one.'
  return fail(absent ? 'NOT_FOUND' : 'DATA_ERROR', { message: details[0].message }, { details, hint })
}
