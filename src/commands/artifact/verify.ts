/** Verify a run directory: the bytes of its files, then the hashes that follow from what they say. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ArtifactFile, RunMetrics } from '../../../contracts/types.ts'
import { isAttempt } from '../../artifacts/experiment-attempt.ts'
import { unfinishedUpdate } from '../../artifacts/forward-update.ts'
import { manifestFaults } from '../../artifacts/manifest.ts'
import { isModelDir } from '../../artifacts/model-run.ts'
import { resultHash } from '../../artifacts/report.ts'
import { type JsonObject, readRun } from '../../artifacts/run-reader.ts'
import { canonicalJson, float64Bytes, hashOf } from '../../base/canonical.ts'
import { parseCsv, parseNumber } from '../../base/csv.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import { readParquet } from '../../base/parquet.ts'
import { rowsOfCsv } from '../compare/row-tables.ts'
import { verifyAttempt } from '../experiment/verify-attempt.ts'
import { type EquityColumns, equityBytes } from '../run/figures.ts'
import { fileFaults, jsonOf, readManifest, refuseFaults, type VerifiedRun } from './faults.ts'
import { runIdIn } from './folder.ts'

/** Mode → the file with the equity columns that result_hash covers. */
const EQUITY_FILES: Record<string, string | undefined> = {
  run: 'equity.parquet',
  paper: 'equity.csv',
  majors_alts: 'bt_daily_pnl.csv',
}

const EQUITY_COLUMNS = ['ts', 'close', 'position', 'net_return', 'equity', 'drawdown'] as const

/**
 * Compare every listed file with its hash, then compare what report.json retells of them, and recompute config_hash, the
 * fingerprints of manifest.json and, for a run of either kind or a paper session, result_hash. INTEGRITY_ERROR naming each file or hash that differs.
 * A model run and an attempt of an experiment have checks of their own.
 */
export async function verifyRun(path: string): Promise<VerifiedRun> {
  if (isModelDir(path)) return (await import('../model/verify.ts')).verifyModel(path)
  if (isAttempt(path)) return verifyAttempt(path)
  refuseUnfinished(path)
  const listed = listedFiles(path)
  refuseFaults(path, fileFaults(path, listed))
  const { metadata, config, metrics, report } = readRun(path)
  const checks = ['files']
  const details: ErrorDetail[] = []
  const compare = (file: string, field: string, found: unknown, expected: string) => {
    if (found !== expected) details.push({ pointer: `${file}#/${field}`, message: `is ${String(found)}`, expected })
  }
  const header = (report?.['header'] ?? {}) as JsonObject
  if (config !== null && typeof metadata?.['config_hash'] === 'string') {
    checks.push('config_hash')
    compare('metadata.json', 'config_hash', metadata['config_hash'], hashOf(config))
    compare('report.json', 'header/config_hash', header['config_hash'], hashOf(config))
  }
  const told = report === null ? [] : retold(report, { metadata, config, metrics })
  if (told.length > 0) checks.push('report')
  for (const { field, found, expected } of told) compare('report.json', field, found, expected)
  const manifest = await readManifest(path)
  if (manifest !== null && config !== null) {
    checks.push('fingerprint')
    for (const { field, found, expected } of manifestFaults(manifest, config))
      compare('manifest.json', field, found, expected)
    compare('report.json', 'fingerprint', report?.['fingerprint'], manifest.fingerprint)
  }
  if (listed.some(file => EQUITY_FILES[String(metadata?.['mode'])] === file.file_name)) {
    checks.push('result_hash')
    const hash = await storedResultHash(path, String(metadata?.['mode']))
    compare('metadata.json', 'result_hash', metadata?.['result_hash'], hash)
    compare('report.json', 'result_hash', report?.['result_hash'], hash)
    if (manifest !== null) compare('manifest.json', 'result_hash', manifest.result_hash, hash)
  }
  refuseFaults(path, details)
  return { files: listed.length, checks }
}

/**
 * What report.json, whose own bytes no hash covers, repeats from files that are covered: as canonical JSON, the value it has
 * and the value of the file.
 */
function retold(
  report: JsonObject,
  { metadata, config, metrics }: Record<'metadata' | 'config' | 'metrics', JsonObject | null>,
): { field: string; found: string; expected: string }[] {
  const contract = (report['machine_contract'] ?? {}) as JsonObject
  const header = (report['header'] ?? {}) as JsonObject
  const best = metadata?.['mode'] === 'run' ? metrics?.['best_result'] : undefined
  const pairs: [string, unknown, unknown][] = [
    ['summary', report['summary'], metrics?.['summary']],
    ['machine_contract/summary', contract['summary'], metrics?.['summary']],
    ['machine_contract/run_id', contract['run_id'], metadata?.['run_id']],
    ['header/run_id', header['run_id'], metadata?.['run_id']],
    ['config_resolved', report['config_resolved'], config ?? undefined],
    ['results/0', (report['results'] as unknown[] | undefined)?.[0], best],
  ]
  return pairs
    .filter(([, , expected]) => expected !== undefined)
    .map(([field, found, expected]) => ({
      field,
      found: canonicalJson(found ?? null),
      expected: canonicalJson(expected),
    }))
}

/** The equity columns of a run: equity.parquet, for a paper session equity.csv. */
export async function storedEquity(path: string): Promise<EquityColumns> {
  const csv = join(path, 'equity.csv')
  if (!existsSync(join(path, 'equity.parquet')) && existsSync(csv)) return equityOfCsv(csv)
  const { columns } = await readParquet(join(path, 'equity.parquet'), EQUITY_COLUMNS)
  return Object.fromEntries(EQUITY_COLUMNS.map(name => [name, columns[name]])) as EquityColumns
}

/** equity.csv holds the shortest texts that read back to the same numbers; the drawdown follows from the equity. */
function equityOfCsv(path: string): EquityColumns {
  const { rows, columns } = rowsOfCsv(path)
  const column = (title: string): Float64Array => {
    const found = columns.get(title)
    return found === undefined || found.kind === 'text' ? new Float64Array(rows).fill(Number.NaN) : found.values
  }
  const ts = column('timestamp')
  const equity = column('equity')
  let peak = equity[0]
  const drawdown = equity.map(value => {
    peak = Math.max(peak, value)
    return value / peak - 1
  })
  return {
    ts,
    close: column('close'),
    position: column('position'),
    net_return: column('net_return'),
    equity,
    drawdown,
  }
}

async function storedResultHash(path: string, mode: string): Promise<string> {
  const { summary, best_result } = readRun(path).metrics as unknown as RunMetrics
  if (mode === 'majors_alts') {
    const trades_csv = readTextIfPresent(join(path, 'bt_daily_pnl.csv')) ?? ''
    const equity = Buffer.concat(returnsOf(trades_csv, path).map(float64Bytes))
    return resultHash({ summary, best_result, trades_csv, equity })
  }
  const trades_csv = readTextIfPresent(join(path, 'trades.csv')) ?? ''
  return resultHash({ summary, best_result, trades_csv, equity: equityBytes(await storedEquity(path)) })
}

/** Net return and equity of each day of a regime backtest, in the shortest texts that read back to the same numbers. */
function returnsOf(text: string, path: string): Float64Array[] {
  const { header, rows } = parseCsv(text, join(path, 'bt_daily_pnl.csv'))
  return ['r_ls_net', 'equity_curve'].map(name => {
    const at = header.indexOf(name)
    return Float64Array.from(rows, cells => parseNumber(cells[at] ?? '') ?? Number.NaN)
  })
}

/** A forward session between two of its states: the files are of both, and each is what it was or is to be. */
function refuseUnfinished(path: string): void {
  const update = unfinishedUpdate(path)
  if (update === null) return
  const id = runIdIn(path)
  if (update.running) {
    const hint = 'Ask again when it is done.'
    throw fail('STORAGE_ERROR', { message: `Forward session ${id} is being brought up to date` }, { hint })
  }
  const details = update.left.map(pointer => ({ pointer, message: 'is still of the state before the update' }))
  const counts = `${update.done.length} of ${update.done.length + update.left.length} files are new`
  const message = `An update of forward session ${id} was cut off: ${counts}, and nothing is lost`
  const hint = `quantlab forward --resume-forward ${id} completes it.`
  throw fail('INTEGRITY_ERROR', { message }, { details, hint })
}

/** A paper session is there from its start; until it ends in order there is nothing to hold it to. CONFLICT. */
function refuseUnended(path: string): void {
  const status = jsonOf(readTextIfPresent(join(path, 'session_status.json')) ?? 'null') as JsonObject | null | undefined
  if (status === null || status === undefined) return
  const said = [status['status'], status['status_reason']].map(String).join(', ')
  throw fail(
    'CONFLICT',
    { message: `Paper session ${runIdIn(path)} has no report to be verified by: it is ${said}` },
    { hint: 'A live session that was stopped goes on with `paper --resume`.' },
  )
}

function listedFiles(path: string): ArtifactFile[] {
  const text = readTextIfPresent(join(path, 'report.json'))
  if (text === null) refuseUnended(path)
  const report = jsonOf(text ?? '{}') as { artifacts?: ArtifactFile[] } | undefined
  if (report === undefined) throw fail('INTEGRITY_ERROR', { message: `${join(path, 'report.json')} is not JSON.` })
  const files = Array.isArray(report.artifacts) ? report.artifacts : []
  if (files.length === 0 || files.some(file => typeof file?.sha256 !== 'string')) {
    throw fail(
      'INTEGRITY_ERROR',
      { message: `${path} lists no hashes: it cannot be verified.` },
      { hint: 'Runs of the earlier layout carry none.' },
    )
  }
  return files
}
