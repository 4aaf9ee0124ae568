/** What a run is made of: its resolved configuration, the hashes of its inputs, and the request that repeats it. */

import type { DatasetReference, RunConfig, RunRequest } from '../../../contracts/types.ts'
import { type FingerprintInputs, fingerprintOf, type RunIdentity } from '../../artifacts/report.ts'
import { hashOf } from '../../base/canonical.ts'
import { gitCommit } from '../../base/git.ts'
import { isoInstant } from '../../base/time.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import type { OpenedBars } from '../../lake/open.ts'
import type { Context } from '../command.ts'
import type { StrategyChoice } from '../strategy-choice.ts'

/** config.json: every published key, and what else decides the result. */
export function configOf(
  request: RunRequest,
  choice: StrategyChoice,
  opened: OpenedBars,
  calendar: RunConfig['calendar'],
  tradesHash: string | null,
): RunConfig {
  const { ticker, start, end, interval, fee, paper, initial_cash, slippage_bps, slippage_mode, k_atr, execution } =
    request
  const own = choice.params as { rsi_buy_max?: number; rsi_sell_min?: number; cooldown_days?: number }
  return {
    ticker,
    start,
    end,
    interval,
    fee,
    rsi_buy_max: own.rsi_buy_max ?? null,
    rsi_sell_min: own.rsi_sell_min ?? null,
    cooldown_days: own.cooldown_days ?? null,
    paper,
    initial_cash,
    slippage_bps,
    slippage_mode,
    k_atr,
    execution,
    calendar,
    strategy: choice.name,
    strategy_params: choice.params,
    dataset_id: opened.dataset.dataset_id,
    dataset_content_hash: opened.dataset.content_hash,
    trades_csv_hash: tradesHash,
  }
}

/** The request that resolves to `config` again; `shown` are its pictures, `trades_csv` a file with its external fills. */
export function requestOf(
  config: RunConfig,
  shown: { save_price_plot: boolean; report: boolean },
  trades_csv?: string,
): RunRequest {
  const { ticker, start, end, interval, dataset_id, strategy, strategy_params, execution, fee, paper } = config
  const { initial_cash, slippage_bps, slippage_mode, k_atr, calendar } = config
  return {
    ticker,
    start,
    end,
    interval,
    dataset_id,
    strategy,
    strategy_params,
    execution,
    fee,
    paper,
    initial_cash,
    slippage_bps,
    slippage_mode,
    k_atr,
    calendar,
    ...shown,
    ...(config.trades_csv_hash === null || trades_csv === undefined ? {} : { trades_csv }),
  }
}

/** The seven hashes that decide the numbers of a run. */
export function inputsOf(dataset: DatasetReference, strategyHash: string, config: RunConfig): FingerprintInputs {
  const { fee, slippage_bps, slippage_mode, k_atr, execution, initial_cash, calendar } = config
  return {
    snapshot_content_hash: dataset.snapshot_hash,
    strategy_hash: strategyHash,
    execution_model_hash: hashOf({ _t: 'execution.model', v: 1, execution, initial_cash, calendar }),
    cost_model_hash: hashOf({ _t: 'cost.model', v: 1, fee, slippage_bps, slippage_mode, k_atr }),
    risk_model_hash: null,
    seed: 0,
    engine_version: ENGINE_VERSION,
  }
}

/** Who made a run, when and from what. */
export function identityOf(
  runId: string,
  context: Context,
  dataset: DatasetReference,
  inputs: FingerprintInputs,
  replay_of?: string,
): RunIdentity {
  return {
    run_id: runId,
    mode: 'run',
    command: 'run',
    created_at: isoInstant(context.clock.now()),
    git_commit: gitCommit(context.cwd),
    config_path: 'inline_cli',
    request_id: context.requestId,
    trace_id: context.traceId,
    reproduce: context.reproduce,
    engine_version: inputs.engine_version,
    dataset,
    fingerprint: fingerprintOf(inputs),
    ...(replay_of === undefined ? {} : { replay_of }),
  }
}
