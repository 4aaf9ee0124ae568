/** Backtests of a model and of what it is compared with, all on exactly the same bars, and the run that is published of it. */

import type { LearnedModelParams, ModelMarket, ModelRunConfig, RunRequest } from '../../../contracts/types.ts'
import { fail } from '../../base/errors.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import { backtest } from '../../engine/backtest.ts'
import { type Bars, sliceBars } from '../../market/bars.ts'
import { lastValueModel } from '../../models/predictors.ts'
import type { Target } from '../../models/target.ts'
import { DEFAULT_STRATEGY, STRATEGIES } from '../../strategies/index.ts'
import type { Strategy } from '../../strategies/strategy.ts'
import type { Context, Outcome } from '../command.ts'
import { figuresOf } from '../run/figures.ts'
import { performRun } from '../run/run.ts'
import { chooseStrategy } from '../strategy-choice.ts'

/** Costs and execution of every backtest of a model run. */
export type MarketSettings = Pick<
  ModelRunConfig,
  'execution' | 'fee' | 'initial_cash' | 'slippage_bps' | 'slippage_mode' | 'k_atr'
>

/** Bars [from, to) of which the first one is the first of every frame. */
export interface MarketFrame {
  bars: Bars
  from: number
  to: number
}

export interface Markets {
  model: ModelMarket
  rule_based_baseline: ModelMarket
  buy_and_hold: ModelMarket
  classical_market: ModelMarket
  /** Growth of 1 of the four on the bars of the frame, in this order. */
  curves: { name: string; equity: Float64Array }[]
}

/** Backtest the model, the default strategy, buy and hold and the last value on one frame. DATA_ERROR where a warm-up reaches before the first bar. */
export async function marketsOf(
  frame: MarketFrame,
  model: LearnedModelParams,
  target: Target,
  settings: MarketSettings,
): Promise<Markets> {
  const rule = await chooseStrategy({ strategy: DEFAULT_STRATEGY })
  const learned = STRATEGIES.learned_model as Strategy
  const entries: [string, Strategy, unknown][] = [
    ['learned_model', learned, model],
    [rule.name, rule.strategy, rule.params],
    ['buy_and_hold', STRATEGIES.buy_and_hold as Strategy, {}],
    ['last_value', learned, lastValueModel(target, model.positions)],
  ]
  const results = entries.map(([name, strategy, params]) => ({
    name,
    ...marketOf(frame, strategy, params, settings, name),
  }))
  const [own, ruled, held, last] = results.map(({ market }) => market)
  return {
    model: own,
    rule_based_baseline: ruled,
    buy_and_hold: held,
    classical_market: last,
    curves: results.map(({ name, equity }) => ({ name, equity })),
  }
}

function marketOf(
  { bars, from, to }: MarketFrame,
  strategy: Strategy,
  params: unknown,
  settings: MarketSettings,
  name: string,
): { market: ModelMarket; equity: Float64Array } {
  const warmup = strategy.warmup(params)
  if (warmup > from) {
    const message = `${name} needs ${warmup} bars before ${isoInstant(bars.ts[from])}, where only ${from} are.`
    throw fail('DATA_ERROR', { message }, { hint: 'Begin the window earlier, or move the split later.' })
  }
  const { execution, fee, initial_cash: initialCash, slippage_bps, slippage_mode, k_atr } = settings
  const costs = { fee, slippage_bps, slippage_mode, k_atr }
  const own = sliceBars(bars, from - warmup, to)
  const result = backtest({ bars: own, strategy, params, costs, execution, initialCash })
  const { summary, extended } = figuresOf(result, undefined, own)
  const { cagr, annual_volatility, sharpe_ratio, sortino_ratio, exposure_time, turnover } = extended
  const market: ModelMarket = {
    strategy: name,
    first_bar: isoInstant(result.ts[0]),
    last_bar: isoInstant(result.ts[result.ts.length - 1]),
    bars: result.bars,
    summary,
    ...{ cagr, annual_volatility, sharpe_ratio, sortino_ratio, exposure_time, turnover },
    run_id: null,
  }
  return { market, equity: result.equity }
}

/** What a published run of a model needs besides the model. */
export interface ModelRunSettings extends MarketSettings {
  ticker: string
  interval: string
  dataset_id: string
  calendar: Bars['calendar']
  report: boolean
  tags?: readonly string[]
}

/** Publish a normal run of the model whose frame begins at bar `from` and ends before `end`; it names the model run. */
export function publishModelRun(
  { bars, from }: MarketFrame,
  end: string,
  model: LearnedModelParams,
  modelRunId: string,
  settings: ModelRunSettings,
  context: Context,
  beside?: Parameters<typeof performRun>[3],
): Promise<Outcome> {
  const { ticker, interval, dataset_id, calendar, execution, fee, initial_cash, report } = settings
  const { slippage_bps, slippage_mode, k_atr, tags = [] } = settings
  const request: RunRequest = {
    ...{ ticker, interval, dataset_id, calendar },
    start: isoInstant(bars.ts[from - STRATEGIES.learned_model.warmup(model)]),
    end,
    strategy: 'learned_model',
    strategy_params: model as unknown as RunRequest['strategy_params'],
    ...{ execution, fee, initial_cash, slippage_bps, slippage_mode, k_atr },
    ...{ paper: false, save_price_plot: false, report },
  }
  const line = JSON.stringify({ schema_version: CONTRACT_VERSION, command: 'run', params: request })
  const labels = { tags: [...tags, `model_run:${modelRunId}`], model_run_id: modelRunId }
  const reproduce = `quantlab --json-request '${line.replaceAll("'", "'\\''")}'`
  return performRun(request, { ...context, reproduce, labels }, undefined, beside)
}
