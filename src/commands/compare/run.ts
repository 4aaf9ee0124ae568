/** The side of a comparison that a directory gives: a run of any kind, a sweep, a paper or forward session. */

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RunManifest } from '../../../contracts/types.ts'
import { type JsonObject, type RunFiles, readRun } from '../../artifacts/run-reader.ts'
import { fail } from '../../base/errors.ts'
import { readParquet } from '../../base/parquet.ts'
import type { Curve } from '../../engine/curve-comparison.ts'
import type { RowTable } from '../../engine/row-comparison.ts'
import { readManifest } from '../artifact/faults.ts'
import { runIdIn } from '../artifact/folder.ts'
import { verifyRun } from '../artifact/verify.ts'
import { unitsOf } from '../metric-units.ts'
import { windowIn } from '../registry/run-facts.ts'
import { isSession, kindOf, type Places, placesOf } from './kinds.ts'
import { constantText, rowsOfCsv, rowsOfParquet } from './row-tables.ts'
import type { Part, Side, SideInputs } from './side.ts'

/** The side of the directory at `path`. INTEGRITY_ERROR where a file is not as it was written, DATA_ERROR where one cannot be read. */
export async function sideOfFolder(reference: string, path: string): Promise<Side> {
  const missing: Side['missing'] = []
  const unverified = await verifiedUnless(path)
  if (unverified !== null) missing.push({ part: 'hashes', reason: unverified })
  const files = readRun(path)
  const manifest = await readManifest(path)
  if (manifest === null) missing.push({ part: 'manifest', reason: 'there is no manifest.json' })
  if (files.config === null) missing.push({ part: 'config', reason: 'there is no config.json' })
  if (files.metrics === null) missing.push({ part: 'metrics', reason: 'there is no metrics.json' })
  const kind = kindOf(path, files)
  const places = placesOf(kind, files)
  const facts = { ...objectOf(files.report?.['header']), ...files.metadata }
  const trades = tradesIn(path, places.trades, files.config, missing)
  const periods = objectOf(files.metrics?.['extended'])['periods_per_year']
  return {
    about: {
      ...{ reference, kind, id: textOf(facts['run_id']) ?? runIdIn(path), path },
      createdAt: textOf(facts['created_at']),
      replayOf: textOf(facts['replay_of']),
      resultHash: textOf(facts['result_hash']),
      verified: unverified === null,
    },
    inputs: inputsOf(files, manifest),
    code: {
      gitCommit: facts['git_commit'] === 'unknown' ? null : textOf(facts['git_commit']),
      engineVersion: manifest?.engine_version ?? textOf(facts['engine_version']),
      quantlabVersion: textOf(facts['quantlab_version']),
      nodeVersion: textOf(facts['node_version']),
    },
    metrics: files.metrics === null ? null : figuresOf(files.metrics),
    unitOf: await unitsOf(places.schema),
    trades,
    trials: await trialsIn(path, places.trials, missing),
    equity: await equityIn(path, places.equity, missing),
    periodsPerYear: typeof periods === 'number' ? periods : kind === 'regime' ? 365 : null,
    missing,
  }
}

/** Prove the files, or say why nothing can be proven; what was written with hashes must have them. */
async function verifiedUnless(path: string): Promise<string | null> {
  const report = existsSync(join(path, 'report.json'))
  if (!report && isSession(path)) return 'the session has not ended in order: it has no report.json yet'
  const { metadata, report: read } = readRun(path)
  const hashed = Array.isArray(read?.['artifacts']) && read['artifacts'].some(file => 'sha256' in objectOf(file))
  if (report && hashed) {
    await verifyRun(path)
    return null
  }
  if (typeof metadata?.['result_hash'] !== 'string') return 'it was written before reports listed hashes'
  const message = report ? 'report.json lists no hashes' : 'report.json is missing'
  throw fail(
    'INTEGRITY_ERROR',
    { message: `Run ${runIdIn(path)}: ${message}` },
    { details: [{ pointer: 'report.json', message }], hint: 'Restore the file from a copy, or run the request again.' },
  )
}

function inputsOf({ config, metadata }: RunFiles, manifest: RunManifest | null): SideInputs {
  return {
    datasets: datasetsOf(config, metadata, manifest),
    snapshotHash: manifest?.snapshot_content_hash ?? null,
    window: config === null ? null : (windowIn(config) ?? null),
    seed: manifest?.seed ?? null,
    fingerprint: manifest?.fingerprint ?? textOf(metadata?.['fingerprint']),
    fingerprintV2: manifest?.fingerprint_v2 ?? null,
    hashes: {
      strategy: manifest?.strategy_hash ?? null,
      executionModel: manifest?.execution_model_hash ?? null,
      costModel: manifest?.cost_model_hash ?? null,
      riskModel: manifest?.risk_model_hash ?? null,
      runConfig: manifest?.run_config_hash ?? null,
    },
    config,
  }
}

/** Data sets as the configuration names them, else as the record of the run does. */
function datasetsOf(
  config: JsonObject | null,
  metadata: JsonObject | null,
  manifest: RunManifest | null,
): SideInputs['datasets'] {
  const recorded = objectOf(metadata?.['dataset'])
  const listed = Array.isArray(config?.['data']) ? config['data'].map(objectOf) : []
  const named = [
    ...listed.map(({ dataset_id, content_hash }) => [dataset_id, content_hash]),
    [config?.['alerts_dataset_id'], config?.['alerts_content_hash']],
    [config?.['dataset_id'] ?? recorded['dataset_id'], config?.['dataset_content_hash'] ?? recorded['content_hash']],
  ].filter((entry): entry is [string, unknown] => typeof entry[0] === 'string')
  const found = named.length > 0 ? named : (manifest?.snapshot_id.split(' ') ?? []).map(id => [id, null] as const)
  const distinct = new Map(found.map(([datasetId, hash]) => [datasetId, textOf(hash)]))
  return [...distinct].map(([datasetId, contentHash]) => ({ datasetId, contentHash }))
}

/** All of metrics.json but what it is called and why a figure is undefined. */
function figuresOf(metrics: JsonObject): object {
  const { mode: _, command: __, status: ___, extended, ...figures } = metrics
  if (extended === undefined) return figures
  const { undefined_reasons: ____, ...defined } = objectOf(extended)
  return { ...figures, extended: defined }
}

function tradesIn(
  path: string,
  place: Places['trades'],
  config: JsonObject | null,
  missing: Side['missing'],
): Part<RowTable> {
  if (typeof place !== 'string') return place
  const file = fileIn(path, place, 'trades', missing)
  if (file === null) return { reason: `there is no ${place}` }
  const table = rowsOfCsv(file)
  const ticker = config?.['ticker']
  // Fills of one instrument do not repeat its name; those of two must not match.
  if (typeof ticker !== 'string' || table.columns.has('symbol')) return { file: place, value: table }
  const columns = new Map(table.columns).set('symbol', constantText(ticker, table.rows))
  return { file: place, value: { ...table, columns } }
}

async function trialsIn(path: string, place: Places['trials'], missing: Side['missing']): Promise<Part<RowTable>> {
  if (typeof place !== 'string') return place
  const file = fileIn(path, place, 'trials', missing)
  return file === null ? { reason: `there is no ${place}` } : { file: place, value: await rowsOfParquet(file) }
}

async function equityIn(path: string, place: Places['equity'], missing: Side['missing']): Promise<Part<Curve>> {
  if ('reason' in place) return place
  const [name, time, value] = place
  const file = fileIn(path, name, 'equity', missing)
  if (file === null) return { reason: `there is no ${name}` }
  const { columns } = name.endsWith('.parquet') ? await readParquet(file, [time, value]) : valuesOf(rowsOfCsv(file))
  const [ts, equity] = [columns[time], columns[value]]
  if (!(ts instanceof Float64Array) || !(equity instanceof Float64Array))
    throw fail('DATA_ERROR', { message: `${file} has no columns ${time} and ${value} of times and numbers` })
  const odd = ts.findIndex(
    (at, row) => !(at > (ts[row - 1] ?? Number.NEGATIVE_INFINITY)) || !Number.isFinite(equity[row]),
  )
  if (odd >= 0)
    throw fail('DATA_ERROR', { message: `${file}, row ${odd + 1}: times must ascend, and each must have its equity` })
  return { file: name, value: { ts, equity } }
}

function valuesOf({ columns }: RowTable): { columns: Record<string, unknown> } {
  return {
    columns: Object.fromEntries(
      [...columns].map(([name, column]) => [name, column.kind === 'text' ? null : column.values]),
    ),
  }
}

/** The path of a file of the run; null where it is not there, which is told. */
function fileIn(path: string, name: string, part: string, missing: Side['missing']): string | null {
  const file = join(path, name)
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file
  missing.push({ part, reason: `there is no ${name}` })
  return null
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
