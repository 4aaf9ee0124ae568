/** What a paper session was asked for: its configuration, from a request or from the disk, and the parts that follow from it. */

import { resolve } from 'node:path'
import type { PaperConfig, PaperMetadata, PaperRequest, RunRequest, SessionStatus } from '../../../contracts/types.ts'
import { NOTHING_REJECTED } from '../../artifacts/paper-journal.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { gitCommit } from '../../base/git.ts'
import { thisProcess } from '../../base/owner.ts'
import { validate } from '../../base/schema.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION, VERSION } from '../../base/version.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import type { RiskLimits } from '../../engine/session.ts'
import type { Context } from '../command.ts'
import { chooseStrategy, type StrategyChoice } from '../strategy-choice.ts'
import { windowOf } from '../window.ts'
import { STANDARD_INPUT } from './feed.ts'

/** A session that is about to begin. */
export interface PaperPlan {
  config: PaperConfig
  /** Window [start, end), epoch ms; infinite where a live session has none. */
  window: { start: number; end: number }
  /** The strategy, or the error of choosing it, which fails the session once it is on disk. */
  choice: StrategyChoice | GatewayError
  pages: { report: boolean; save_price_plot: boolean }
}

/** Figures of a session besides those of the request to `run`. */
export type PaperExtras = Pick<PaperConfig, 'feed' | 'max_bars' | 'max_drawdown' | 'max_loss'>

export const NO_EXTRAS: PaperExtras = { feed: null, max_bars: null, max_drawdown: null, max_loss: null }

/** The plan of a request to `paper`. INVALID_CONFIG for parameters that do not go together. */
export async function planOf(request: PaperRequest): Promise<PaperPlan> {
  const { feed, max_bars = null, max_drawdown = null, max_loss = null, resume: _, ...asked } = request
  const { start, end } = asked
  const filled: Record<string, unknown> = { ...asked }
  // The defaults are those of run, and stand in its schema alone.
  await validate('commands/run', filled, '/params')
  const run = filled as unknown as RunRequest
  if (feed === undefined) return planOfRun(run, { feed: null, max_bars, max_drawdown, max_loss })
  if (asked.dataset_id !== undefined)
    throw contradiction('dataset_id', 'does not go with feed: the bars come from there')
  const extras = { feed, max_bars, max_drawdown, max_loss }
  return completed({ ...run, start: start ?? null, end: end ?? null }, extras)
}

/** The plan of a request to `run` with paper. */
export async function planOfRun(run: RunRequest, extras: PaperExtras = NO_EXTRAS): Promise<PaperPlan> {
  if (run.trades_csv !== undefined) {
    throw contradiction('trades_csv', 'does not go with paper: a paper session has the fills of its own broker')
  }
  return completed(run, extras)
}

/** The plan of a session on disk that goes on. */
export async function planToResume(config: PaperConfig, pages: PaperPlan['pages']): Promise<PaperPlan> {
  const { strategy, strategy_params } = config
  return {
    config,
    window: openWindow(config),
    choice: await choiceOf({ strategy, strategy_params }),
    pages,
  }
}

/** session_metadata.json of a session that has just begun. */
export function metadataAtBirth(sessionId: string, plan: PaperPlan, context: Context): PaperMetadata {
  return {
    schema_version: CONTRACT_VERSION,
    session_id: sessionId,
    run_id: sessionId,
    mode: 'paper',
    command: 'paper',
    status: 'running',
    created_at: isoInstant(context.clock.now()),
    git_commit: gitCommit(context.cwd),
    config_path: 'inline_cli',
    config_hash: hashOf(plan.config),
    request_id: context.requestId,
    trace_id: context.traceId,
    python_version: null,
    python_executable: null,
    node_version: process.version,
    quantlab_version: VERSION,
    engine_version: ENGINE_VERSION,
    fingerprint: null,
    result_hash: null,
    dataset: null,
    feed: null,
    ...labelsOf(context),
  }
}

/** What a resume could not say again; a session without labels has no such key. */
function labelsOf({ labels = {} }: Context): Pick<PaperMetadata, 'labels'> {
  const { tags, universe } = labels
  if (tags === undefined && universe === undefined) return {}
  return {
    labels: {
      ...(tags === undefined ? {} : { tags: [...tags] }),
      ...(universe === undefined ? {} : { universe: { ...universe } }),
    },
  }
}

/** session_status.json of a session that has just begun. */
export function statusAtBirth(sessionId: string, plan: PaperPlan, context: Context): SessionStatus {
  const now = isoInstant(context.clock.now())
  return {
    schema_version: CONTRACT_VERSION,
    session_id: sessionId,
    command: 'paper',
    mode: 'paper',
    request_id: context.requestId,
    trace_id: context.traceId,
    status: 'running',
    status_reason: 'active',
    terminal: false,
    started_at: now,
    updated_at: now,
    stop_reason: null,
    feed: plan.config.feed === null ? null : absoluteFeed(plan.config.feed, context.cwd),
    kind: plan.config.feed === null ? 'history' : 'live',
    process: { ...thisProcess() },
    bars_seen: 0,
    last_bar_at: null,
    equity: plan.config.initial_cash,
    cash: plan.config.initial_cash,
    quantity: 0,
    position: 0,
    fills: 0,
    rejected: { ...NOTHING_REJECTED },
    last_rejected: null,
    feed_offset: 0,
    resume_count: 0,
  }
}

/** A feed whose path means the same from any working directory. */
export function absoluteFeed({ path, follow }: NonNullable<PaperConfig['feed']>, cwd: string) {
  return { path: path === STANDARD_INPUT ? path : resolve(cwd, path), follow }
}

/** The risk limits of a configuration. */
export function limitsOf({ max_drawdown, max_loss }: PaperConfig): RiskLimits {
  return { max_drawdown: max_drawdown ?? undefined, max_loss: max_loss ?? undefined }
}

/** INVALID_CONFIG for one parameter that contradicts the others. */
export function contradiction(name: string, why: string): GatewayError {
  const pointer = `/params/${name}`
  return fail('INVALID_CONFIG', { message: `${pointer} ${why}` }, { details: [{ pointer, message: why }] })
}

type Asked = Omit<RunRequest, 'start' | 'end'> & { start: string | null; end: string | null }

async function completed(asked: Asked, extras: PaperExtras): Promise<PaperPlan> {
  const window = openWindow(asked)
  if (asked.strategy === 'learned_model')
    throw contradiction('strategy', 'learned_model does not trade on paper: no learned model is promoted yet (N.0)')
  const choice = await choiceOf(asked)
  const { report, save_price_plot } = asked
  return { config: configOf(asked, extras, choice), window, choice, pages: { report, save_price_plot } }
}

function openWindow({ start, end }: { start: string | null; end: string | null }): { start: number; end: number } {
  // The furthest dates there are stand in where one side is open, so that both are checked alike.
  const window = windowOf({ start: start ?? '0001-01-01', end: end ?? '9999-12-31' })
  return {
    start: start === null ? Number.NEGATIVE_INFINITY : window.start,
    end: end === null ? Number.POSITIVE_INFINITY : window.end,
  }
}

/** A request that contradicts itself is refused at once; an error of the strategy belongs to the session. */
async function choiceOf(asked: Parameters<typeof chooseStrategy>[0]): Promise<StrategyChoice | GatewayError> {
  try {
    return await chooseStrategy(asked)
  } catch (error) {
    if (error instanceof GatewayError && error.class === 'STRATEGY_ERROR') return error
    throw error
  }
}

function configOf(asked: Asked, extras: PaperExtras, choice: StrategyChoice | GatewayError): PaperConfig {
  const { ticker, start, end, interval, fee, initial_cash, slippage_bps, slippage_mode, k_atr, execution } = asked
  const params = choice instanceof GatewayError ? (asked.strategy_params ?? {}) : choice.params
  const own = params as { rsi_buy_max?: number; rsi_sell_min?: number; cooldown_days?: number }
  return {
    ticker,
    start,
    end,
    interval,
    fee,
    rsi_buy_max: own.rsi_buy_max ?? asked.rsi_buy_max ?? null,
    rsi_sell_min: own.rsi_sell_min ?? asked.rsi_sell_min ?? null,
    cooldown_days: own.cooldown_days ?? asked.cooldown_days ?? null,
    paper: true,
    initial_cash,
    slippage_bps,
    slippage_mode,
    k_atr,
    execution,
    calendar: asked.calendar ?? null,
    strategy: asked.strategy,
    strategy_params: params,
    dataset_id: asked.dataset_id ?? null,
    ...extras,
  }
}
