/** Kinds of directories that are compared: how one is told, and in which files its parts are. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ComparedSide } from '../../../contracts/types.ts'
import type { RunFiles } from '../../artifacts/run-reader.ts'
import { isAlertRun } from '../alerts/alert-run.ts'

/** Where the parts of a kind are: a file, or why there is none. */
export interface Places {
  /** Schema of metrics.json, which knows the units. */
  schema: string
  trades: string | { reason: string }
  equity: readonly [file: string, time: string, value: string] | { reason: string }
  trials: string | { reason: string }
}

export type FolderKind = Exclude<ComparedSide['kind'], 'document' | 'experiment'>

/** What a directory holds, by its mode and configuration. */
export function kindOf(path: string, { config, metadata, report }: RunFiles): FolderKind {
  const header = report?.['header'] as { mode?: unknown } | undefined
  const mode = metadata?.['mode'] ?? header?.mode
  if (mode === 'paper' || isSession(path)) return 'paper'
  if (mode === 'forward') return 'forward'
  if (mode === 'majors_alts') return 'regime'
  if (mode === 'majors_alts_sweep') return 'regime_sweep'
  if (mode === undefined || mode === 'run') return isAlertRun({ config }) ? 'alerts' : 'run'
  return 'sweep'
}

/** A paper session has its status from the start, whatever else it has. */
export function isSession(path: string): boolean {
  return existsSync(join(path, 'session_status.json'))
}

/** Where the parts of a directory of this kind are. */
export function placesOf(kind: FolderKind, { metadata }: RunFiles): Places {
  const places = PLACES[kind]
  return kind === 'sweep' && metadata?.['mode'] !== 'walkforward' ? { ...places, equity: NO_CURVE } : places
}

const NO_TRIALS = { reason: 'only a sweep or an experiment has trials' }
const RUN: Places = {
  schema: 'artifacts/metrics',
  trades: 'trades.csv',
  equity: ['equity.parquet', 'ts', 'equity'],
  trials: NO_TRIALS,
}

const PLACES: Record<FolderKind, Places> = {
  run: RUN,
  alerts: { ...RUN, schema: 'artifacts/alert-metrics' },
  paper: { ...RUN, schema: 'artifacts/paper-metrics', equity: ['equity.csv', 'timestamp', 'equity'] },
  forward: {
    schema: 'artifacts/forward-metrics',
    trades: 'forward_trades.csv',
    equity: ['forward_equity_curve.csv', 'timestamp', 'equity'],
    trials: NO_TRIALS,
  },
  sweep: {
    schema: 'artifacts/sweep-metrics',
    trades: { reason: 'a sweep keeps no fills; replay a trial of it to have them' },
    equity: ['oos_equity_stitched.csv', 'timestamp', 'equity'],
    trials: 'trials.parquet',
  },
  regime: {
    schema: 'artifacts/regime-metrics',
    trades: { reason: 'the regime monitor holds a book of weights and has no fills (weights.parquet)' },
    equity: ['bt_equity_curve.csv', 'date', 'equity_curve'],
    trials: NO_TRIALS,
  },
  regime_sweep: {
    schema: 'artifacts/sweep-metrics',
    trades: { reason: 'a sweep over the regime monitor keeps no fills' },
    equity: { reason: 'a sweep over the regime monitor has no curve; each of its runs has one (members.csv)' },
    trials: { reason: 'the trials of a sweep over the regime monitor are runs of their own (members.csv)' },
  },
}

const NO_CURVE = { reason: 'only a walk-forward sweep has a curve; replay a trial of this one to have its' }
