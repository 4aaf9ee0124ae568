/** A forward session in memory: its record, state, configuration and figures from one evaluated segment. */

import type { ForwardCandidate, ForwardConfig, ForwardState } from '../../../contracts/types.ts'
import type { StoredState } from '../../artifacts/forward-session.ts'
import { fail } from '../../base/errors.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import type { ForwardSegment } from '../../engine/forward.ts'
import {
  type ForwardRecord,
  forwardAccount,
  forwardMetricsInput,
  forwardSummary,
} from '../../engine/forward-figures.ts'
import { timestampText } from '../../engine/forward-record.ts'
import { extendedMetrics } from '../../engine/metrics.ts'
import { snapshotHash } from '../../lake/content.ts'
import type { OpenedBars } from '../../lake/open.ts'
import { type Bars, firstBarAt, sliceBars } from '../../market/bars.ts'
import { barsPerYear, intervalMs } from '../../market/calendar.ts'
import type { RunLabels } from '../command.ts'
import { datasetReference } from '../dataset/reference.ts'
import type { StrategyChoice } from '../strategy-choice.ts'
import type { ForwardWindow } from './bars.ts'
import type { ForwardSession } from './documents.ts'

/** What one call knows of a session. */
export interface SessionParts {
  candidate: ForwardCandidate
  choice: StrategyChoice
  opened: OpenedBars
  window: ForwardWindow
  segment: ForwardSegment
  /** The whole record, the new segment included. */
  record: ForwardRecord
  startingCash: number
  identity: Pick<
    ForwardState,
    'session_id' | 'run_id' | 'created_at' | 'updated_at' | 'eval_start' | 'original_eval_start'
  >
  /** State before this call; null for a new session. */
  before: StoredState | null
  labels: RunLabels
  warnings: string[]
}

/** Put the session together. DATA_ERROR where the data lack a bar that an earlier call evaluated. */
export function sessionOf(parts: SessionParts): ForwardSession {
  const { opened, candidate, record, choice, startingCash } = parts
  const calendar = candidate.calendar ?? opened.bars.calendar
  const close = closesOf(record, opened.bars)
  const columns = forwardMetricsInput(record, close, startingCash, barsPerYear(candidate.interval, calendar))
  return {
    state: stateOf(parts, close),
    config: configOf(parts, calendar),
    record,
    summary: forwardSummary(record),
    columns,
    extended: extendedMetrics(columns),
    dataset: datasetReference(opened),
    strategyHash: choice.hash,
    labels: parts.labels,
    warnings: parts.warnings,
  }
}

/** SHA-256 of the bars from the first that the strategy sees to the one at `last`, epoch ms. */
export function barsSeen(bars: Bars, { seenFrom }: ForwardSegment, last: number): string {
  return snapshotHash(sliceBars(bars, seenFrom, firstBarAt(bars.ts, last + 1)))
}

/** Counters go on from the state before; a call that finds no bar changes none but those of its own. */
function stateOf(parts: SessionParts, close: Float64Array): ForwardState {
  const { candidate, opened, segment, record, startingCash, identity, before } = parts
  const bars = record.ts.length
  const last = bars === 0 ? null : record.ts[bars - 1]
  const lastText = last === null ? null : isoInstant(last)
  const evaluated = segment.ts.length
  const fetched = opened.bars.ts.length
  const noop = before !== null && evaluated === 0
  const { account, fills } = { account: segment.account, fills: record.fills }
  const counted = (was: number | undefined, added: number) => (was ?? 0) + (noop ? 0 : added)
  return {
    schema_version: CONTRACT_VERSION,
    session_id: identity.session_id,
    run_id: identity.run_id,
    mode: 'forward_paper',
    eval_start: identity.eval_start,
    eval_end: lastText,
    cash: account.cash,
    qty: account.qty,
    target: account.target,
    ...forwardAccount(fills, account, bars === 0 ? Number.NaN : close[bars - 1], startingCash),
    last_timestamp: lastText,
    candidate,
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    starting_cash: startingCash,
    bars_fetched: counted(before?.bars_fetched, fetched),
    warmup_bars: counted(before?.warmup_bars, segment.warmupBars),
    original_eval_start: identity.original_eval_start,
    resume_count: counted(before?.resume_count, before === null ? 0 : 1),
    total_bars_evaluated: bars,
    last_segment_bars_fetched: fetched,
    last_segment_warmup_bars: segment.warmupBars,
    last_segment_bars_evaluated: evaluated,
    is_noop: noop,
    resume_attempt_count: (before?.resume_attempt_count ?? 0) + (before === null ? 0 : 1),
    data_hash: last === null ? null : barsSeen(opened.bars, segment, last),
  }
}

function configOf(
  { candidate, choice, opened, window, record, startingCash, identity }: SessionParts,
  calendar: ForwardConfig['calendar'],
): ForwardConfig {
  const own = choice.params as { rsi_buy_max?: number; rsi_sell_min?: number; cooldown_days?: number }
  return {
    ticker: candidate.ticker,
    start: identity.original_eval_start,
    end: endOf(window, record, candidate.interval),
    interval: candidate.interval,
    fee: candidate.fee_rate,
    rsi_buy_max: own.rsi_buy_max ?? null,
    rsi_sell_min: own.rsi_sell_min ?? null,
    cooldown_days: own.cooldown_days ?? null,
    paper: false,
    initial_cash: startingCash,
    slippage_bps: candidate.slippage_bps,
    slippage_mode: candidate.slippage_mode,
    k_atr: candidate.k_atr,
    execution: candidate.execution,
    calendar,
    strategy: choice.name,
    strategy_params: choice.params,
    dataset_id: opened.dataset.dataset_id,
    dataset_content_hash: opened.dataset.content_hash,
    source_run_id: candidate.source_run_id,
    selection_metric: candidate.selection_metric,
  }
}

/** The end asked for; where more is evaluated already, the end of the last bar. */
function endOf({ end, endText }: ForwardWindow, { ts }: ForwardRecord, interval: string): string {
  const last = ts.length === 0 ? Number.NEGATIVE_INFINITY : ts[ts.length - 1]
  return last < end ? endText : timestampText(last + intervalMs(interval), interval)
}

/** The close of each recorded bar. */
function closesOf({ ts }: ForwardRecord, bars: Bars): Float64Array {
  return ts.map(at => {
    const index = firstBarAt(bars.ts, at)
    if (bars.ts[index] === at) return bars.close[index]
    const message = `The data of ${bars.symbol} lack the bar ${isoInstant(at)}, which the session has evaluated.`
    throw fail('DATA_ERROR', { message }, { hint: 'Name a data set that holds it by dataset_id.' })
  })
}
