/** The candidate of a forward session: the best row of a run or sweep, with its strategy, costs, interval and parameters carried whole. */

import type { ForwardCandidate, StrategyName } from '../../../contracts/types.ts'
import { bestCandidate, type ForwardSource } from '../../artifacts/forward-source.ts'
import { fail } from '../../base/errors.ts'
import { loadSchemas, schemaOf } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { parseInstant, parseInterval } from '../../market/calendar.ts'
import { DEFAULT_STRATEGY } from '../../strategies/index.ts'
import { chooseStrategy, type StrategyChoice } from '../strategy-choice.ts'

type Row = Record<string, unknown>

/** A candidate and its strategy, ready to run. */
export interface ChosenCandidate {
  candidate: ForwardCandidate
  choice: StrategyChoice
}

/** What a session starts with where neither request nor source name a sum. */
const DEFAULT_CASH = 10_000

/** Headline figures and names: they are no parameters, as published. */
const NOT_PARAMS = new Set([
  ...['sharpe_simple', 'total_return', 'win_rate', 'profit_factor', 'expectancy', 'max_drawdown', 'n_trades'],
  ...['split', 'rank', 'train_sharpe', 'oos_sharpe', 'config_hash', 'run_id'],
])

/**
 * The candidate of the run directory `dir` by `metric`. `ticker` is used where the source names none. Errors as `bestCandidate`;
 * DATA_ERROR where no symbol is known; STRATEGY_ERROR for a strategy or parameters that this program does not have.
 */
export async function chooseCandidate(
  dir: string,
  metric: string,
  ticker: string | undefined,
  nowMs: number,
): Promise<ChosenCandidate> {
  const source = bestCandidate(dir, metric)
  const { row, metadata, config, single } = source
  const first = (...values: unknown[]) => values.find(value => value !== undefined && value !== null && value !== '')
  const symbol = first(metadata['ticker'], row['ticker'], config['ticker'], ticker)
  if (symbol === undefined) {
    const message = `${dir} names no ticker; say which one to evaluate by ticker.`
    throw fail('DATA_ERROR', { message }, { details: [{ pointer: '/params/ticker', message }] })
  }
  const choice = await strategyOf(row, config)
  const number = (fallback: number, ...values: unknown[]) => Number(first(...values, fallback))
  const candidate: ForwardCandidate = {
    strategy_name: choice.name,
    params: paramsOf(source),
    fee_rate: number(0.002, row['fee_rate'], row['fee'], metadata['fee_rate'], config['fee']),
    slippage_bps: number(8, row['slippage_bps'], config['slippage_bps']),
    slippage_mode: first(row['slippage_mode'], config['slippage_mode']) === 'atr' ? 'atr' : 'fixed',
    k_atr: number(0.05, row['k_atr'], config['k_atr']),
    source_run_id: source.run_id ?? dir.slice(dir.lastIndexOf('/') + 1),
    source_run_dir: dir,
    selection_metric: metric,
    selection_value: source.value,
    selected_at: isoInstant(nowMs),
    ticker: String(symbol),
    interval: String(first(row['interval'], config['interval'], metadata['interval'], '1d')),
    initial_cash: number(
      DEFAULT_CASH,
      row['initial_cash'],
      metadata['initial_cash'],
      single ? config['initial_cash'] : undefined,
    ),
    strategy_params: choice.params,
    execution: first(row['execution'], config['execution']) === 'next_open' ? 'next_open' : 'signal_close',
    calendar: calendarOf(first(row['calendar'], config['calendar'])),
    source_end: latest(row['end'], config['end']),
  }
  refuseUnusable(candidate, dir)
  return { candidate, choice }
}

/** The candidate of a session on disk. One that another program wrote has no `strategy_params`: they are among its params. */
export async function storedCandidate(stored: Partial<ForwardCandidate> & { params: Row }): Promise<ChosenCandidate> {
  const name = { strategy: stored.strategy_name, strategy_params: stored.strategy_params }
  const choice = await strategyOf({ ...stored.params, ...name }, {})
  const { ticker = String(stored.params['ticker'] ?? '') } = stored
  const candidate: ForwardCandidate = {
    strategy_name: choice.name,
    params: stored.params,
    fee_rate: stored.fee_rate ?? 0.002,
    slippage_bps: stored.slippage_bps ?? 8,
    slippage_mode: stored.slippage_mode ?? 'fixed',
    k_atr: stored.k_atr ?? 0.05,
    source_run_id: stored.source_run_id ?? '',
    source_run_dir: stored.source_run_dir ?? '',
    selection_metric: stored.selection_metric ?? '',
    selection_value: stored.selection_value ?? null,
    selected_at: stored.selected_at ?? '',
    ticker,
    interval: stored.interval ?? '1d',
    initial_cash: stored.initial_cash ?? DEFAULT_CASH,
    strategy_params: choice.params,
    execution: stored.execution ?? 'signal_close',
    calendar: stored.calendar ?? null,
    source_end: stored.source_end ?? null,
  }
  refuseUnusable(candidate, 'the session')
  return { candidate, choice }
}

/** The row as published, completed by the configuration where the row does not hold it itself. */
function paramsOf({ row, config, single }: ForwardSource): Row {
  const all = single ? { ...config, ...row } : row
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => !NOT_PARAMS.has(name) && value !== null && value !== undefined),
  )
}

/**
 * Parameters stand in the configuration under `strategy_params`, and in a row under their own names, under
 * `strategy_params.<name>`, or as one JSON text; the row wins.
 */
async function strategyOf(row: Row, config: Row): Promise<StrategyChoice> {
  const name = String(row['strategy_name'] ?? row['strategy'] ?? config['strategy'] ?? DEFAULT_STRATEGY)
  await loadSchemas()
  const known = Object.keys(objectOf(schemaOf(`strategies/${name}`)?.['properties']))
  const params: Row = {}
  const take = (key: string, value: unknown) => {
    if (value !== undefined && value !== null && value !== '') params[key] = jsonOf(value)
  }
  // A configuration of another strategy than the row's has nothing to say about it.
  const described = String(config['strategy'] ?? DEFAULT_STRATEGY) === name
  for (const key of known) take(key, described ? config[key] : undefined)
  for (const [key, value] of Object.entries(described ? objectOf(config['strategy_params']) : {})) take(key, value)
  for (const [key, value] of Object.entries(objectOf(row['strategy_params']))) take(key, value)
  for (const key of known) take(key, row[key])
  for (const [key, value] of Object.entries(row))
    if (key.startsWith('strategy_params.')) take(key.slice('strategy_params.'.length), value)
  return chooseStrategy({ strategy: name as StrategyName, strategy_params: params })
}

function refuseUnusable(candidate: ForwardCandidate, from: string): void {
  const { fee_rate, slippage_bps, k_atr, initial_cash, interval, ticker } = candidate
  const faults = [
    fee_rate >= 0 && fee_rate <= 1 ? null : `fee_rate ${fee_rate} is no share from 0 to 1`,
    slippage_bps >= 0 ? null : `slippage_bps ${slippage_bps} is negative or no number`,
    k_atr >= 0 ? null : `k_atr ${k_atr} is negative or no number`,
    initial_cash > 0 ? null : `initial_cash ${initial_cash} is not above 0`,
    ticker === '' ? 'it names no ticker' : null,
  ].filter(fault => fault !== null)
  if (faults.length > 0)
    throw fail('DATA_ERROR', { message: `The candidate of ${from} cannot be run: ${faults.join('; ')}.` })
  parseInterval(interval)
}

/** The later of the ends that a source names, as it writes it; null where it names none. */
function latest(...ends: unknown[]): string | null {
  const known = ends
    .filter(end => typeof end === 'string')
    .map(end => ({ end, at: parseInstant(end) }))
    .filter(({ at }) => at !== null)
    .sort((a, b) => b.at! - a.at!)
  return known[0]?.end ?? null
}

function calendarOf(value: unknown): ForwardCandidate['calendar'] {
  return value === 'crypto' || value === 'exchange' ? value : null
}

function objectOf(value: unknown): Row {
  const object = jsonOf(value)
  return typeof object === 'object' && object !== null && !Array.isArray(object) ? (object as Row) : {}
}

/** A text that is a JSON object or list as that value; everything else as it is. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
