/** Inputs, code and figures of two sides, field by field. Pure. */

import type {
  ComparedCode,
  ComparedConfig,
  ComparedInputs,
  ComparedMetric,
  ComparedMetrics,
  ComparedText,
} from '../../../contracts/types.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { parseInstant } from '../../market/calendar.ts'
import { leavesOf } from '../../registry/difference.ts'
import { codeRelation } from '../replay/verdict.ts'
import { HASHED_INPUTS, type HashedInput, type Side, type SideCode, type SideInputs } from './side.ts'

/** What went in; the fields of configurations only where both have the same form. */
export function comparedInputs(a: SideInputs, b: SideInputs, alike: boolean): ComparedInputs {
  const config = alike ? comparedConfig(a.config, b.config) : comparedConfig(null, null)
  const fingerprint = pairOf(a.fingerprint, b.fingerprint)
  const fingerprintV2 = pairOf(a.fingerprintV2, b.fingerprintV2)
  // Beside a fingerprint, a hash that is not there means that there is no such input.
  const known = a.fingerprint !== null && b.fingerprint !== null
  const hashOf = (name: HashedInput): ComparedText =>
    known
      ? { a: a.hashes[name], b: b.hashes[name], same: a.hashes[name] === b.hashes[name] }
      : pairOf(a.hashes[name], b.hashes[name])
  const hashes = Object.fromEntries(HASHED_INPUTS.map(name => [name, hashOf(name)]))
  return {
    same: sameInputs(fingerprint, fingerprintV2, alike && a.config !== null && b.config !== null ? config : null),
    datasets: { a: a.datasets, b: b.datasets, same: sameDatasets(a, b) },
    snapshotHash: pairOf(a.snapshotHash, b.snapshotHash),
    window: { a: a.window, b: b.window, same: sameWindow(a.window, b.window) },
    seed: { a: a.seed, b: b.seed, same: a.seed === b.seed },
    fingerprint,
    fingerprintV2,
    hashes: hashes as unknown as ComparedInputs['hashes'],
    config,
  }
}

/** What computed it. */
export function comparedCode(a: SideCode, b: SideCode): ComparedCode {
  return {
    relation: codeRelation(a.gitCommit ?? 'unknown', b.gitCommit ?? 'unknown'),
    gitCommit: pairOf(a.gitCommit, b.gitCommit),
    engineVersion: pairOf(a.engineVersion, b.engineVersion),
    quantlabVersion: pairOf(a.quantlabVersion, b.quantlabVersion),
    nodeVersion: pairOf(a.nodeVersion, b.nodeVersion),
  }
}

/** Every figure of both sides; `otherwise` says why those that both have cannot be compared. */
export function comparedMetrics(a: Side, b: Side, otherwise: string | null): ComparedMetrics {
  const reason = noMetrics(a, b) ?? otherwise
  const [left, right] = [figuresIn(a.metrics), figuresIn(b.metrics)]
  const names = reason === null ? [...new Set([...left.keys(), ...right.keys()])] : []
  const rows = names.map((metric): ComparedMetric => {
    const [inA, inB] = [left.has(metric), right.has(metric)]
    const [x, y] = [left.get(metric) ?? null, right.get(metric) ?? null]
    const unit = a.unitOf(metric) ?? b.unitOf(metric)
    const present = inA && inB ? 'both' : inA ? 'a' : 'b'
    return { metric, a: x, b: y, present, same: present === 'both' && isSame(x, y), ...distance(x, y, unit), unit }
  })
  const count = (wanted: (row: ComparedMetric) => boolean) => rows.filter(wanted).length
  return {
    comparable: reason === null,
    reason,
    same: count(row => row.same),
    different: count(row => row.present === 'both' && !row.same),
    onlyA: count(row => row.present === 'a'),
    onlyB: count(row => row.present === 'b'),
    rows,
  }
}

function noMetrics(a: Side, b: Side): string | null {
  const without = [a.metrics === null ? 'A' : [], b.metrics === null ? 'B' : []].flat()
  return without.length === 0 ? null : `${without.join(' and ')} has no metrics.json`
}

/** Units whose zero means nothing: twice a seed or an instant is no statement. */
const NO_RATIO = new Set(['seed', 'epoch_ms'])

function distance(a: unknown, b: unknown, unit: string | null): Pick<ComparedMetric, 'difference' | 'ratio'> {
  if (typeof a !== 'number' || typeof b !== 'number') return { difference: null, ratio: null }
  const meant = a * b > 0 && !NO_RATIO.has(unit ?? '')
  return { difference: b - a, ratio: meant && Number.isFinite(b / a) ? b / a : null }
}

/** Leaves of a metrics document by dotted place; a list of plain values is one. */
function figuresIn(value: unknown, place = '', out = new Map<string, unknown>()): Map<string, unknown> {
  const list = Array.isArray(value)
  const nested = list ? value.some(item => typeof item === 'object' && item !== null) : isObject(value)
  if (nested) {
    for (const [key, item] of Object.entries(value as object))
      figuresIn(item, place === '' ? key : `${place}.${key}`, out)
  } else if (place !== '') out.set(place, list ? canonicalJson(value) : value)
  return out
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function comparedConfig(a: object | null, b: object | null): ComparedConfig {
  const [left, right] = [leavesOf(a ?? {}), leavesOf(b ?? {})]
  const names = [...new Set([...left.keys(), ...right.keys()])].filter(name => name !== '').sort()
  const fields = names.map(field => {
    const [x, y] = [left.get(field), right.get(field)]
    return {
      field,
      ...(x === undefined ? {} : { a: JSON.parse(x) as unknown }),
      ...(y === undefined ? {} : { b: JSON.parse(y) as unknown }),
      same: x === y,
    }
  })
  const same = fields.filter(field => field.same).length
  return { same, different: fields.length - same, fields }
}

function sameInputs(
  fingerprint: ComparedText,
  fingerprintV2: ComparedText,
  config: ComparedConfig | null,
): boolean | null {
  if (fingerprintV2.same !== null) return fingerprintV2.same
  if (fingerprint.same === false) return false
  if (config !== null && config.different > 0) return false
  return fingerprint.same !== null && config !== null ? true : null
}

function sameDatasets(a: SideInputs, b: SideInputs): boolean {
  const ids = (side: SideInputs) => side.datasets.map(({ datasetId }) => datasetId).sort()
  if (!isSame(ids(a), ids(b))) return false
  const known = new Map(a.datasets.map(({ datasetId, contentHash }) => [datasetId, contentHash]))
  return b.datasets.every(({ datasetId, contentHash }) => {
    const other = known.get(datasetId) ?? null
    return contentHash === null || other === null || contentHash === other
  })
}

/** The same two instants, however they are written. */
function sameWindow(a: SideInputs['window'], b: SideInputs['window']): boolean {
  const instants = (window: SideInputs['window']) =>
    window === null ? null : [window.from, window.to].map(text => parseInstant(text) ?? text)
  return isSame(instants(a), instants(b))
}

function pairOf(a: string | null, b: string | null): ComparedText {
  return { a, b, same: a === null || b === null ? null : a === b }
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b)
}
