// GENERATED from schemas/ by `npm run contracts`. Do not edit.

/**
 * Alerts of these venues and chains: each entry names a venue, a chain or both; an empty list takes all.
 *
 */
export type AlertSources = AlertSource[]
/**
 * better_than_baselines: every criterion is met. leakage_suspected: a leakage check failed, so no figure counts.
 *
 */
export type ModelVerdict = 'better_than_baselines' | 'no_better_than_baselines' | 'leakage_suspected'
/**
 * The document of a plain run, the files of any other, or one artifact.
 *
 */
export type ArtifactGetResult = RunArtifact | ArtifactRunDocuments | ArtifactView
/**
 * pending until executed; cancelled where the attempt was aborted; running also where its process died, until it is executed again.
 *
 */
export type ExperimentStatus = 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
/**
 * reproducible where every RunSet was frozen when it was created, or all inputs are data sets.
 *
 */
export type ExperimentMode = 'exploratory' | 'reproducible'
/**
 * The two operands, left and right: `gt` left > right, `gte` left >= right, `lt` left < right, `lte` left <= right. `cross_above` is left > right on this bar and left <= right on the bar before, `cross_below` the mirror image; the first bar after the warm-up has no bar before, so nothing crosses there.
 *
 * @minItems 2
 * @maxItems 2
 *
 */
export type RulesPair = [RulesOperand, RulesOperand]
/**
 * A number on each bar: a constant; a column (`open`, `high`, `low`, `close`, `volume`); an operation; or an indicator by its name with its parameters, `{"sma": {"window": 20}}`, or its first parameter alone, `{"sma": 20}`. An indicator with several outputs needs `output`; one that reads only the close takes another series with `of`, beginning where that series does: `{"sma": 20, "of": "volume"}`.
 *
 */
export type RulesOperand =
  | number
  | string
  | {
      add?: RulesPair
      sub?: RulesPair
      mul?: RulesPair
      div?: RulesPair
      /**
       * An operand as it was that many bars before, and the number of bars.
       *
       * @minItems 2
       * @maxItems 2
       */
      lag?: [RulesOperand, number]
      /**
       * Bars since the condition was last true, 0 where it is true; counted from the first bar after the warm-up, undefined before the first time.
       */
      bars_since?: RulesCondition
      /**
       * With an indicator that reads only the close: the series to read instead.
       */
      of?: RulesOperand
      /**
       * With an indicator of several outputs: which one.
       */
      output?: string
      [k: string]:
        | RulesIndicatorParameters
        | RulesPair
        | [RulesOperand, number]
        | RulesCondition
        | RulesOperand
        | string
        | undefined
    }
/**
 * Parameters of an indicator, absent ones at their defaults; a number alone is the first parameter.
 *
 */
export type RulesIndicatorParameters =
  | number
  | {
      /**
       * Value of the parameter, in bars for a length.
       */
      [k: string]: number
    }

/**
 * Parameters of multi_trade: for every alert, one or several trades of its token within a window after the call. What is not asked for is off: without any parameter the token is bought at the call and sold when the window ends. Decisions are made when a candle closes, on closed candles alone. Also given by a name such as MultiTrade_20pctTrail_50pctDropRebound_24h.
 *
 */
export interface MultiTradeParams {
  /**
   * First entry: at the call, after a fall from the highest price since the call, or after a rise above the price at the call.
   */
  entry: 'at_call' | 'pullback' | 'confirmation'
  /**
   * entry pullback: fall from the highest price since the call.
   */
  entry_pullback: number
  /**
   * entry confirmation: rise above the price at the call.
   */
  entry_confirmation: number
  /**
   * entry confirmation: candles in a row that must close above it.
   */
  confirmation_candles: number
  /**
   * How often an entry is sent until it does not fail, each for the next candle.
   */
  entry_attempts: number
  /**
   * What stops, take-profits, pullbacks and peaks look at: closing prices, or also the high and low of a closed candle. The order is sent at the candle's close either way.
   */
  trigger: 'close' | 'touch'
  /**
   * Purse of each alert. A trade invests this, or what is left of it after losses. The capital of the run is the sum of all purses.
   */
  stake: number
  /**
   * Sell after a fall from the highest price since the entry; null: off.
   */
  trailing_stop: number | null
  /**
   * Gain from which the trailing stop works.
   */
  trailing_activation: number
  /**
   * Sell after a fall below the price paid; null: off.
   */
  stop_loss: number | null
  /**
   * Ladder: sell a share of the bought quantity at each gain over the price paid; gains rise, shares sum to 1 at most.
   *
   * @maxItems 100
   */
  take_profit: TakeProfitRung[]
  /**
   * Sell this long after the entry; null: off.
   */
  time_limit_minutes: number | null
  /**
   * Window after the call: no entry is filled and every position is sold when it ends.
   */
  window_minutes: number
  /**
   * Re-entry: fall from the highest price since the call that must be seen after a trade; null: no re-entry.
   */
  reentry_drop: number | null
  /**
   * Re-entry: rise of a close above the lowest price since that fall.
   */
  reentry_rebound: number
  /**
   * Most trades of one alert.
   */
  max_trades: number
  /**
   * Statistics of callers: a call is a hit where the price reaches this multiple of the price at the call within the window.
   */
  hit_multiple: number
  /**
   * Bar size of the aggregate curve; its returns are what the Sharpe ratio and the annualised figures use.
   */
  curve_interval: string
  /**
   * Value of one unit of the network fees in costModel, e.g. 1.5e-7 for lamports at 150 a SOL.
   */
  fee_unit_quote: number
  sources: AlertSources
  filters: AlertFilters
  executionModel: ExecutionModel
  costModel: CostModel
  riskModel?: RiskModel
  runConfig: SimulationRunConfig
}
export interface TakeProfitRung {
  /**
   * Gain over the price paid: 1 is a doubling.
   */
  gain: number
  /**
   * Share of the bought quantity.
   */
  share: number
}
export interface AlertSource {
  /**
   * Venue of the alert.
   */
  venue?: string
  /**
   * Chain of the token.
   */
  chain?: string
}
/**
 * Alerts that meet all of these.
 *
 */
export interface AlertFilters {
  /**
   * Callers.
   *
   * @minItems 1
   */
  callerNames?: [string, ...string[]]
  /**
   * Tokens.
   *
   * @minItems 1
   */
  mintAddresses?: [string, ...string[]]
  /**
   * Least volume (close times volume) of the candles closed in the hour before the call.
   */
  minVolume?: number
}
/**
 * How an order is filled. It reaches the market one latency after it was sent and trades at the close of the first candle that closes then or later.
 *
 */
export interface ExecutionModel {
  latency: LatencyModel
  slippage: SlippageModel
  failures?: FailureModel
  partialFills?: PartialFillModel
}
/**
 * Time from sending an order to the market: drawn by its percentiles, linear between them, from 2·p50 − p90 (at least 0) at the lowest, and on from p99 with the slope of p90 to p99. Equal percentiles: always that.
 */
export interface LatencyModel {
  /**
   * Median.
   */
  p50: number
  /**
   * 90th percentile, at least p50.
   */
  p90: number
  /**
   * 99th percentile, at least p90.
   */
  p99: number
  /**
   * Added uniformly from −jitter to jitter; never below 0 in all.
   */
  jitter?: number
}
/**
 * Share of the price lost on a fill: base + volumeImpact · (order value / value traded in the candle), at most max.
 */
export interface SlippageModel {
  /**
   * Of every fill.
   */
  base: number
  /**
   * Per share of the candle's traded value; a candle without trades costs max. No effect where the volume is unknown.
   */
  volumeImpact?: number
  /**
   * Greatest slippage; 0.99 at most and where absent.
   */
  max?: number
}
/**
 * Orders that fail: they pay the network and trade nothing. A failed exit is sent again for the next candle.
 */
export interface FailureModel {
  /**
   * Probability of a failure.
   */
  baseRate: number
  /**
   * Times the probability in a congested candle: one with more than twice the mean traded value of up to 60 candles before it.
   */
  congestionMultiplier?: number
}
/**
 * Orders that are filled in part: the rest of an entry is given up, the rest of an exit is sent again for the next candle.
 */
export interface PartialFillModel {
  /**
   * Probability of a part.
   */
  probability: number
  /**
   * Least and greatest part, uniform between them.
   *
   * @minItems 2
   * @maxItems 2
   *
   * Items: A fraction: 0.12 = 12 %; never percent.
   */
  fillRange: [number, number]
}
/**
 * What trading costs. Network fees are in units of fee_unit_quote of the strategy's parameters (1: quote currency) and are paid by failed orders too.
 *
 */
export interface CostModel {
  /**
   * Network fee of every order, in fee units.
   */
  baseFee: number
  priorityFee?: PriorityFee
  /**
   * Cost of the computation of every order, in fee units.
   */
  computeUnitCost?: number
  /**
   * Fee per fill, as a share of the traded value.
   */
  tradingFee?: number
  /**
   * All network cost of an order, in fee units: stands for baseFee, priorityFee and computeUnitCost together.
   */
  effectiveCostPerTrade?: number
}
/**
 * Fee for being served first.
 */
export interface PriorityFee {
  /**
   * Of every order, in fee units.
   */
  base: number
  /**
   * In place of base in a congested candle, in fee units; at least base.
   */
  max?: number
}
/**
 * Limits over all alerts together, looked at before each entry; they never close a position. Amounts are in quote currency.
 *
 */
export interface RiskModel {
  /**
   * No entry any more once the capital with realised results has fallen by this share from its peak.
   */
  maxDrawdown?: number
  /**
   * No entry for the rest of a UTC day that has realised this loss.
   */
  maxLossPerDay?: number
  /**
   * No entry for the rest of the UTC day in which this many trades in a row have lost; then counted anew.
   */
  maxConsecutiveLosses?: number
  /**
   * Most that one trade invests.
   */
  maxPositionSize?: number
  /**
   * Most that all open trades together have invested: an entry takes what is left of it, none where nothing is.
   */
  maxTotalExposure?: number
  tradeThrottle?: TradeThrottle
}
/**
 * At most so many entries are sent within any window.
 */
export interface TradeThrottle {
  /**
   * Entries.
   */
  maxTrades: number
  /**
   * Length of the window.
   */
  windowMinutes: number
}
/**
 * Settings of the simulation.
 *
 */
export interface SimulationRunConfig {
  /**
   * Seed of everything random: each alert has its own stream, by the hash of its id.
   */
  seed: number
  /**
   * Orders reach the market at whole multiples of this, rounded up.
   */
  timeResolutionMs: number
  /**
   * An alert without candles is listed (collect) or fails the run (failFast).
   */
  errorMode: 'collect' | 'failFast'
  /**
   * Write events.ndjson: every order with its outcome.
   */
  includeEventLogs: boolean
  /**
   * Write state_snapshots.ndjson: capital, exposure and open positions at the end of each UTC day.
   */
  includeStateSnapshots: boolean
  /**
   * The run fails when reading and simulating take longer.
   */
  maxSimulationTimeMs?: number
}
/**
 * A simulation of an alert-driven strategy in the published form: data, strategy, execution, costs, risk limits, settings.
 *
 */
export interface SimulationRequest {
  dataSnapshot: SimulationSnapshot
  strategy: SimulationStrategy
  executionModel: ExecutionModel
  costModel: CostModel
  riskModel?: RiskModel
  runConfig: SimulationRunConfig
}
/**
 * The alerts that are simulated.
 *
 */
export interface SimulationSnapshot {
  /**
   * Data set of alerts. Its candles are the data set named by sliceManifestIds or by the request's dataset_id, else <snapshotId>-candles.
   */
  snapshotId: string
  /**
   * Content hash of the data set of alerts, as `dataset get` prints it; another content is refused.
   */
  contentHash: string
  timeRange: SimulationTimeRange
  sources: AlertSources
  filters?: AlertFilters
  /**
   * Version of this part.
   */
  schemaVersion: '1.0.0'
  /**
   * When the snapshot was cut: an ISO instant, recorded with the run.
   */
  createdAtISO: string
  /**
   * The data set of candles.
   *
   * @maxItems 1
   */
  sliceManifestIds?: [] | [string]
}
/**
 * Alerts in [from, to).
 */
export interface SimulationTimeRange {
  /**
   * Start, inclusive: ISO date (UTC midnight) or instant.
   */
  fromISO: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant.
   */
  toISO: string
}
/**
 * What is simulated.
 *
 */
export interface SimulationStrategy {
  /**
   * multi_trade, or any id where the name says it.
   */
  strategyId: string
  /**
   * multi_trade, or a name that gives parameters, like MultiTrade_20pctTrail_50pctDropRebound_24h.
   */
  name: string
  /**
   * Parameters of multi_trade, in snake_case or camelCase; also reentryLogic (like 50pctDropRebound), fees (the trading fee, where the cost model has none) and slippageModel (linear, which is what there is).
   */
  config: {
    [k: string]: unknown
  }
  /**
   * SHA-256 of the canonical JSON (RFC 8785) of config; another one is refused.
   */
  configHash: string
  /**
   * Version of this part.
   */
  schemaVersion: '1.0.0'
}
/**
 * advanced_report.json: a run taken apart.
 *
 */
export interface AdvancedReport {
  /**
   * The run.
   */
  run_id: string | null
  /**
   * Its mode.
   */
  mode: string | null
  /**
   * When it was made.
   */
  created_at: string | null
  equity_metrics: AdvancedEquity
  drawdown_metrics: AdvancedDrawdown
  time_window_metrics: AdvancedMonths
  trade_distribution: AdvancedTrades
  /**
   * First result row of the run; null where there is none.
   */
  top_result_summary: {
    [k: string]: unknown
  } | null
  /**
   * Names of the pictures.
   */
  charts: string[]
  /**
   * Files of the directory, the reports themselves left out.
   */
  artifacts: {
    /**
     * Name.
     */
    file: string
    /**
     * Size.
     */
    size_bytes: number
  }[]
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * When this report was made, UTC.
   */
  generated_at: string
  /**
   * File the equity curve was read from; null where the run has none.
   */
  equity_source: string | null
  /**
   * File the round trips were read from; null where the run has none.
   */
  trades_source: string | null
  /**
   * The deepest drawdowns, deepest first, ten at most.
   */
  drawdowns: DrawdownPeriod[]
  /**
   * Calendar years.
   */
  yearly_returns: {
    /**
     * Calendar year, UTC.
     */
    year: number
    /**
     * From year end to year end; the first year from its first bar.
     */
    return: number
  }[]
  return_distribution: ReturnDistribution
  rolling: RollingFigures
  /**
   * Extended metrics the run recorded, annualised by its calendar; null where there are none.
   */
  extended: {
    [k: string]: unknown
  } | null
  /**
   * What the reader should know; empty when there is nothing.
   */
  warnings: string[]
}
/**
 * Figures of the equity curve; empty where the run has none.
 *
 */
export interface AdvancedEquity {
  /**
   * First equity.
   */
  equity_start?: number
  /**
   * Last equity.
   */
  equity_end?: number
  /**
   * Bars of the curve.
   */
  n_days?: number
  /**
   * Last over first, minus 1.
   */
  total_return?: number
  /**
   * Growth per 252 bars, minus 1.
   */
  cagr?: number | null
  /**
   * sqrt(252) times the sample deviation of the returns.
   */
  annualized_volatility?: number | null
  /**
   * sqrt(252) times mean over sample deviation; null with fewer than 20 returns or without variation.
   */
  sharpe?: number | null
  /**
   * sqrt(252) times mean over the sample deviation of the negative returns; null with fewer than 20 returns, fewer than two negative ones, or an annual downside below 1e-4.
   */
  sortino?: number | null
}
/**
 * Figures of the drawdown; empty where the run has no equity curve.
 *
 */
export interface AdvancedDrawdown {
  /**
   * Deepest fall from a running peak, 0 or negative.
   */
  max_drawdown?: number
  /**
   * Mean of the bars below their peak; 0 without one.
   */
  avg_drawdown?: number
  /**
   * Of the last bar.
   */
  current_drawdown?: number
  /**
   * Longest row of bars below the peak.
   */
  longest_dd_days?: number
  /**
   * Rows of bars below the peak.
   */
  n_drawdown_periods?: number
  /**
   * CAGR over the deepest drawdown; null where that is below 0.5 %.
   */
  calmar?: number | null
}
/**
 * Calendar months, UTC; empty with fewer than ten bars.
 *
 */
export interface AdvancedMonths {
  /**
   * Months with a return.
   */
  n_months?: number
  /**
   * Months whose previous month is there too.
   */
  monthly_returns?: {
    /**
     * YYYY-MM.
     */
    month: string
    /**
     * From month end to month end.
     */
    return: number
  }[]
  /**
   * Best.
   */
  best_month?: number
  /**
   * Worst.
   */
  worst_month?: number
  /**
   * Share of months that gained.
   */
  positive_months_pct?: number
  /**
   * Why there are too few months to judge.
   */
  insufficient_data?: string
}
/**
 * Round trips; only n_trades where there are none.
 *
 */
export interface AdvancedTrades {
  /**
   * Closed round trips.
   */
  n_trades: number
  /**
   * Mean return.
   */
  avg_return?: number | null
  /**
   * Median return.
   */
  median_return?: number | null
  /**
   * Best net result.
   */
  best_trade_pnl?: number | null
  /**
   * Worst net result.
   */
  worst_trade_pnl?: number | null
  /**
   * Sample deviation of the net results.
   */
  pnl_std?: number | null
  /**
   * Mean net result.
   */
  expectancy?: number | null
  /**
   * Share that gained.
   */
  win_rate?: number | null
  /**
   * Gross profit over gross loss; null without a loss.
   */
  profit_factor?: number | null
  /**
   * Mean whole days held.
   */
  avg_holding_days?: number | null
  /**
   * Share of the three best in the gross profit; null with fewer than three winners.
   */
  top3_pnl_share?: number | null
  /**
   * Longest row of losses.
   */
  max_consecutive_losses?: number
  /**
   * Longest row of gains; breaking even counts as one.
   */
  max_consecutive_wins?: number
}
export interface DrawdownPeriod {
  /**
   * Time of the peak.
   */
  peak: string
  /**
   * Time of the deepest bar.
   */
  trough: string
  /**
   * Time the peak was regained; null while it is not.
   */
  recovered: string | null
  /**
   * Deepest fall, negative.
   */
  depth: number
  /**
   * Bars from the peak to the recovery, or to the last bar.
   */
  bars: number
  /**
   * The same in days.
   */
  days: number
  /**
   * Bars from the peak to the deepest bar.
   */
  bars_to_trough: number
}
/**
 * Returns per bar.
 *
 */
export interface ReturnDistribution {
  /**
   * Returns.
   */
  count: number
  /**
   * Mean.
   */
  mean: number | null
  /**
   * Sample deviation.
   */
  std: number | null
  /**
   * Sample skewness.
   */
  skew: number | null
  /**
   * Kurtosis, 3 for a normal distribution.
   */
  kurtosis: number | null
  /**
   * Share above 0.
   */
  positive_share: number | null
  /**
   * Smallest.
   */
  worst: number | null
  /**
   * 1 % quantile.
   */
  p01: number | null
  /**
   * 5 % quantile.
   */
  p05: number | null
  /**
   * Lower quartile.
   */
  p25: number | null
  /**
   * Median.
   */
  p50: number | null
  /**
   * Upper quartile.
   */
  p75: number | null
  /**
   * 95 % quantile.
   */
  p95: number | null
  /**
   * 99 % quantile.
   */
  p99: number | null
  /**
   * Largest.
   */
  best: number | null
}
/**
 * Sharpe ratio and volatility over a moving window, annualised by the calendar of the run.
 *
 */
export interface RollingFigures {
  /**
   * Length of the window.
   */
  window_bars: number
  /**
   * Bars a year used here.
   */
  periods_per_year: number
  sharpe: RollingFigure
  volatility: RollingFigure
  /**
   * Why the figures are null, where they are.
   */
  reason?: string
}
/**
 * One rolling figure.
 *
 */
export interface RollingFigure {
  /**
   * At the last bar.
   */
  last: number | null
  /**
   * Smallest.
   */
  min: number | null
  /**
   * Median.
   */
  median: number | null
  /**
   * Largest.
   */
  max: number | null
}
/**
 * metrics.json of a run of an alert-driven strategy. Bars are those of the aggregate curve (curve_interval).
 *
 */
export interface AlertRunMetrics {
  /**
   * As in metadata.
   */
  mode: string
  /**
   * As in metadata.
   */
  command: string
  /**
   * success
   */
  status: string
  summary: Summary
  best_result: BestResult
  /**
   * Rows ranked; 1 for a run.
   */
  leaderboard_size: number
  extended: ExtendedMetrics
  alerts: AlertFigures
  execution: AlertExecutionFigures
}
/**
 * The five headline figures every mode publishes.
 *
 */
export interface Summary {
  /**
   * Last equity over first, minus 1.
   */
  total_return: number | null
  /**
   * sqrt(252) times mean over standard deviation of net bar returns, whatever the interval.
   */
  sharpe_simple: number | null
  /**
   * Largest fall from a running peak, 0 or negative.
   */
  max_drawdown: number | null
  /**
   * Fills: entries and exits counted separately.
   */
  trades: number | null
  /**
   * Share of winning round trips where fills are published, else of bars held that gained.
   */
  win_rate: number | null
}
/**
 * The figures of the run; round-trip figures only where fills are published.
 *
 */
export interface BestResult {
  /**
   * As in summary.
   */
  total_return: number | null
  /**
   * As in summary.
   */
  max_drawdown: number | null
  /**
   * As in summary.
   */
  sharpe_simple: number | null
  /**
   * Fills.
   */
  trades: number | null
  /**
   * Bars evaluated, after warm-up.
   */
  days: number
  /**
   * Completed round trips.
   */
  trade_trades?: number
  /**
   * Share of round trips with positive net result.
   */
  win_rate_trades?: number | null
  /**
   * Gross profit over gross loss; null without a loss.
   */
  profit_factor?: number | null
  /**
   * Mean net result of a round trip.
   */
  expectancy_net?: number | null
  /**
   * Mean calendar days held.
   */
  avg_holding_days?: number | null
  /**
   * Days held over days between first entry and last exit.
   */
  exposure?: number | null
}
/**
 * metrics.extended: figures annualised by the calendar of the data, over the net bar returns, the equity curve and the round trips of a run; an undefined one is null and says why in undefined_reasons.
 *
 */
export interface ExtendedMetrics {
  /**
   * Bars per year of the calendar of the data (365 days crypto, 252 exchange days), by which the figures here are annualised. Source: The data set’s calendar and bar interval.
   */
  periods_per_year: number
  /**
   * equity_last^(periods_per_year / bars) − 1, equity starting at 1. Source: Compound annual growth rate, as empyrical annual_return.
   */
  cagr: number | null
  /**
   * Sample standard deviation (n − 1) of net bar returns · √periods_per_year. Source: As empyrical annual_volatility.
   */
  annual_volatility: number | null
  /**
   * mean(net) / std(net, n − 1) · √periods_per_year, risk-free rate 0. Source: Sharpe 1994, The Sharpe Ratio, Journal of Portfolio Management 21(1).
   */
  sharpe_ratio: number | null
  /**
   * √((1 − γ₃·SR + (γ₄ − 1)/4·SR²) / (bars − 1)) · √periods_per_year, with SR per bar, skewness γ₃ and non-excess kurtosis γ₄; bars taken as independent. Source: Mertens 2002, Comments on variance of the IID estimator in Lo (2002); Lo 2002, Financial Analysts Journal 58(4).
   */
  sharpe_ratio_standard_error: number | null
  /**
   * Φ(sharpe_ratio / sharpe_ratio_standard_error): probability that the true Sharpe ratio is above 0. Source: Bailey & López de Prado 2012, The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2).
   */
  probabilistic_sharpe_ratio: number | null
  /**
   * mean(net) / √(Σ min(net, 0)² / bars) · √periods_per_year, target return 0. Source: Sortino & Price 1994, Journal of Investing 3(3); as empyrical sortino_ratio.
   */
  sortino_ratio: number | null
  /**
   * cagr / |max_drawdown|, max_drawdown as in the summary. Source: Young 1991, Calmar Ratio: A Smoother Tool, Futures; as empyrical calmar_ratio, over the whole frame.
   */
  calmar_ratio: number | null
  /**
   * √(mean of squared drawdowns of all bars), drawdown = equity / running maximum − 1. Source: Martin & McCann 1989, The Investor’s Guide to Fidelity Funds; as R PerformanceAnalytics UlcerIndex.
   */
  ulcer_index: number | null
  /**
   * m₃ / m₂^(3/2) of net bar returns, population moments. Source: Fisher’s g₁, no bias correction, as scipy.stats.skew.
   */
  skew: number | null
  /**
   * m₄ / m₂² of net bar returns, population moments; not excess: 3 for a normal distribution. Source: Pearson’s β₂, no bias correction, as scipy.stats.kurtosis(fisher=False).
   */
  kurtosis: number | null
  /**
   * |95 % quantile| / |5 % quantile| of net bar returns, linear interpolation. Source: As empyrical tail_ratio.
   */
  tail_ratio: number | null
  /**
   * 5 % quantile of net bar returns, linear interpolation; a loss is negative. Source: Historical value at risk, as empyrical value_at_risk.
   */
  value_at_risk_5pct: number | null
  /**
   * Mean of the ⌊(bars − 1)·0.05⌋ + 1 lowest net bar returns; a loss is negative. Source: Historical expected shortfall, as empyrical conditional_value_at_risk.
   */
  conditional_value_at_risk_5pct: number | null
  /**
   * Highest net return of one bar. Source: Definition.
   */
  best_bar_return: number | null
  /**
   * Lowest net return of one bar. Source: Definition.
   */
  worst_bar_return: number | null
  /**
   * Most bars from a peak of equity until it was reached again, or until the last bar; 0 without a drawdown. Source: As backtesting.py Max. Drawdown Duration.
   */
  max_drawdown_duration_bars: number
  /**
   * Longest calendar time from a peak of equity until it was reached again, or until the last bar; 0 without a drawdown. Source: As backtesting.py Max. Drawdown Duration.
   */
  max_drawdown_duration_days: number
  /**
   * total_return / |max_drawdown|, both as in the summary. Source: Net profit over maximum drawdown; the field’s usual definition.
   */
  recovery_factor: number | null
  /**
   * close_last / close_first − 1 over the same bars, without costs. Source: As backtesting.py Buy & Hold Return.
   */
  buy_and_hold_return: number | null
  /**
   * Share of bars that end with an exposure other than 0. Source: As backtesting.py Exposure Time.
   */
  exposure_time: number | null
  /**
   * Σ |change of exposure| · periods_per_year / bars: traded notional over equity a year, purchases and sales both counted. Source: Definition.
   */
  turnover: number | null
  /**
   * Σ fees and slippage of all fills of the broker account. Source: Definition.
   */
  total_costs: number | null
  /**
   * Number of round trips. Completed round trips after costs; an open position is not counted. Source: Definition.
   */
  trade_count: number
  /**
   * Share of round trips with net result above 0. Completed round trips after costs; an open position is not counted. Source: Definition.
   */
  win_rate_trades: number | null
  /**
   * Σ net gains / |Σ net losses| in quote currency. Completed round trips after costs; an open position is not counted. Source: Gross profit over gross loss; the field’s usual definition.
   */
  profit_factor: number | null
  /**
   * Mean net gain of winners / |mean net loss of losers| in quote currency. Completed round trips after costs; an open position is not counted. Source: Average win over average loss; the field’s usual definition.
   */
  payoff_ratio: number | null
  /**
   * Mean net return of a round trip on its entry value. Completed round trips after costs; an open position is not counted. Source: Mean trade return; the field’s usual definition.
   */
  expectancy: number | null
  /**
   * Mean of whole calendar days held. Completed round trips after costs; an open position is not counted. Source: Definition.
   */
  avg_holding_days: number | null
  /**
   * Longest row of round trips without a loss; breaking even counts as a win. Completed round trips after costs; an open position is not counted. Source: Definition.
   */
  max_consecutive_wins: number
  /**
   * Longest row of losing round trips. Completed round trips after costs; an open position is not counted. Source: Definition.
   */
  max_consecutive_losses: number
  /**
   * Why each metric that is null here is undefined: metric name → reason.
   */
  undefined_reasons: {
    [k: string]: string
  }
}
/**
 * The calls and what trading them gave.
 *
 */
export interface AlertFigures {
  /**
   * Alerts in the window that meet the selection; each brings a purse.
   */
  selected: number
  /**
   * Of these, with candles after the call.
   */
  with_candles: number
  /**
   * Of these, with at least one trade.
   */
  traded: number
  /**
   * Sum of all purses: what total_return refers to.
   */
  capital: number
  /**
   * Purse of one alert.
   */
  stake: number
  /**
   * Result of all orders.
   */
  net_pnl: number
  /**
   * net_pnl over the purses of the alerts that traded; null without one.
   */
  return_per_traded_alert: number | null
  /**
   * Share of the alerts with candles whose price reached hit_multiple.
   */
  hit_rate: number | null
  /**
   * Median of the greatest price in the window over the price at the call.
   */
  median_peak_multiple: number | null
  /**
   * Median of the last price in the window over the price at the call.
   */
  median_end_multiple: number | null
  /**
   * Median time from the call to the greatest price.
   */
  median_minutes_to_peak: number | null
  /**
   * Callers; callers.csv has one row each.
   */
  callers: number
}
/**
 * What became of the orders.
 *
 */
export interface AlertExecutionFigures {
  /**
   * Orders sent.
   */
  orders: number
  /**
   * Filled whole.
   */
  filled: number
  /**
   * Filled in part.
   */
  partial: number
  /**
   * Failed.
   */
  failed: number
  /**
   * Entries that the market had no candle for in time.
   */
  expired: number
  /**
   * Entries that a limit forbade, by limit; not sent.
   */
  refused: {
    /**
     * Entries.
     */
    [k: string]: number
  }
  /**
   * Trades by why they ended.
   */
  exits: {
    /**
     * Trades.
     */
    [k: string]: number
  }
  /**
   * Mean time from sending to the market; null without an order.
   */
  mean_latency_ms: number | null
  /**
   * 90th percentile.
   */
  p90_latency_ms: number | null
  /**
   * 99th percentile.
   */
  p99_latency_ms: number | null
  /**
   * Trading and network fees.
   */
  total_fees: number
  /**
   * Traded value lost to slippage.
   */
  slippage_cost: number
}
/**
 * report.json of a run of an alert-driven strategy; written last.
 *
 */
export interface AlertRunReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_run_report'
  /**
   * success
   */
  status: string
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the same request.
     */
    command: string
  }
  config_resolved: AlertRunConfig
  /**
   * One row for a run.
   */
  results: BestResult[]
  /**
   * Every file of the directory except report.json and run_report.md, sorted by name.
   */
  artifacts: ArtifactFile[]
  machine_contract: MachineContract
  summary: Summary
  alerts: AlertFigures
  execution: AlertExecutionFigures
  dataset: DatasetReference
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, limits, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, trades.csv and the equity columns.
   */
  result_hash: string
  /**
   * Run that this one executes again; absent otherwise.
   */
  replay_of?: string
  replay?: ReplayVerdict
  /**
   * What the reader should know; absent when there is nothing.
   */
  warnings?: string[]
}
export interface ReportHeader {
  /**
   * Identity of the run.
   */
  run_id: string
  /**
   * run, grid, walkforward, paper, forward …
   */
  mode: string
  /**
   * When the run was built, UTC.
   */
  created_at: string
  /**
   * Commit of the working directory, or `unknown`.
   */
  git_commit: string
  /**
   * Kept for readers of the earlier layout.
   */
  python_version: null
  /**
   * Version of Node.
   */
  node_version?: string
  /**
   * Configuration file, or inline_cli.
   */
  config_path: string
  /**
   * SHA-256 of the canonical JSON of config.json.
   */
  config_hash: string
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id?: string
}
/**
 * config.json of a run of an alert-driven strategy.
 *
 */
export interface AlertRunConfig {
  /**
   * multi_trade, or the name that gave parameters, as requested.
   */
  strategy: string
  /**
   * Complete parameters of the rules (`quantlab --schema alerts/multi-trade`); models, settings and selection stand beside them.
   */
  strategy_params: {
    [k: string]: unknown
  }
  /**
   * Data set of alerts.
   */
  alerts_dataset_id: string
  /**
   * SHA-256 of its content.
   */
  alerts_content_hash: string
  /**
   * Data set of candles.
   */
  dataset_id: string
  /**
   * SHA-256 of its content.
   */
  dataset_content_hash: string
  /**
   * Calls from here on: ISO date or instant.
   */
  start: string
  /**
   * Calls before this: ISO date or instant.
   */
  end: string
  /**
   * Bar size of the candles.
   */
  interval: string
  /**
   * Calendar of annualised figures.
   */
  calendar: 'crypto' | 'exchange'
  /**
   * Window of candles after a call, e.g. post_alert_1440m.
   */
  alert_window_policy: string
  universe: AlertUniverse
  sources: AlertSources
  filters: AlertFilters
  executionModel: ExecutionModel
  costModel: CostModel
  /**
   * Limits over all alerts; null: none.
   */
  riskModel: null | RiskModel
  runConfig: AlertRunSettings
  /**
   * Seed of everything random; 0 where nothing is.
   */
  seed: number
  /**
   * createdAtISO of a SimulationRequest; null for other requests.
   */
  snapshot_created_at: string | null
}
/**
 * What the simulated alerts are of, sorted; empty where no alert names it.
 */
export interface AlertUniverse {
  /**
   * Chains.
   */
  chains: string[]
  /**
   * Venues.
   */
  venues: string[]
  /**
   * Callers.
   */
  callers: string[]
}
/**
 * Settings of the simulation; its seed stands beside it.
 */
export interface AlertRunSettings {
  /**
   * Orders reach the market at whole multiples of this.
   */
  timeResolutionMs: number
  /**
   * collect or failFast.
   */
  errorMode: string
  /**
   * events.ndjson was written.
   */
  includeEventLogs: boolean
  /**
   * state_snapshots.ndjson was written.
   */
  includeStateSnapshots: boolean
  /**
   * Longest time allowed; absent: any.
   */
  maxSimulationTimeMs?: number
}
export interface ArtifactFile {
  /**
   * Path in the run directory.
   */
  file_name: string
  /**
   * Size.
   */
  size_bytes: number
  /**
   * SHA-256 of the bytes.
   */
  sha256: string
}
/**
 * The machine-facing result block.
 *
 */
export interface MachineContract {
  /**
   * Version of the contract.
   */
  schema_version: '1.0'
  /**
   * quantlab.run.result …
   */
  contract_type: string
  /**
   * Command of the request.
   */
  command: string
  /**
   * success
   */
  status: string
  /**
   * As given; null where absent.
   */
  request_id: unknown
  /**
   * Identity.
   */
  run_id: string
  /**
   * Mode.
   */
  mode: string
  summary: Summary
  /**
   * Role → file name in the run directory.
   */
  artifacts: {
    [k: string]: string
  }
}
/**
 * The data a run read.
 *
 */
export interface DatasetReference {
  /**
   * Data set.
   */
  dataset_id: string
  /**
   * SHA-256 of the whole data set's content.
   */
  content_hash: string
  /**
   * SHA-256 of the bars read in [start, end).
   */
  snapshot_hash: string
  /**
   * Bars read.
   */
  bars?: number
  /**
   * Time of the first bar read.
   */
  first_bar?: string
  /**
   * Time of the last bar read.
   */
  last_bar?: string
}
/**
 * How a replay compares with its original.
 *
 */
export interface ReplayVerdict {
  /**
   * The replay.
   */
  run_id: string
  /**
   * The original.
   */
  replay_of: string
  trial?: ReplayedTrial
  /**
   * True: equal result_hash, and no difference in metrics.json, trades.csv and equity.parquet; of a trial in its row of trials.parquet.
   */
  match: boolean
  /**
   * The first difference of each file, metrics first; empty where all match.
   */
  differences: ResultDifference[]
  /**
   * Hash of the result.
   */
  result_hash: {
    /**
     * Of the run that is executed again.
     */
    original: string
    /**
     * Of the replay.
     */
    replay: string
  }
  /**
   * Equal numbers are promised only for equal engine versions.
   */
  engine_version: {
    /**
     * Of the run that is executed again.
     */
    original: string
    /**
     * Of the replay.
     */
    replay: string
  }
  /**
   * Version of the program.
   */
  quantlab_version: {
    /**
     * Of the run that is executed again.
     */
    original: string
    /**
     * Of the replay.
     */
    replay: string
  }
  /**
   * Version of Node.
   */
  node_version: {
    /**
     * Of the run that is executed again.
     */
    original: string
    /**
     * Of the replay.
     */
    replay: string
  }
  /**
   * Whether the commit of the working directory is the same.
   */
  code: 'same' | 'different' | 'unknown'
}
/**
 * Replay of a trial only: which one of the sweep it is. result_hash is then that of its figures.
 */
export interface ReplayedTrial {
  /**
   * Its number.
   */
  trial: number
  /**
   * Its id.
   */
  variation_id: string
  /**
   * Walk-forward: the split.
   */
  split_name?: string
  /**
   * Walk-forward: the window of the split.
   */
  phase?: 'train' | 'test'
}
/**
 * Where two results first differ.
 *
 */
export interface ResultDifference {
  /**
   * File of the run directory.
   */
  file: string
  /**
   * JSON pointer; in a table /<row, from 1>/<column>, or /rows for their number.
   */
  pointer: string
  /**
   * Value of the original; null where absent.
   */
  original: unknown
  /**
   * Value of the replay; null where absent.
   */
  replay: unknown
}
/**
 * compare_report.json: chosen runs ranked by one metric; compare_report.md shows the same.
 *
 */
export interface CompareReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * When the report was written, UTC.
   */
  generated_at: string
  /**
   * Metric the runs are ranked by.
   */
  sort_by: 'sharpe_simple' | 'total_return' | 'max_drawdown' | 'trades'
  /**
   * Runs compared.
   */
  n_runs: number
  /**
   * First of the ranking; null where no run has a value of the metric.
   */
  best_run_id: string | null
  /**
   * Absolute directory of that run; null where there is none.
   */
  best_run_path: string | null
  /**
   * The runs, highest value first, those without a value last.
   */
  runs: RunsIndexRow[]
}
/**
 * One run, as the index lists it.
 *
 */
export interface RunsIndexRow {
  /**
   * Run id; the directory name where the run names none; null, like every field but path, where the directory cannot be read.
   */
  run_id: string | null
  /**
   * Mode of the run: run, grid, walkforward …
   */
  mode: string | null
  /**
   * When the run was built, as the run itself says it.
   */
  created_at: string | null
  /**
   * Commit the run was made with, or `unknown`.
   */
  git_commit: string | null
  /**
   * Symbol of the instrument.
   */
  ticker: string | null
  /**
   * First bar, inclusive.
   */
  start: string | null
  /**
   * End, exclusive.
   */
  end: string | null
  /**
   * Sharpe ratio of the run, of its best row where it holds several.
   */
  sharpe_simple: number | null
  /**
   * Total return of the same row.
   */
  total_return: number | null
  /**
   * Deepest drawdown of the same row, at most 0.
   */
  max_drawdown: number | null
  /**
   * Trades of the same row.
   */
  trades: number | null
  /**
   * Absolute path of the run directory.
   */
  path: string
}
/**
 * Two runs, sessions, sweeps or experiments side by side: inputs, code, figures, trades, trials, equity. No clock in it: the same two sides give the same bytes.
 *
 */
export interface Comparison {
  /**
   * Version of this layout.
   */
  schemaVersion: '1.0'
  /**
   * Side A.
   */
  a: ComparedSide
  /**
   * Side B.
   */
  b: ComparedSide
  /**
   * What it comes to.
   */
  verdict: ComparisonVerdict
  /**
   * What went in.
   */
  inputs: ComparedInputs
  /**
   * What computed it.
   */
  code: ComparedCode
  /**
   * Figures.
   */
  metrics: ComparedMetrics
  /**
   * Fills, matched by time and instrument.
   */
  trades: ComparedRows
  /**
   * Trials of a sweep or variations of an experiment, matched by variation, in walk-forward also by split and phase; null unless a side is one of these.
   */
  trials: ComparedRows | null
  /**
   * Equity curves.
   */
  equity: ComparedEquity
  /**
   * What a side lacks; a part that a kind never has is told in the part itself.
   */
  missing: ComparisonGap[]
}
/**
 * One side, as the request names it.
 *
 */
export interface ComparedSide {
  /**
   * As the request names it.
   */
  reference: string
  /**
   * run, alerts (a run on alerts), paper, forward, sweep, regime, regime_sweep, document (an exported run), experiment.
   */
  kind: 'run' | 'alerts' | 'paper' | 'forward' | 'sweep' | 'regime' | 'regime_sweep' | 'document' | 'experiment'
  /**
   * Id of the run, session or sweep.
   */
  id: string
  /**
   * Absolute directory or file; null where a side has none.
   */
  path: string | null
  /**
   * When it was made; null where it does not say.
   */
  createdAt: string | null
  /**
   * Run that it executed again; null where it did not.
   */
  replayOf: string | null
  /**
   * result_hash, of a document its resultHash; null where it has none.
   */
  resultHash: string | null
  /**
   * Every file was found as it was written; of a document its result, of an experiment its report. False: it lists no hashes, and `missing` says why.
   */
  verified: boolean
}
/**
 * What the comparison comes to.
 *
 */
export interface ComparisonVerdict {
  /**
   * identical: same result, same inputs. same_results: same result from different inputs. different_results: same inputs, other result. different_inputs: other inputs, other result. unknown: a side does not record enough to tell.
   */
  code: 'identical' | 'same_results' | 'different_results' | 'different_inputs' | 'unknown'
  /**
   * The results are the same; null where that cannot be told.
   */
  same: boolean | null
  /**
   * The same in a sentence.
   */
  text: string
  /**
   * What explains a difference, the first cause first.
   */
  explanations: ComparisonExplanation[]
}
/**
 * One difference of what went in.
 */
export interface ComparisonExplanation {
  /**
   * data, window, kind, selection, strategy, parameters, execution, costs, fills, risk, seed, configuration, engine, code, versions; none where nothing that is recorded is different.
   */
  what: string
  /**
   * What is different.
   */
  text: string
}
/**
 * What went in.
 *
 */
export interface ComparedInputs {
  /**
   * The inputs are the same: fingerprint_v2 where both have it, else fingerprint and configuration; null where a side records neither.
   */
  same: boolean | null
  datasets: ComparedDatasets
  /**
   * SHA-256 of the rows read in the window.
   */
  snapshotHash: ComparedText
  window: ComparedWindow
  seed: ComparedSeeds
  /**
   * Fingerprint of data, strategy, execution, costs, risk, seed and engine.
   */
  fingerprint: ComparedText
  /**
   * The same with configuration and contract.
   */
  fingerprintV2: ComparedText
  hashes: ComparedHashes
  config: ComparedConfig
}
/**
 * Data sets that were read.
 */
export interface ComparedDatasets {
  /**
   * Of A.
   */
  a: ComparedDataset[]
  /**
   * Of B.
   */
  b: ComparedDataset[]
  /**
   * The same data sets with the same content, as far as both record it.
   */
  same: boolean
}
/**
 * A data set that was read.
 *
 */
export interface ComparedDataset {
  /**
   * Data set.
   */
  datasetId: string
  /**
   * SHA-256 of its content; null where the side does not record it.
   */
  contentHash: string | null
}
/**
 * A fact of both sides.
 *
 */
export interface ComparedText {
  /**
   * Of A; null where unknown.
   */
  a: string | null
  /**
   * Of B; null where unknown.
   */
  b: string | null
  /**
   * Both are known and equal; null where one is unknown.
   */
  same: boolean | null
}
/**
 * Window of the data, [from, to).
 */
export interface ComparedWindow {
  /**
   * Of A; null where it has none.
   */
  a: ComparedBounds | null
  /**
   * Of B; null where it has none.
   */
  b: ComparedBounds | null
  /**
   * The same window.
   */
  same: boolean
}
/**
 * A window.
 *
 */
export interface ComparedBounds {
  /**
   * Start, inclusive.
   */
  from: string
  /**
   * End, exclusive; of the regime monitor the last day.
   */
  to: string
}
/**
 * Seeds.
 */
export interface ComparedSeeds {
  /**
   * Of A; null where unknown.
   */
  a: number | null
  /**
   * Of B; null where unknown.
   */
  b: number | null
  /**
   * The same seed.
   */
  same: boolean
}
/**
 * Hash of each input; beside a fingerprint, null means that there is no such input.
 */
export interface ComparedHashes {
  /**
   * Strategy and parameters.
   */
  strategy: ComparedText
  /**
   * Execution.
   */
  executionModel: ComparedText
  /**
   * Fees and slippage.
   */
  costModel: ComparedText
  /**
   * Risk limits.
   */
  riskModel: ComparedText
  /**
   * Configuration without its seed.
   */
  runConfig: ComparedText
}
/**
 * config.json field by field; a list is one field.
 */
export interface ComparedConfig {
  /**
   * Fields that are equal.
   */
  same: number
  /**
   * Fields that are not, or that one side lacks.
   */
  different: number
  /**
   * Every field, by pointer.
   */
  fields: ComparedField[]
}
/**
 * One field of the configuration.
 *
 */
export interface ComparedField {
  /**
   * JSON pointer.
   */
  field: string
  /**
   * Of A; absent where A has no such field.
   */
  a?: unknown
  /**
   * Of B; absent where B has no such field.
   */
  b?: unknown
  /**
   * Both have it, with the same value.
   */
  same: boolean
}
/**
 * What computed it.
 *
 */
export interface ComparedCode {
  /**
   * Git commits: same, different, or unknown where a side was made outside a repository.
   */
  relation: 'same' | 'different' | 'unknown'
  /**
   * Commit of the working directory.
   */
  gitCommit: ComparedText
  /**
   * Version of the computation.
   */
  engineVersion: ComparedText
  /**
   * Version of the program.
   */
  quantlabVersion: ComparedText
  /**
   * Version of Node.
   */
  nodeVersion: ComparedText
}
/**
 * Figures side by side.
 *
 */
export interface ComparedMetrics {
  /**
   * Both sides have figures.
   */
  comparable: boolean
  /**
   * Why not.
   */
  reason: string | null
  /**
   * Equal on both sides.
   */
  same: number
  /**
   * On both sides, not equal.
   */
  different: number
  /**
   * On A alone.
   */
  onlyA: number
  /**
   * On B alone.
   */
  onlyB: number
  /**
   * Every figure, in the order of A, then those of B alone.
   */
  rows: ComparedMetric[]
}
/**
 * One figure of both sides.
 *
 */
export interface ComparedMetric {
  /**
   * Dotted place in metrics.json; a document's figures have their own names.
   */
  metric: string
  /**
   * Of A: number, text, true or false; null where it is undefined or absent.
   */
  a: unknown
  /**
   * Of B.
   */
  b: unknown
  /**
   * both, a or b: who has it.
   */
  present: 'both' | 'a' | 'b'
  /**
   * Both have it, with the same value.
   */
  same: boolean
  /**
   * b − a, in the unit of the figure; null where one is no number.
   */
  difference: number | null
  /**
   * b / a; null where one is no number or 0, where the signs differ, and for seeds and instants.
   */
  ratio: number | null
  /**
   * Unit (contracts/UNITS.md); null where none is declared.
   */
  unit: string | null
}
/**
 * Rows of both sides matched by a key.
 *
 */
export interface ComparedRows {
  /**
   * Both sides have such rows.
   */
  comparable: boolean
  /**
   * Why not.
   */
  reason: string | null
  files: ComparedFiles
  /**
   * Columns that rows are matched by; of several equal ones, those of the same side first, then in order.
   */
  key: string[]
  /**
   * Rows of A.
   */
  rowsA: number
  /**
   * Rows of B.
   */
  rowsB: number
  /**
   * Matched, every shared column equal.
   */
  same: number
  /**
   * Matched, a shared column differs.
   */
  changed: number
  /**
   * Of A alone.
   */
  onlyA: number
  /**
   * Of B alone.
   */
  onlyB: number
  /**
   * Columns that B lacks; they are not compared.
   */
  columnsOnlyA: string[]
  /**
   * Columns that A lacks.
   */
  columnsOnlyB: string[]
  /**
   * null where all rows are the same.
   */
  firstDivergence: FirstDivergence | null
  /**
   * Columns that differ.
   */
  fields: ChangedField[]
  listed: ListedRows
}
/**
 * Files that were read.
 */
export interface ComparedFiles {
  /**
   * Of A; null where it has none.
   */
  a: string | null
  /**
   * Of B; null where it has none.
   */
  b: string | null
}
/**
 * The first row, in the order of the key, that is not the same on both sides.
 *
 */
export interface FirstDivergence {
  /**
   * changed, only_a or only_b.
   */
  state: 'changed' | 'only_a' | 'only_b'
  /**
   * What it is matched by.
   */
  key: {
    [k: string]: unknown
  }
  /**
   * Its number in the file of A; null where A has none.
   */
  rowA: number | null
  /**
   * Its number in the file of B; null where B has none.
   */
  rowB: number | null
}
/**
 * How often a column differs in matched rows.
 *
 */
export interface ChangedField {
  /**
   * Column.
   */
  field: string
  /**
   * Rows in which it differs.
   */
  rows: number
  /**
   * Largest absolute difference, in the unit of the column; null for text.
   */
  largest: number | null
}
/**
 * The first rows of each kind, 50 at most; the counts cover all.
 */
export interface ListedRows {
  /**
   * Changed.
   */
  changed: ChangedRow[]
  /**
   * Of A alone.
   */
  onlyA: ComparedRow[]
  /**
   * Of B alone.
   */
  onlyB: ComparedRow[]
}
/**
 * A row that both sides have, with other values.
 *
 */
export interface ChangedRow {
  /**
   * What it was matched by.
   */
  key: {
    [k: string]: unknown
  }
  /**
   * Its number in the file of A.
   */
  rowA: number
  /**
   * Its number in the file of B.
   */
  rowB: number
  /**
   * Fields that differ, such as number and run of a trial included, which make no row a changed one.
   */
  fields: ComparedCells[]
}
/**
 * One field of a row that both sides have.
 *
 */
export interface ComparedCells {
  /**
   * Column.
   */
  field: string
  /**
   * Of A.
   */
  a: unknown
  /**
   * Of B.
   */
  b: unknown
}
/**
 * A row of one side alone.
 *
 */
export interface ComparedRow {
  /**
   * Its number in the file, from 1.
   */
  row: number
  /**
   * Its cells by column.
   */
  cells: {
    [k: string]: unknown
  }
}
/**
 * Equity curves aligned by time. Levels are as recorded: where windows differ, so does what came before.
 *
 */
export interface ComparedEquity {
  /**
   * Both sides have a curve.
   */
  comparable: boolean
  /**
   * Why not.
   */
  reason: string | null
  files: ComparedCurveFiles
  /**
   * Bars of A.
   */
  barsA: number
  /**
   * Bars of B.
   */
  barsB: number
  /**
   * Bars at instants that both have.
   */
  common: number
  /**
   * Bars at instants that B lacks.
   */
  onlyA: number
  /**
   * Bars at instants that A lacks.
   */
  onlyB: number
  /**
   * First instant that one side lacks; null where none.
   */
  firstUnmatched: string | null
  /**
   * First common bar with another equity; null where all are the same to the last bit.
   */
  firstDifference: ComparedPoint | null
  /**
   * Common bar with the largest absolute difference; null without a common bar.
   */
  maxDifference: ComparedPoint | null
  /**
   * Last common bar; null without one.
   */
  finalDifference: ComparedPoint | null
  /**
   * Correlation (Pearson) of the returns between common bars; null with fewer than two, or where a side does not move.
   */
  returnCorrelation: number | null
  /**
   * Sample deviation of the differences of these returns, per bar; null with fewer than two.
   */
  trackingError: number | null
  /**
   * The same times √(bars a year); null where the sides do not agree on the bars a year.
   */
  trackingErrorAnnual: number | null
  /**
   * Of the whole curve of A.
   */
  drawdownA: ComparedDrawdown | null
  /**
   * Of the whole curve of B.
   */
  drawdownB: ComparedDrawdown | null
}
/**
 * Files that were read.
 */
export interface ComparedCurveFiles {
  /**
   * Of A; null where it has none.
   */
  a: string | null
  /**
   * Of B; null where it has none.
   */
  b: string | null
}
/**
 * Equity of both sides at one instant.
 *
 */
export interface ComparedPoint {
  /**
   * ISO 8601 UTC.
   */
  at: string
  /**
   * Equity of A, growth of 1.
   */
  a: number
  /**
   * Equity of B, growth of 1.
   */
  b: number
  /**
   * b − a.
   */
  difference: number
}
/**
 * Deepest fall of a whole curve.
 *
 */
export interface ComparedDrawdown {
  /**
   * Below the running peak, ≤ 0.
   */
  maxDrawdown: number
  /**
   * When: ISO 8601 UTC.
   */
  at: string
}
/**
 * What a side lacks, and why.
 *
 */
export interface ComparisonGap {
  /**
   * a or b.
   */
  side: 'a' | 'b'
  /**
   * hashes, manifest, config, metrics, trades, trials, equity.
   */
  part: string
  /**
   * Why.
   */
  reason: string
}
/**
 * config.json: the resolved configuration of a run.
 *
 */
export interface RunConfig {
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * First bar, inclusive: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant.
   */
  end: string
  /**
   * Bar size.
   */
  interval: string
  /**
   * Data set to run on; else the one that covers the window best.
   */
  dataset_id: string
  /**
   * Strategy name; `quantlab --schema` lists them under strategies/.
   */
  strategy: string
  /**
   * Parameters of the strategy, checked against its own schema (`quantlab --schema strategies/<name>`).
   */
  strategy_params: {
    [k: string]: unknown
  }
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * Run a paper session instead of a run.
   */
  paper: boolean
  /**
   * Starting cash.
   */
  initial_cash: number
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * rsi_ma_cross_v2 only: buy only while RSI is below this. Null for other strategies.
   */
  rsi_buy_max: number | null
  /**
   * rsi_ma_cross_v2 only: sell when RSI is above this. Null for other strategies.
   */
  rsi_sell_min: number | null
  /**
   * rsi_ma_cross_v2 only: bars (not days) ignored after each signal. Null for other strategies.
   */
  cooldown_days: number | null
  /**
   * Calendar of annualised figures.
   */
  calendar: 'crypto' | 'exchange'
  /**
   * SHA-256 of the data set's content: a replay refuses other data.
   */
  dataset_content_hash: string
  /**
   * SHA-256 of the given file of fills; null where none was given.
   */
  trades_csv_hash: string | null
}
/**
 * lake/datasets/<kind>/<dataset_id>/manifest.json: what a dataset holds, where it came from, and the hashes that prove it.
 *
 */
export interface DatasetManifest {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Dataset id, chosen by the caller.
   */
  dataset_id: string
  /**
   * Kind of data.
   */
  kind: string
  /**
   * Family; null where none was given.
   */
  family: string | null
  /**
   * Version of the data's own schema.
   */
  schema_version_data: string
  /**
   * Bar size; null where not declared.
   */
  interval: string | null
  /**
   * Calendar that annualises; null where not declared.
   */
  calendar: 'crypto' | 'exchange' | null
  /**
   * When it was registered, UTC.
   */
  created_at: string
  /**
   * False where the data lie elsewhere.
   */
  materialised: boolean
  provenance: ManifestProvenance
  coverage: ManifestCoverage
  /**
   * Columns kept, in order.
   */
  columns: string[]
  /**
   * Columns of the imported file that were left out.
   */
  ignored_columns: string[]
  /**
   * Bars of all symbols.
   */
  row_count: number
  /**
   * Places where bars are missing, seen from the interval.
   */
  gap_count: number
  /**
   * Bars missing in all gaps.
   */
  missing_bar_count: number
  /**
   * One file a symbol, in code-point order.
   */
  symbols: ManifestSymbol[]
  /**
   * SHA-256 of RFC 8785 {_t:"dataset.content", v:1, symbols:[[symbol, content_hash], …]}; null where only declared.
   */
  content_hash: string | null
  elsewhere?: DatasetElsewhere
  /**
   * SHA-256 of RFC 8785 of this object without this field.
   */
  manifest_hash: string
}
/**
 * Where the data come from.
 */
export interface ManifestProvenance {
  /**
   * Where the data come from.
   */
  source: string | null
  /**
   * When they were taken from their source.
   */
  extracted_at: string | null
  /**
   * Licence.
   */
  license: string | null
  /**
   * Whom the licence wants to be named.
   */
  attribution: string | null
  /**
   * The imported file; null where only declared.
   */
  file: null | ManifestSourceFile
}
export interface ManifestSourceFile {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  size_bytes: number
}
/**
 * First and last bar over all symbols; as declared where there are no data.
 */
export interface ManifestCoverage {
  /**
   * First bar, UTC.
   */
  from: string | null
  /**
   * Last bar, UTC.
   */
  to: string | null
}
export interface ManifestSymbol {
  /**
   * Symbol.
   */
  symbol: string
  /**
   * File in the dataset's folder.
   */
  path: string
  /**
   * Bars.
   */
  rows: number
  /**
   * First bar, UTC.
   */
  from: string
  /**
   * Last bar, UTC.
   */
  to: string
  /**
   * Gaps.
   */
  gaps: number
  /**
   * Bars missing in them.
   */
  missing_bars: number
  /**
   * SHA-256 over the columns: each its name, a zero byte, little-endian float64 values; ts, open, high, low, close, volume where present.
   */
  content_hash: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  size_bytes: number
}
/**
 * Where a declared dataset lies; absent where nothing is said of it.
 */
export interface DatasetElsewhere {
  /**
   * Folder, relative to the root where it lies below it.
   */
  root: string
  /**
   * Its files by path; null where they were not hashed. content_hash is then the SHA-256 of RFC 8785 {_t:"dataset.files", v:1, files:[[path, sha256], …]}.
   */
  files: null | DatasetElsewhereFile[]
}
export interface DatasetElsewhereFile {
  /**
   * Path inside the folder.
   */
  path: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  size_bytes: number
}
/**
 * lake/datasets/<kind>/<dataset_id>/manifest.json of a dataset of tables (panel, alerts): what it holds, where it came from, and the hashes that prove it.
 *
 */
export interface DatasetTablesManifest {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Dataset id, chosen by the caller.
   */
  dataset_id: string
  /**
   * Kind of data.
   */
  kind: string
  /**
   * Family; null where none was given.
   */
  family: string | null
  /**
   * Version of the data's own schema.
   */
  schema_version_data: string
  /**
   * Bar size; null where not declared.
   */
  interval: string | null
  /**
   * Calendar that annualises; null where not declared.
   */
  calendar: 'crypto' | 'exchange' | null
  /**
   * When it was registered, UTC.
   */
  created_at: string
  /**
   * True: a dataset without data has the plain manifest.
   */
  materialised: boolean
  provenance: TablesManifestProvenance
  coverage: TablesManifestCoverage
  /**
   * Columns held over all tables: keys, then values.
   */
  columns: string[]
  /**
   * Columns of the imported files that were left out, `file:column` where there were several files.
   */
  ignored_columns: string[]
  /**
   * Rows of all fact tables, or alerts.
   */
  row_count: number
  /**
   * Places where days are missing between two prices of an asset, over all assets; 0 for alerts.
   */
  gap_count: number
  /**
   * Days missing in all gaps.
   */
  missing_bar_count: number
  /**
   * Empty: bars by symbol are another kind.
   *
   * @maxItems 0
   */
  symbols: []
  /**
   * SHA-256 of RFC 8785 {_t:"dataset.content", v:1, tables:[[table, content_hash], …]}.
   */
  content_hash: string
  /**
   * SHA-256 of RFC 8785 of this object without this field.
   */
  manifest_hash: string
  /**
   * Tables in order.
   */
  tables: TablesManifestTable[]
  panel?: TablesManifestPanel
}
/**
 * Where the data come from.
 */
export interface TablesManifestProvenance {
  /**
   * Where the data come from.
   */
  source: string | null
  /**
   * When they were taken from their source.
   */
  extracted_at: string | null
  /**
   * Licence.
   */
  license: string | null
  /**
   * Whom the licence wants to be named.
   */
  attribution: string | null
  /**
   * The imported file; null where only declared.
   */
  file: null | TablesManifestSourceFile
}
export interface TablesManifestSourceFile {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  size_bytes: number
}
/**
 * First and last day that has a price (panel), first and last alert.
 */
export interface TablesManifestCoverage {
  /**
   * First bar, UTC.
   */
  from: string | null
  /**
   * Last bar, UTC.
   */
  to: string | null
}
export interface TablesManifestTable {
  /**
   * Name of the table.
   */
  table: string
  /**
   * File in the dataset's folder.
   */
  path: string
  /**
   * Rows held.
   */
  rows: number
  /**
   * Rows of the imported table whose value was null: an absent value has no row.
   */
  absent_rows: number
  /**
   * First instant, UTC; null for a table without time or rows.
   */
  from: string | null
  /**
   * Last instant, UTC.
   */
  to: string | null
  /**
   * Columns, in order. `asset` and `instrument` are positions in dim_asset and dim_instrument, from 0.
   */
  columns: string[]
  /**
   * SHA-256 over the columns: each its name, a zero byte, then numbers and instants (epoch ms) as little-endian float64, text and booleans as one canonical JSON array.
   */
  content_hash: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  size_bytes: number
  /**
   * The imported file; null for generated data and for tables that were derived.
   */
  file: null | TablesManifestTableFile
}
export interface TablesManifestTableFile {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  size_bytes: number
}
/**
 * What a panel says of its assets; absent for any other kind.
 */
export interface TablesManifestPanel {
  /**
   * Assets with data.
   */
  asset_count: number
  /**
   * Stablecoins among them.
   */
  stable_count: number
  /**
   * Assets that wrap another one.
   */
  wrapped_count: number
  /**
   * How the funding rates were labelled; period_start were moved on by one day. Null without funding.
   */
  funding_label: 'settled' | 'period_start' | null
  /**
   * Daily returns above 500 %, kept as they are.
   */
  large_return_count: number
}
/**
 * report.json of one attempt of an experiment: what was asked, every variation with its run, figures over all runs.
 *
 */
export interface ExperimentReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab.experiment.report'
  /**
   * Experiment.
   */
  experiment_id: string
  /**
   * Number of the attempt, from 1.
   */
  attempt: number
  /**
   * Name of the experiment.
   */
  name: string
  /**
   * What it is for; null where nothing was said.
   */
  description: string | null
  /**
   * reproducible where every RunSet was frozen when it was created, or all inputs are data sets.
   */
  mode: 'exploratory' | 'reproducible'
  /**
   * failed where no variation became a run.
   */
  status: 'completed' | 'failed'
  /**
   * Identity of what it does.
   */
  definition_hash: string
  /**
   * The definition (`quantlab --schema commands/experiment`, definition).
   */
  definition: {
    [k: string]: unknown
  }
  /**
   * Base of the seeds.
   */
  seed: number
  /**
   * Version of the engine that ran.
   */
  engine_version: string
  /**
   * Node it ran on.
   */
  node_version: string
  /**
   * Program that ran it.
   */
  quantlab_version: string
  /**
   * Commit of the working directory; null outside a repository.
   */
  git_commit: string | null
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * When the attempt began, UTC.
   */
  started_at: string
  /**
   * When it ended, UTC.
   */
  finished_at: string
  /**
   * Time it took.
   */
  duration_ms: number
  /**
   * SHA-256 of RFC 8785 of [variation id, result hash or error code] in order.
   */
  results_hash: string
  summary: ExperimentSummary
  /**
   * Every variation, in order.
   */
  results: ExperimentResult[]
  /**
   * Each headline figure over the runs that completed.
   */
  statistics: ExperimentStatistic[]
  /**
   * Why it was ended early; null where it was not.
   */
  aborted: ExperimentAborted | null
  /**
   * What a reader should know.
   */
  warnings: string[]
  /**
   * Every other file of the attempt.
   */
  artifacts: ExperimentFile[]
}
/**
 * How it went.
 */
export interface ExperimentSummary {
  /**
   * Variations of the definition.
   */
  variations: number
  /**
   * Variations that became runs.
   */
  successful: number
  /**
   * Variations that failed.
   */
  failed: number
  /**
   * Variations that an early abort left out.
   */
  skipped: number
  /**
   * Run with the highest total return; null where there is none.
   */
  best_run_id: string | null
  /**
   * Its variation.
   */
  best_variation_id: string | null
}
/**
 * One variation and what became of it.
 *
 */
export interface ExperimentResult {
  /**
   * Follows from strategy, inputs and parameters alone.
   */
  variation_id: string
  /**
   * What became of it.
   */
  status: 'completed' | 'failed' | 'skipped'
  /**
   * Its run; null without one.
   */
  run_id: string | null
  /**
   * result_hash of the run; null without one.
   */
  result_hash: string | null
  /**
   * RunSets it comes from; empty where the experiment names data sets.
   */
  runsets: string[]
  /**
   * Strategy.
   */
  strategy: string
  /**
   * Its parameters as they are defined, before those that vary.
   */
  strategy_params: {
    [k: string]: unknown
  }
  /**
   * Alerts; null where it runs on bars.
   */
  alerts_dataset_id: string | null
  /**
   * Bars, or the candles of the alerts.
   */
  dataset_id: string
  /**
   * Symbol; null where it runs on alerts.
   */
  ticker: string | null
  /**
   * Callers, chains and venues its alerts are limited to.
   */
  universe: {
    [k: string]: unknown
  }
  /**
   * What varies: path to value.
   */
  parameters: {
    [k: string]: unknown
  }
  /**
   * Its seed; null where nothing is random.
   */
  seed: number | null
  /**
   * Directory of the run, relative to the root; null without one.
   */
  path: string | null
  /**
   * Headline figures; null without a run.
   */
  summary: Summary | null
  /**
   * Why it failed; null where it did not.
   */
  error: ExperimentFailure | null
}
export interface ExperimentFailure {
  /**
   * Code of the error.
   */
  code: string
  /**
   * What was wrong.
   */
  message: string
}
/**
 * A headline figure over runs, in its own unit; quartiles by linear interpolation.
 *
 */
export interface ExperimentStatistic {
  /**
   * Figure.
   */
  metric: string
  /**
   * Runs that have it.
   */
  count: number
  /**
   * Mean; null without a run.
   */
  mean: number | null
  /**
   * Sample deviation (n − 1); null below two runs.
   */
  standard_deviation: number | null
  /**
   * Least; null without a run.
   */
  minimum: number | null
  /**
   * First quartile; null without a run.
   */
  lower_quartile: number | null
  /**
   * Median; null without a run.
   */
  median: number | null
  /**
   * Third quartile; null without a run.
   */
  upper_quartile: number | null
  /**
   * Greatest; null without a run.
   */
  maximum: number | null
}
/**
 * Why and when it was ended early.
 *
 */
export interface ExperimentAborted {
  /**
   * The rules that fired, with their figures.
   */
  reason: string
  /**
   * Completed runs before it.
   */
  after_runs: number
  metrics: ExperimentAbortMetrics
}
/**
 * Means over those runs.
 */
export interface ExperimentAbortMetrics {
  /**
   * Mean win rate over the runs that have one; null where none has.
   */
  avg_win_rate: number | null
  /**
   * Mean total return.
   */
  avg_return: number | null
  /**
   * Mean depth of the deepest drawdown.
   */
  avg_drawdown: number | null
  /**
   * Runs with a gain.
   */
  profitable_runs: number
}
export interface ExperimentFile {
  /**
   * Name within the attempt.
   */
  file_name: string
  /**
   * Size.
   */
  size_bytes: number
  /**
   * SHA-256 of its bytes.
   */
  sha256: string
}
/**
 * outputs/failures/<run_id>.json: a request that passed validation and then failed.
 *
 */
export interface FailureRecord {
  /**
   * Version.
   */
  schema_version: '1.0'
  /**
   * Identity the run would have had.
   */
  run_id: string
  /**
   * Command.
   */
  command: string
  /**
   * Echo.
   */
  request_id: unknown
  /**
   * Trace.
   */
  trace_id: string
  /**
   * The validated request.
   */
  params: {
    [k: string]: unknown
  }
  error: AnswerError
  /**
   * Exit code.
   */
  exit_code: number
  /**
   * UTC.
   */
  started_at: string
  /**
   * UTC.
   */
  failed_at: string
  /**
   * Program version.
   */
  quantlab_version: string
}
export interface AnswerError {
  /**
   * Catalogue code.
   */
  code: string
  /**
   * Class name, as in signals.
   */
  type: string
  /**
   * What is wrong.
   */
  message: string
  /**
   * Every fault with its place.
   */
  details: AnswerErrorDetail[]
  /**
   * What to change.
   */
  hint?: string
}
export interface AnswerErrorDetail {
  /**
   * JSON pointer into the request, or a place in a file.
   */
  pointer: string
  /**
   * What is wrong there.
   */
  message: string
  /**
   * What would be accepted.
   */
  expected?: unknown
  /**
   * A near miss.
   */
  suggestion?: string
}
/**
 * config.json of a forward session: what decides its result.
 *
 */
export interface ForwardConfig {
  /**
   * Calendar of annualised figures.
   */
  calendar: 'crypto' | 'exchange'
  /**
   * rsi_ma_cross_v2 only: bars (not days) ignored after each signal. Null for other strategies.
   */
  cooldown_days: number | null
  /**
   * SHA-256 of the data set's content: a replay refuses other data.
   */
  dataset_content_hash: string
  /**
   * Data set to run on; else the one that covers the window best.
   */
  dataset_id: string
  /**
   * End of the evaluation, exclusive: ISO date (UTC midnight) or instant.
   */
  end: string
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * Starting cash.
   */
  initial_cash: number
  /**
   * Bar size.
   */
  interval: string
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * Always false.
   */
  paper: boolean
  /**
   * rsi_ma_cross_v2 only: buy only while RSI is below this. Null for other strategies.
   */
  rsi_buy_max: number | null
  /**
   * rsi_ma_cross_v2 only: sell when RSI is above this. Null for other strategies.
   */
  rsi_sell_min: number | null
  /**
   * Column by which the candidate was chosen.
   */
  selection_metric: string
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * Run the candidate comes from.
   */
  source_run_id: string
  /**
   * First bar evaluated, inclusive: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * Strategy name; `quantlab --schema` lists them under strategies/.
   */
  strategy: string
  /**
   * Parameters of the strategy, checked against its own schema (`quantlab --schema strategies/<name>`).
   */
  strategy_params: {
    [k: string]: unknown
  }
  /**
   * Symbol of the instrument.
   */
  ticker: string
}
/**
 * metadata.json of a forward session.
 *
 */
export interface ForwardMetadata {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Identity of the run.
   */
  run_id: string
  /**
   * run, grid, walkforward, paper, forward …
   */
  mode: string
  /**
   * Command of the request.
   */
  command: string
  /**
   * A published run has succeeded.
   */
  status: 'success'
  /**
   * When the session was made, UTC.
   */
  created_at: string
  /**
   * Commit of the working directory, or `unknown`.
   */
  git_commit: string
  /**
   * Configuration file, or inline_cli.
   */
  config_path: string
  /**
   * SHA-256 of the canonical JSON of config.json.
   */
  config_hash: string
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * Kept for readers of the earlier layout.
   */
  python_version: null
  /**
   * Kept for readers of the earlier layout.
   */
  python_executable: null
  /**
   * Version of Node.
   */
  node_version: string
  /**
   * Version of the program.
   */
  quantlab_version: string
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, forward_trades.csv and the equity columns.
   */
  result_hash: string
  /**
   * When the session was last resumed, UTC.
   */
  updated_at: string
  /**
   * Identity of the session.
   */
  session_id: string
  dataset: DatasetReference
  summary: ForwardSummary
}
/**
 * The headline figures of a forward session.
 *
 */
export interface ForwardSummary {
  /**
   * Last over first equity, minus 1; null with fewer than two bars.
   */
  total_return: number | null
  /**
   * Largest fall from a running peak, 0 or negative; null with fewer than two bars.
   */
  max_drawdown: number | null
  /**
   * sqrt(252) times the sample deviation of the bar returns, whatever the interval; null with fewer than three bars.
   */
  annualized_volatility: number | null
  /**
   * Bars evaluated.
   */
  n_bars: number
  /**
   * Closed positions.
   */
  n_trades: number
  /**
   * Share of closed positions that gained; null without one.
   */
  win_rate: number | null
  /**
   * Mean result of a closed position; null without one.
   */
  expectancy: number | null
  /**
   * Best result of a closed position; null without one.
   */
  best_trade_pnl: number | null
  /**
   * Worst result of a closed position; null without one.
   */
  worst_trade_pnl: number | null
  /**
   * Fees of all fills.
   */
  total_fees: number
  /**
   * Always null, as published; metrics.extended has the Sharpe ratio by the calendar.
   */
  sharpe_simple: number | null
  /**
   * As n_trades.
   */
  trades: number
}
/**
 * metrics.json of a forward session.
 *
 */
export interface ForwardMetrics {
  /**
   * As in metadata.
   */
  mode: string
  /**
   * As in metadata.
   */
  command: string
  /**
   * success
   */
  status: string
  summary: ForwardSummary
  best_result: ForwardSummary
  /**
   * Always 1.
   */
  leaderboard_size: number
  extended: ExtendedMetrics
}
/**
 * report.json, and forward_report.json with the same content, of a forward session.
 *
 */
export interface ForwardReport {
  /**
   * Identity of the session.
   */
  session_id: string
  /**
   * forward_paper
   */
  mode: 'forward_paper'
  /**
   * Start of the evaluation as asked for, inclusive.
   */
  eval_start: string
  /**
   * Time of the last bar evaluated, UTC; null before the first.
   */
  eval_end: string | null
  /**
   * When the session was made, UTC.
   */
  created_at: string
  /**
   * When this state was written, UTC.
   */
  updated_at: string
  candidate: ForwardCandidate
  portfolio_state: ForwardState
  summary: ForwardSummary
  /**
   * Every file of the directory except the two reports and forward_report.md, sorted by name.
   */
  artifacts: ForwardFile[]
  /**
   * Names of the pictures.
   */
  charts: string[]
  /**
   * The last call found no new bar.
   */
  is_noop: boolean
  /**
   * Money, in quote currency.
   */
  performance: {
    /**
     * Cash at the start.
     */
    starting_cash: number
    /**
     * Equity at the last close.
     */
    ending_equity: number
    /**
     * Sum over closed positions of equity after the closing fill minus equity after the opening one; entry costs are outside.
     */
    realized_pnl: number
    /**
     * Current equity minus equity after the fill that opened the position; 0 without one.
     */
    unrealized_pnl: number
    /**
     * Ending equity minus starting cash.
     */
    total_pnl: number
    /**
     * What entries cost: starting cash plus realized and unrealized result minus current equity.
     */
    entry_costs: number
  }
  /**
   * How many bars were read, dropped and evaluated.
   */
  warmup: {
    /**
     * Bars read by the last call.
     */
    bars_fetched_segment: number
    /**
     * Bars of warm-up of the last call.
     */
    warmup_bars_segment: number
    /**
     * New bars of the last call.
     */
    bars_evaluated_segment: number
    /**
     * Bars read, all segments together.
     */
    bars_fetched_total: number
    /**
     * Bars of warm-up, all segments together.
     */
    warmup_bars_total: number
    /**
     * Bars evaluated, all segments together.
     */
    bars_evaluated_total: number
  }
  /**
   * How the session was continued.
   */
  continuity: {
    /**
     * Whether a resume has found new bars.
     */
    is_resumed: boolean
    /**
     * Start of the first segment as asked for.
     */
    original_start: string
    /**
     * Time of the last bar evaluated.
     */
    latest_update: string | null
    /**
     * Resumes that found new bars.
     */
    resume_count: number
    /**
     * Resumes, with those that found nothing.
     */
    resume_attempt_count: number
    /**
     * Bars evaluated.
     */
    total_bars: number
    /**
     * Time of the last bar evaluated.
     */
    last_ts: string | null
  }
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_forward_report'
  /**
   * success
   */
  status: string
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the last request again.
     */
    command: string
  }
  config_resolved: ForwardConfig
  /**
   * One row.
   */
  results: ForwardSummary[]
  machine_contract: ForwardContract
  dataset: DatasetReference
  /**
   * Version of the computation.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, forward_trades.csv and the equity columns.
   */
  result_hash: string
  /**
   * What the reader should know; empty when there is nothing.
   */
  warnings: string[]
}
/**
 * What is evaluated, carried whole from the source run.
 *
 */
export interface ForwardCandidate {
  /**
   * Strategy that was chosen.
   */
  strategy_name: string
  /**
   * The chosen row of the source: its configuration, and the figures that are no headline figures, as published.
   */
  params: {
    [k: string]: unknown
  }
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee_rate: number
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * fixed or atr.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close.
   */
  k_atr: number
  /**
   * Run the candidate comes from.
   */
  source_run_id: string
  /**
   * Absolute directory of that run.
   */
  source_run_dir: string
  /**
   * Column by which the row was chosen.
   */
  selection_metric: string
  /**
   * Its value, in the unit of the metric; null where the source ranks nothing.
   */
  selection_value: number | null
  /**
   * When it was chosen, UTC.
   */
  selected_at: string
  /**
   * Symbol evaluated.
   */
  ticker: string
  /**
   * Bar size.
   */
  interval: string
  /**
   * Cash of the source, 10000 where it names none; what a session starts with unless the request says otherwise.
   */
  initial_cash: number
  /**
   * Complete parameters of the strategy, defaults filled in.
   */
  strategy_params: {
    [k: string]: unknown
  }
  /**
   * Fill at the close that gave the signal, or at the next open; as in the source.
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Calendar that annualises the extended metrics; null for that of the data.
   */
  calendar: 'crypto' | 'exchange' | null
  /**
   * End of the newest data the source was fitted or run on, exclusive; null where it says none.
   */
  source_end: string | null
}
/**
 * portfolio_state.json: the whole state of a forward session; written last, it commits the directory.
 *
 */
export interface ForwardState {
  /**
   * Identity of the session: eight hexadecimal digits.
   */
  session_id: string
  /**
   * forward_paper
   */
  mode: 'forward_paper'
  /**
   * Start of the evaluation as asked for, inclusive.
   */
  eval_start: string
  /**
   * Time of the last bar evaluated, UTC; null before the first.
   */
  eval_end: string | null
  /**
   * Cash of the account.
   */
  cash: number
  /**
   * Units held; negative when short.
   */
  qty: number
  /**
   * Cash plus units at the last close.
   */
  current_equity: number
  /**
   * Fees of all fills of the session.
   */
  total_fees: number
  /**
   * Sum of the slippage fractions of all fills.
   */
  total_slippage: number
  /**
   * Time of the last bar evaluated, UTC; null before the first.
   */
  last_timestamp: string | null
  /**
   * Fills of the session.
   */
  n_trades: number
  candidate: ForwardCandidate
  /**
   * When the session was made, UTC.
   */
  created_at: string
  /**
   * When this state was written, UTC.
   */
  updated_at: string
  /**
   * Cash at the start.
   */
  starting_cash: number
  /**
   * Sum over closed positions of equity after the closing fill minus equity after the opening one; entry costs are outside.
   */
  realized_pnl: number
  /**
   * Current equity minus equity after the fill that opened the position; 0 without one.
   */
  unrealized_pnl: number
  /**
   * Whether units are held.
   */
  has_open_position: boolean
  /**
   * Units held.
   */
  open_position_qty: number
  /**
   * Execution price of the entries, weighted by quantity; null without a position.
   */
  open_position_entry_price: number | null
  /**
   * Last close; null without a position.
   */
  open_position_mark_price: number | null
  /**
   * Units held at the last close.
   */
  open_position_market_value: number
  /**
   * Bars read, all segments together.
   */
  bars_fetched: number
  /**
   * Bars of warm-up, all segments together.
   */
  warmup_bars: number
  /**
   * Start of the first segment as asked for.
   */
  original_eval_start: string
  /**
   * Resumes that found new bars.
   */
  resume_count: number
  /**
   * Bars evaluated, all segments together.
   */
  total_bars_evaluated: number
  /**
   * Bars read by the last call.
   */
  last_segment_bars_fetched: number
  /**
   * Bars of warm-up of the last call.
   */
  last_segment_warmup_bars: number
  /**
   * New bars of the last call.
   */
  last_segment_bars_evaluated: number
  /**
   * The last call found no new bar.
   */
  is_noop: boolean
  /**
   * Resumes, with those that found nothing.
   */
  resume_attempt_count: number
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Name of the directory.
   */
  run_id: string
  /**
   * Exposure ordered last; the account trades when it changes.
   */
  target: number
  /**
   * SHA-256 of the bars from the warm-up to the last bar evaluated: a resume notices other data.
   */
  data_hash: string | null
  /**
   * What entries cost: starting cash plus realized and unrealized result minus current equity.
   */
  entry_costs: number
}
/**
 * One file of the directory.
 *
 */
export interface ForwardFile {
  /**
   * Name of the file, as published.
   */
  file: string
  /**
   * The same, as in the report of a run.
   */
  file_name: string
  /**
   * Size.
   */
  size_bytes: number
  /**
   * SHA-256 of the bytes.
   */
  sha256: string
}
/**
 * The machine-facing result block.
 *
 */
export interface ForwardContract {
  /**
   * Version of the contract.
   */
  schema_version: '1.0'
  /**
   * quantlab.forward.result
   */
  contract_type: 'quantlab.forward.result'
  /**
   * Command of the request.
   */
  command: string
  /**
   * success
   */
  status: string
  /**
   * As given; null where absent.
   */
  request_id: unknown
  /**
   * Name of the directory.
   */
  run_id: string
  /**
   * forward
   */
  mode: string
  summary: ForwardSummary
  /**
   * Role → file name in the directory.
   */
  artifacts: {
    [k: string]: string
  }
}
/**
 * Answer of --check.
 *
 */
export interface Health {
  /**
   * ok or error
   */
  status: string
  /**
   * Root with lake/ and outputs/.
   */
  project_root: string
  /**
   * The running file.
   */
  main_path: string
  /**
   * Folder of the running file.
   */
  src_root: string
  /**
   * Node binary.
   */
  interpreter: string
  /**
   * Kept for readers of the earlier layout.
   */
  venv_active: false
  /**
   * The program could be loaded.
   */
  quantlab_import: boolean
  /**
   * Kept for readers of the earlier layout.
   */
  python_version: null
  /**
   * Program version.
   */
  version: string
  /**
   * Node version.
   */
  node_version: string
  /**
   * Installed DuckDB binding; null where absent.
   */
  duckdb_version: string | null
  /**
   * Contract version.
   */
  contract_version: string
  /**
   * Version of this document.
   */
  schema_version: string
  /**
   * Computation version.
   */
  engine_version: string
  /**
   * With --deep: a table written and read back is the same; else null.
   */
  parquet_round_trip: boolean | null
  /**
   * With --deep: DuckDB answers a query; else null.
   */
  duckdb_round_trip: boolean | null
  /**
   * outputs/ can be written, synced and renamed in.
   */
  outputs_writable: boolean
  /**
   * The same for lake/.
   */
  lake_writable: boolean
  /**
   * Half-written runs of dead processes, removed by the next run.
   */
  staging_leftovers: string[]
  /**
   * Only when not empty.
   */
  errors?: string[]
}
/**
 * metadata.json: identity and context of a run.
 *
 */
export interface RunMetadata {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Identity of the run.
   */
  run_id: string
  /**
   * run, grid, walkforward, paper, forward …
   */
  mode: string
  /**
   * Command of the request.
   */
  command: string
  /**
   * A published run has succeeded.
   */
  status: 'success'
  /**
   * When the run was built, UTC.
   */
  created_at: string
  /**
   * Commit of the working directory, or `unknown`.
   */
  git_commit: string
  /**
   * Configuration file, or inline_cli.
   */
  config_path: string
  /**
   * SHA-256 of the canonical JSON of config.json.
   */
  config_hash: string
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * Kept for readers of the earlier layout.
   */
  python_version: null
  /**
   * Kept for readers of the earlier layout.
   */
  python_executable: null
  /**
   * Version of Node.
   */
  node_version: string
  /**
   * Version of the program.
   */
  quantlab_version: string
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, trades.csv and the equity columns.
   */
  result_hash: string
  /**
   * Run that this one executes again; absent otherwise.
   */
  replay_of?: string
  dataset: DatasetReference
  summary: Summary
}
/**
 * metrics.json: the figures of a run.
 *
 */
export interface RunMetrics {
  /**
   * As in metadata.
   */
  mode: string
  /**
   * As in metadata.
   */
  command: string
  /**
   * success
   */
  status: string
  summary: Summary
  best_result: BestResult
  /**
   * Rows ranked; 1 for a run.
   */
  leaderboard_size: number
  extended: ExtendedMetrics
}
/**
 * model_config.json of a model run: which model, with which hyperparameters.
 *
 */
export interface ModelConfig {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Kind of the document.
   */
  artifact_type: 'quantlab.learned_model.model_config'
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * ridge or logistic.
   */
  model_family: string
  /**
   * Name of the model.
   */
  model_name: string
  library: ModelLibrary
  hyperparameters: ModelHyperparameters
  /**
   * Seed of the leakage checks.
   */
  random_seed: number
  /**
   * What is minimised.
   */
  training_objective: string
  solver: ModelSolver
  input_shape: ModelInputShape
  output: ModelOutput
  /**
   * File of the fitted model.
   */
  model_path: string
  /**
   * SHA-256 of the canonical JSON of the fitted model.
   */
  model_hash: string
}
/**
 * Program that fitted it.
 */
export interface ModelLibrary {
  /**
   * Name.
   */
  name: string
  /**
   * Version.
   */
  version: string | null
}
/**
 * What is not fitted.
 */
export interface ModelHyperparameters {
  /**
   * Chosen penalty.
   */
  lambda: number
  /**
   * How it was chosen: given, validation or walk_forward.
   */
  selection: string
  /**
   * Folds of walk_forward; else null.
   */
  folds: number | null
  /**
   * Every candidate with its loss.
   */
  candidates: ModelCandidate[]
  /**
   * long_only or long_short.
   */
  positions: string
  /**
   * Signal from which a position is held.
   */
  entry_threshold: number
}
/**
 * A candidate.
 */
export interface ModelCandidate {
  /**
   * Penalty.
   */
  lambda: number
  /**
   * Mean squared error or log loss it was judged by; null where there was one candidate.
   */
  loss: number | null
}
/**
 * How it was minimised.
 */
export interface ModelSolver {
  /**
   * Method.
   */
  method: string
  /**
   * Iterations; 1 for a closed form.
   */
  iterations: number
  /**
   * Whether the gradient vanished.
   */
  converged: boolean
}
/**
 * Shape of the input.
 */
export interface ModelInputShape {
  /**
   * Features.
   */
  features: number
  /**
   * Bars that the features read.
   */
  window: number
}
/**
 * Meaning of the output.
 */
export interface ModelOutput {
  /**
   * value or probability.
   */
  kind: string
  /**
   * Target it predicts.
   */
  target: string
}
/**
 * dataset_manifest.json of a model run: which data, target and splits.
 *
 */
export interface ModelDatasetManifest {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Kind of the document.
   */
  artifact_type: 'quantlab.learned_model.dataset_manifest'
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * When the model run was built, UTC.
   */
  created_at: string
  /**
   * Data set.
   */
  dataset_id: string
  source: ModelDataSource
  /**
   * Symbols.
   */
  universe: string[]
  /**
   * Bar size.
   */
  interval: string
  time_range: ModelTimeRange
  /**
   * Bars read.
   */
  bars: number
  /**
   * Leading bars that only serve the features.
   */
  warmup_bars: number
  /**
   * Rows used in the three splits together.
   */
  rows: number
  target: ModelTarget
  split: ModelSplits
  /**
   * SHA-256 of the bars read.
   */
  data_hash: string
  /**
   * SHA-256 of the whole data set's content.
   */
  dataset_content_hash: string
  /**
   * The request as a command line that repeats it.
   */
  generation_command: string
}
/**
 * Where the data lie.
 */
export interface ModelDataSource {
  /**
   * dataset: a registered data set.
   */
  kind: string
  /**
   * The data set, relative to the root.
   */
  path: string
}
/**
 * The window of the request.
 */
export interface ModelTimeRange {
  /**
   * First bar, inclusive.
   */
  start: string
  /**
   * End, exclusive.
   */
  end: string
  /**
   * UTC.
   */
  timezone: string
  /**
   * First bar read.
   */
  first_bar: string
  /**
   * Last bar read.
   */
  last_bar: string
}
/**
 * What is predicted.
 */
export interface ModelTarget {
  /**
   * forward_return or forward_return_positive.
   */
  name: string
  /**
   * How far ahead, as a length of time.
   */
  horizon: string
  /**
   * The same in bars.
   */
  horizon_bars: number
  /**
   * log or simple.
   */
  returns: string
  /**
   * Return above which the class is 1; null for a regression.
   */
  threshold: number | null
  /**
   * The formula.
   */
  definition: string
}
/**
 * The temporal splits.
 */
export interface ModelSplits {
  /**
   * In the order of time.
   */
  method: 'temporal'
  /**
   * Rows dropped before each boundary.
   */
  purge_bars: number
  /**
   * Rows left out behind each boundary.
   */
  embargo_bars: number
  train: ModelSplit
  validation: ModelSplit
  test: ModelSplit
}
/**
 * One split: bars [start, end) of the window, and the rows of it that are used.
 *
 */
export interface ModelSplit {
  /**
   * First bar of the split, UTC.
   */
  start: string
  /**
   * End, exclusive: the start of the next split; of the test split the end of the window.
   */
  end: string
  /**
   * Bar of the first row used.
   */
  first_row: string
  /**
   * Bar of the last row used.
   */
  last_row: string
  /**
   * Last bar that a target of the split reads.
   */
  last_label_end: string
  /**
   * Rows used.
   */
  rows: number
  /**
   * Rows dropped at its end, because their targets reach into the next split.
   */
  purged_rows: number
  /**
   * Rows left out at its start.
   */
  embargoed_rows: number
  /**
   * Share of rows of class 1; null for a regression.
   */
  positive_share: number | null
}
/**
 * model_evaluation.json of a run of `model evaluate`: how well a trained model predicted on its bars.
 *
 */
export interface ModelEvaluation {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * SHA-256 of the fitted model.
   */
  model_hash: string
  /**
   * The run of this evaluation.
   */
  run_id: string
  /**
   * First bar predicted on.
   */
  first_row: string
  /**
   * Last bar predicted on with a known target.
   */
  last_row: string
  /**
   * True where bars of the training or validation split were evaluated on.
   */
  overlaps_training: boolean
  /**
   * True where bars of the test split were evaluated on: no new evidence.
   */
  overlaps_test: boolean
  predictive: ModelPredictive
  downstream_market: ModelMarket
  rule_based_baseline: ModelMarket
  buy_and_hold: ModelMarket
  classical_ml_baseline: ModelPredictor
}
/**
 * Quality of predictions on one split. An undefined figure is null and says why in `undefined_reasons`. Where targets overlap, standard errors count rows / horizon as independent.
 *
 */
export interface ModelPredictive {
  /**
   * Rows.
   */
  rows: number
  /**
   * Rows over the horizon.
   */
  effective_rows: number
  /**
   * Mean squared error of a regression, log loss of a classification.
   */
  loss: number | null
  /**
   * 1 − loss over the loss of the constant that the training targets suggest: their mean, or the share of class 1. 0 or less: no better than that constant.
   */
  skill: number | null
  /**
   * Mean difference of the two losses over its Newey–West error with horizon − 1 lags (Diebold–Mariano).
   */
  skill_t: number | null
  /**
   * 1 − squared errors over squared deviations from the mean of the split.
   */
  r2: number | null
  /**
   * Root mean squared error of the return.
   */
  rmse: number | null
  /**
   * Mean absolute error of the return.
   */
  mae: number | null
  /**
   * Spearman correlation of prediction and forward return.
   */
  information_coefficient: number | null
  /**
   * Lower end of its 95 % interval (Fisher transform, error of Bonett and Wright 2000).
   */
  information_coefficient_low: number | null
  /**
   * Upper end.
   */
  information_coefficient_high: number | null
  /**
   * Share of rows whose direction is predicted: sign of the return, or class.
   */
  accuracy: number | null
  /**
   * Its binomial standard error.
   */
  accuracy_error: number | null
  /**
   * Probability that a rising row is ranked above a falling one.
   */
  auc: number | null
  /**
   * Its standard error (Hanley and McNeil 1982).
   */
  auc_error: number | null
  /**
   * Mean log loss in nats.
   */
  log_loss: number | null
  /**
   * Mean squared error of the probability.
   */
  brier: number | null
  /**
   * Why a figure is null.
   */
  undefined_reasons: {
    [k: string]: string
  }
}
/**
 * A backtest on the bars of a split, with the costs of the request.
 *
 */
export interface ModelMarket {
  /**
   * Strategy.
   */
  strategy: string
  /**
   * First bar of the frame, UTC.
   */
  first_bar: string
  /**
   * Last bar.
   */
  last_bar: string
  /**
   * Bars.
   */
  bars: number
  summary: Summary
  /**
   * Compound annual growth.
   */
  cagr: number | null
  /**
   * Annualised volatility.
   */
  annual_volatility: number | null
  /**
   * Sharpe ratio by the calendar.
   */
  sharpe_ratio: number | null
  /**
   * Sortino ratio.
   */
  sortino_ratio: number | null
  /**
   * Share of bars with a position.
   */
  exposure_time: number | null
  /**
   * Turnover as in metrics.json.
   */
  turnover: number | null
  /**
   * Published run; null for one that is only compared with.
   */
  run_id: string | null
}
/**
 * A simple predictor beside the model, on the test split.
 *
 */
export interface ModelPredictor {
  /**
   * Name.
   */
  name: string
  /**
   * What it predicts.
   */
  definition: string
  /**
   * Its loss.
   */
  loss: number | null
  /**
   * 1 − loss of the model over its loss.
   */
  skill_of_model: number | null
  /**
   * Spearman correlation of its predictions and the forward return; null for a constant.
   */
  information_coefficient: number | null
}
/**
 * feature_manifest.json of a model run: the inputs and how they were kept clean.
 *
 */
export interface ModelFeatureManifest {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Kind of the document.
   */
  artifact_type: 'quantlab.learned_model.feature_manifest'
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * Data set.
   */
  dataset_id: string
  /**
   * Name of the set, from its hash.
   */
  feature_set_id: string
  /**
   * The features in order.
   */
  features: ModelFeature[]
  lookback: ModelLookback
  normalization: ModelNormalisation
  /**
   * What was executed, with its outcome.
   */
  leakage_guards: string[]
  /**
   * SHA-256 of the definitions of the features.
   */
  feature_hash: string
  /**
   * SHA-256 of the values of the features on all bars, feature after feature, as little-endian float64.
   */
  values_hash: string
  /**
   * The request as a command line that repeats it.
   */
  generation_command: string
}
/**
 * A feature.
 */
export interface ModelFeature {
  /**
   * Name.
   */
  name: string
  /**
   * price: a column; indicator: the catalogue.
   */
  source: string
  /**
   * Complete definition, as a request takes it.
   */
  parameters: {
    [k: string]: unknown
  }
  /**
   * The formula.
   */
  definition: string
  /**
   * Bars before the decision that it reads.
   */
  lookback_bars: number
  /**
   * Mean over the training rows.
   */
  mean: number
  /**
   * Standard deviation over the training rows.
   */
  scale: number
}
/**
 * How far back, and whether forward, the features read.
 */
export interface ModelLookback {
  /**
   * Largest lookback.
   */
  max_bars: number
  /**
   * False where the scramble check found none.
   */
  uses_future_data: boolean
}
/**
 * How features are scaled.
 */
export interface ModelNormalisation {
  /**
   * Statistics of the training split.
   */
  method: 'train_split_only'
  /**
   * Rows they come from.
   */
  fit_scope: 'train'
  /**
   * The formula.
   */
  formula: string
}
/**
 * config.json of a model run: the resolved request; it trains the same model again.
 *
 */
export interface ModelRunConfig {
  /**
   * Kind of run.
   */
  mode: 'model'
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * First bar, inclusive: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant.
   */
  end: string
  /**
   * Bar size.
   */
  interval: string
  /**
   * Name of the model; else ridge_regression or logistic_regression.
   */
  name: string
  /**
   * ridge: linear regression of the forward return with an L2 penalty. logistic: the probability that the forward return is above `direction_threshold`, with an L2 penalty.
   */
  family: 'ridge' | 'logistic'
  /**
   * Inputs of the model.
   *
   * @minItems 1
   * @maxItems 200
   */
  features: [LearnedFeature, ...LearnedFeature[]]
  /**
   * Bars ahead that are predicted: the target at bar t is the return from the close of t to that of t + horizon.
   */
  horizon: number
  /**
   * Kind of the target return.
   */
  returns: 'log' | 'simple'
  /**
   * logistic only: the class is 1 where the forward return is above it.
   */
  direction_threshold: number
  /**
   * Rows left out at the start of the validation and of the test split.
   */
  embargo_bars: number
  /**
   * Candidate penalties λ. ridge minimises the mean squared error + λ·Σb², logistic the mean log loss + λ/2·Σb², over standardised features.
   *
   * @minItems 1
   * @maxItems 100
   *
   * Items: A penalty.
   */
  lambdas: [number, ...number[]]
  /**
   * How λ is chosen: by the loss on the validation split, or by the mean loss over purged walk-forward folds within the training split.
   */
  selection: 'validation' | 'walk_forward'
  /**
   * walk_forward only: folds, each trained on all rows before it.
   */
  folds: number
  /**
   * Positions that predictions become.
   */
  positions: 'long_only' | 'long_short'
  /**
   * Signal from which a position is held: a predicted return for ridge, probability above one half for logistic.
   */
  entry_threshold: number
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * Starting cash.
   */
  initial_cash: number
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * Seed of the permutations and scrambles of the leakage checks; the fit itself draws nothing.
   */
  seed: number
  /**
   * Permutations of the shuffled-target check and of its p-value; the smallest p-value is 1 / (permutations + 1).
   */
  permutations: number
  /**
   * Data set.
   */
  dataset_id: string
  /**
   * SHA-256 of its content: a replay refuses other data.
   */
  dataset_content_hash: string
  /**
   * Calendar of annualised figures.
   */
  calendar: 'crypto' | 'exchange'
  /**
   * First bar of the validation split, UTC.
   */
  validation_start: string
  /**
   * First bar of the test split, UTC.
   */
  test_start: string
  /**
   * Rows dropped before each boundary.
   */
  purge_bars: number
}
/**
 * One input of a learned model, computed at the close of a bar from that bar and earlier ones. return: of a column over `window` bars. indicator: one output of the indicator catalogue; an output in units of the price is divided by the close of its bar, so that it has none.
 *
 */
export interface LearnedFeature {
  /**
   * Name in artifacts and tables; else made from the parameters.
   */
  name?: string
  /**
   * Where the feature comes from.
   */
  kind: 'return' | 'indicator'
  /**
   * return only: the column; close when left out.
   */
  column?: 'open' | 'high' | 'low' | 'close' | 'volume'
  /**
   * return only: bars from the first to the last value; 1 when left out.
   */
  window?: number
  /**
   * return only: ln(x[t]/x[t−window]), or x[t]/x[t−window]−1; log when left out.
   */
  returns?: 'log' | 'simple'
  /**
   * indicator only: its name in the catalogue.
   */
  indicator?: string
  /**
   * indicator only: its parameters; those left out have the defaults of the catalogue.
   */
  params?: {
    /**
     * A parameter.
     */
    [k: string]: number
  }
  /**
   * indicator only: which of its outputs; the first when left out.
   */
  output?: string
  /**
   * Bars by which the feature is older than the decision; 0 when left out.
   */
  lag?: number
}
/**
 * training_summary.json of a model run: the primary summary; written last.
 *
 */
export interface ModelTrainingSummary {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Kind of the document.
   */
  artifact_type: 'quantlab.learned_model.training_summary'
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * A published model run is completed.
   */
  status: 'completed'
  /**
   * Start, UTC.
   */
  started_at: string
  /**
   * End, UTC.
   */
  finished_at: string
  /**
   * Time it took.
   */
  duration_seconds: number
  /**
   * Echo of the request.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * File in this directory.
   */
  dataset_manifest_path: string
  /**
   * File in this directory.
   */
  feature_manifest_path: string
  /**
   * File in this directory.
   */
  model_config_path: string
  /**
   * File in this directory: the fitted model, as the parameters of the strategy learned_model.
   */
  model_path: string
  /**
   * File in this directory.
   */
  predictions_path: string
  metrics: ModelMetrics
  baseline_comparison: ModelBaselines
  leakage_guards: ModelLeakageGuards
  /**
   * Weights of the standardised features.
   */
  coefficients: ModelCoefficient[]
  reproducibility: ModelReproducibility
  promotion_assessment: ModelPromotion
  /**
   * What a reader should know.
   */
  warnings: string[]
  /**
   * Model run that this one trains again; absent otherwise.
   */
  replay_of?: string
  replay?: ReplayVerdict
  /**
   * Every other file with its hash.
   */
  artifacts: ModelFile[]
}
/**
 * Figures by split, and those of the market.
 */
export interface ModelMetrics {
  train: ModelPredictive
  validation: ModelPredictive
  test: ModelPredictive
  downstream_market: ModelMarket
}
/**
 * The model against what costs nothing to know, on the test split.
 */
export interface ModelBaselines {
  /**
   * Baselines are mandatory.
   */
  required: true
  rule_based_baseline: ModelMarket
  buy_and_hold: ModelMarket
  classical_ml_baseline: ModelPredictor
  classical_market: ModelMarket
  constant: ModelPredictor
  result: ModelVerdict
}
/**
 * Leakage checks as they were executed.
 *
 */
export interface ModelLeakageGuards {
  /**
   * Whether all passed.
   */
  passed: boolean
  shuffled_target: ModelShuffledTarget
  future_scramble: ModelFutureScramble
  split_overlap: ModelSplitOverlap
  train_isolation: ModelTrainIsolation
}
/**
 * The bars are put together anew from their own returns in random order, and the whole pipeline (features, targets, splits, normalisation, choice of λ, fit) runs on each. Nothing honest can predict there; a feature that reads the future still does. Passed: the mean test skill is not more than three standard errors above 0.
 */
export interface ModelShuffledTarget {
  /**
   * Permutations.
   */
  permutations: number
  /**
   * Seed of the first; each has the seed after the one before.
   */
  seed: number
  /**
   * Mean test skill.
   */
  mean_skill: number
  /**
   * Standard error of the mean.
   */
  skill_error: number
  /**
   * Largest test skill.
   */
  max_skill: number
  /**
   * Largest mean that passes.
   */
  max_allowed: number
  /**
   * Test skill on the real bars.
   */
  model_skill: number | null
  /**
   * (1 + permutations at least as skilful as the model) / (permutations + 1).
   */
  p_value: number
  /**
   * Test skill of each permutation.
   *
   * Items: A skill.
   */
  skills: number[]
  /**
   * Passed.
   */
  passed: boolean
}
/**
 * All bars behind a cut are replaced; every feature up to the cut must keep every bit.
 */
export interface ModelFutureScramble {
  /**
   * Seed of the other bars.
   */
  seed: number
  /**
   * Last bars that were kept.
   */
  cuts: string[]
  /**
   * Values compared.
   */
  values_compared: number
  /**
   * Values that changed: 0.
   */
  values_differing: number
  /**
   * Features that changed.
   */
  features_differing: string[]
  /**
   * Passed.
   */
  passed: boolean
}
/**
 * Targets of a split may not reach into the next one.
 */
export interface ModelSplitOverlap {
  /**
   * Last bar that a training target reads.
   */
  train_last_label_end: string
  /**
   * First validation row.
   */
  validation_first_row: string
  /**
   * Last bar that a validation target reads.
   */
  validation_last_label_end: string
  /**
   * First test row.
   */
  test_first_row: string
  /**
   * Targets that reach into the next split: 0.
   */
  overlapping_labels: number
  /**
   * Rows that were dropped for it.
   */
  purged_rows: number
  /**
   * Rows left out behind each boundary.
   */
  embargo_bars: number
  /**
   * Passed.
   */
  passed: boolean
}
/**
 * All bars from the first validation bar on are replaced; normalisation, coefficients and intercept at the chosen λ must keep every bit. All bars from the first test bar on are replaced; the chosen λ must stay.
 */
export interface ModelTrainIsolation {
  /**
   * Seed of the other bars.
   */
  seed: number
  /**
   * Means, scales, coefficients and intercept compared.
   */
  numbers_compared: number
  /**
   * Those that changed: 0.
   */
  numbers_differing: number
  /**
   * Whether the choice of λ stayed.
   */
  lambda_kept: boolean
  /**
   * Passed.
   */
  passed: boolean
}
/**
 * A weight.
 */
export interface ModelCoefficient {
  /**
   * Name.
   */
  feature: string
  /**
   * Weight.
   */
  coefficient: number
}
/**
 * What decides the numbers.
 */
export interface ModelReproducibility {
  /**
   * Seed.
   */
  random_seed: number
  /**
   * Commit and version of the program.
   */
  code_version: string
  /**
   * Version of the computation.
   */
  engine_version: string
  /**
   * SHA-256 of the bars.
   */
  data_hash: string
  /**
   * SHA-256 of the features.
   */
  feature_hash: string
  /**
   * SHA-256 of the fitted model.
   */
  model_hash: string
  /**
   * SHA-256 of config.json.
   */
  config_hash: string
  /**
   * Hash over all inputs.
   */
  fingerprint: string
  /**
   * SHA-256 of RFC 8785 of {model, metrics without ids, baselines, guards, SHA-256 of predictions.csv}.
   */
  result_hash: string
}
/**
 * Never eligible in N.0.
 */
export interface ModelPromotion {
  /**
   * False: N.0 promotes no learned model.
   */
  eligible_for_paper: false
  /**
   * Why not.
   *
   * @minItems 1
   */
  blocking_reasons: [string, ...string[]]
  research_verdict: ModelVerdict
  /**
   * The conditions of the verdict.
   */
  criteria: ModelCriterion[]
}
/**
 * One named condition of the research verdict.
 *
 */
export interface ModelCriterion {
  /**
   * Name.
   */
  name: string
  /**
   * What it asks.
   */
  description: string
  /**
   * How value and threshold are compared.
   */
  comparison: '>' | '>=' | '<='
  /**
   * Threshold; null where the baseline has no value.
   */
  threshold: number | null
  /**
   * Value; null where undefined, and then not met.
   */
  value: number | null
  /**
   * Whether it is met.
   */
  passed: boolean
}
/**
 * A file.
 */
export interface ModelFile {
  /**
   * Name.
   */
  file_name: string
  /**
   * Size.
   */
  size_bytes: number
  /**
   * SHA-256.
   */
  sha256: string
}
/**
 * config.json of a paper session: what was asked for, in full.
 *
 */
export interface PaperConfig {
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * First bar, inclusive; null for a live session without one.
   */
  start: string | null
  /**
   * End, exclusive; null for a live session without one.
   */
  end: string | null
  /**
   * Bar size.
   */
  interval: string
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * rsi_ma_cross_v2 only: buy only while RSI is below this. Null for other strategies.
   */
  rsi_buy_max: number | null
  /**
   * rsi_ma_cross_v2 only: sell when RSI is above this. Null for other strategies.
   */
  rsi_sell_min: number | null
  /**
   * rsi_ma_cross_v2 only: bars (not days) ignored after each signal. Null for other strategies.
   */
  cooldown_days: number | null
  /**
   * A paper session.
   */
  paper: true
  /**
   * Starting cash.
   */
  initial_cash: number
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Calendar asked for; null means the data set's, for a feed crypto.
   */
  calendar: 'crypto' | 'exchange' | null
  /**
   * Strategy name; `quantlab --schema` lists them under strategies/.
   */
  strategy: string
  /**
   * Parameters of the strategy, checked against its own schema (`quantlab --schema strategies/<name>`).
   */
  strategy_params: {
    [k: string]: unknown
  }
  /**
   * Data set asked for; null means the best one (metadata.json names it) or, with feed, none.
   */
  dataset_id: string | null
  /**
   * The feed of a live session; null over history.
   */
  feed: {
    /**
     * As the caller named it: - is standard input.
     */
    path: string
    /**
     * Wait for more at the end of the file; false ends the session there.
     */
    follow: boolean
  } | null
  /**
   * End the session after this many bars, warm-up included. Null where not asked for.
   */
  max_bars: number | null
  /**
   * Stop when the broker's account closes a bar at least this share below its highest close so far, e.g. 0.2; an open position stays open. Null where not asked for.
   */
  max_drawdown: number | null
  /**
   * Stop when the broker's account closes a bar with at least this much less than the starting cash; an open position stays open. Null where not asked for.
   */
  max_loss: number | null
}
/**
 * session_metadata.json and, the same, metadata.json of a paper session.
 *
 */
export interface PaperMetadata {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Identity of the session; the same as run_id.
   */
  session_id: string
  /**
   * Identity of the run.
   */
  run_id: string
  /**
   * run, grid, walkforward, paper, forward …
   */
  mode: string
  /**
   * Command of the request.
   */
  command: string
  /**
   * As in session_status.json.
   */
  status: 'running' | 'success' | 'failed' | 'aborted'
  /**
   * When the session was created, UTC; never changes.
   */
  created_at: string
  /**
   * Commit of the working directory, or `unknown`.
   */
  git_commit: string
  /**
   * Configuration file, or inline_cli.
   */
  config_path: string
  /**
   * SHA-256 of the canonical JSON of config.json.
   */
  config_hash: string
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * Kept for readers of the earlier layout.
   */
  python_version: null
  /**
   * Kept for readers of the earlier layout.
   */
  python_executable: null
  /**
   * Version of Node.
   */
  node_version: string
  /**
   * Version of the program.
   */
  quantlab_version: string
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version; null until the data are known.
   */
  fingerprint: string | null
  /**
   * SHA-256 over summary, best_result, trades.csv and the equity columns; null until the session has ended in order.
   */
  result_hash: string | null
  /**
   * Session that this one executes again; absent otherwise.
   */
  replay_of?: string
  /**
   * The data of a session over history; null before they are open, and for a live session.
   */
  dataset: DatasetReference | null
  summary?: Summary
  labels?: PaperLabels
  /**
   * What a live session read; null before its end, and over history.
   */
  feed: FeedReference | null
}
/**
 * What the request said of the session besides what decides its numbers; kept through every resume.
 */
export interface PaperLabels {
  /**
   * Tags of the run in the registry.
   */
  tags?: string[]
  /**
   * Universe the run declares, as the request spells it.
   */
  universe?: {
    [k: string]: unknown
  }
}
/**
 * The bars a live session processed.
 *
 */
export interface FeedReference {
  /**
   * Absolute path of the file, or - for standard input.
   */
  source: string
  /**
   * SHA-256 of the bars processed, as for a data set.
   */
  snapshot_hash: string
  /**
   * Bars processed.
   */
  bars: number
  /**
   * Time of the first one.
   */
  first_bar: string
  /**
   * Time of the last one.
   */
  last_bar: string
}
/**
 * metrics.json of a paper session.
 *
 */
export interface PaperMetrics {
  /**
   * As in metadata.
   */
  mode: string
  /**
   * As in metadata.
   */
  command: string
  /**
   * aborted where a risk limit ended the session.
   */
  status: 'success' | 'aborted'
  summary: Summary
  best_result: BestResult
  /**
   * Rows ranked; 1 for a run.
   */
  leaderboard_size: number
  extended: ExtendedMetrics
  broker: BrokerFigures
}
/**
 * The broker's own account: cash and quantity with real fills, unlike the headline figures, which are those of the bar loop.
 *
 */
export interface BrokerFigures {
  /**
   * Cash at the start.
   */
  initial_cash: number
  /**
   * Value of the account at the last close.
   */
  final_equity: number
  /**
   * Final equity over initial cash, minus 1.
   */
  total_return: number | null
  /**
   * Largest fall of the account from a running peak (the initial cash first), 0 or negative.
   */
  max_drawdown: number | null
  /**
   * Cash at the end.
   */
  cash: number
  /**
   * Base units held at the end; negative when short.
   */
  quantity: number
  /**
   * Executions: rows of trades.csv.
   */
  fills: number
  /**
   * Fees paid.
   */
  total_fees: number
}
/**
 * report.json of a paper session that ended in order.
 *
 */
export interface PaperReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_run_report'
  /**
   * aborted where a risk limit ended the session.
   */
  status: 'success' | 'aborted'
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the same request.
     */
    command: string
  }
  config_resolved: PaperConfig
  /**
   * One row for a run.
   */
  results: BestResult[]
  /**
   * Every file of the directory except report.json, run_report.md and session_status.json, which changes after them; sorted by name.
   */
  artifacts: ArtifactFile[]
  machine_contract: MachineContract
  summary: Summary
  /**
   * The data of a session over history; null before they are open, and for a live session.
   */
  dataset: DatasetReference | null
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, trades.csv and the equity columns.
   */
  result_hash: string
  /**
   * Session that this one executes again; absent otherwise.
   */
  replay_of?: string
  replay?: ReplayVerdict
  /**
   * What the reader should know; absent when there is nothing.
   */
  warnings?: string[]
  /**
   * What a live session read; null over history.
   */
  feed: FeedReference | null
  broker: BrokerFigures
  /**
   * What ended the session.
   */
  stop_reason: 'end_of_history' | 'end_of_feed' | 'end_of_window' | 'max_bars' | 'max_drawdown' | 'max_loss'
  rejected: RejectedBars
}
/**
 * Lines of the feed that were not traded on, by cause.
 *
 */
export interface RejectedBars {
  /**
   * Timestamp of a bar that was processed already; the first one counts.
   */
  duplicate: number
  /**
   * Overtaken by one later bar.
   */
  out_of_order: number
  /**
   * Overtaken by several later bars.
   */
  late: number
  /**
   * Not a bar: unreadable, incomplete, impossible prices, or a time in the future.
   */
  malformed: number
  /**
   * Bars that name another symbol than the ticker.
   */
  other_symbol: number
  /**
   * Bars before the start of the request.
   */
  before_start: number
}
/**
 * paper_sessions_index.json: one row for every session of a directory, by directory name; .csv and .md hold the same rows.
 *
 */
export interface PaperSessionsIndex {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * When the index was written, UTC.
   */
  generated_at: string
  /**
   * Absolute directory that holds the sessions.
   */
  root_dir: string
  /**
   * Number of rows.
   */
  n_sessions: number
  /**
   * The rows.
   */
  sessions: PaperSessionsIndexRow[]
}
/**
 * One session, as the index lists it.
 *
 */
export interface PaperSessionsIndexRow {
  /**
   * Identity; the directory name where the session names none.
   */
  session_id: string
  /**
   * running, success, failed or aborted as the session says it; corrupt where its files cannot be read.
   */
  status: string | null
  /**
   * When it was created; null where unknown.
   */
  created_at: string | null
  /**
   * When it began.
   */
  started_at: string | null
  /**
   * Last heartbeat.
   */
  updated_at: string | null
  /**
   * When it ended.
   */
  finished_at: string | null
  /**
   * True where it is closed.
   */
  terminal: boolean
  /**
   * active, completed, exception, operator_abort; risk_limit, process_died.
   */
  status_reason: string | null
  /**
   * From start to end.
   */
  duration_seconds: number | null
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * Class of the error.
   */
  error_type: string | null
  /**
   * Kind of machine contract in report.json.
   */
  report_contract_type: string | null
  /**
   * Absolute directory of the session.
   */
  path: string
}
/**
 * portfolio_compare.json: the same sessions under every way to weigh them.
 *
 */
export interface PortfolioCompare {
  /**
   * When it was made, UTC.
   */
  generated_at: string
  /**
   * Sessions compared.
   */
  n_sessions: number
  selection_stats: PortfolioScan
  /**
   * Result by mode; custom_weight where weights are given, risk_parity where it is defined.
   */
  comparison: {
    raw_capital: PortfolioModeResult
    equal_weight: PortfolioModeResult
    custom_weight?: PortfolioModeResult
    risk_parity?: PortfolioModeResult
  }
  selection_criteria: PortfolioSelection
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * What the reader should know; empty when there is nothing.
   */
  warnings: string[]
  /**
   * Names of the pictures.
   */
  charts: string[]
  machine_contract: PortfolioContract
}
/**
 * How many sessions each step kept.
 *
 */
export interface PortfolioScan {
  /**
   * Directories with a state.
   */
  sessions_scanned: number
  /**
   * Sessions in the portfolio.
   */
  sessions_included: number
  /**
   * Sessions without a usable equity curve.
   */
  sessions_excluded_incomplete: number
  /**
   * Sessions left out as copies of another.
   */
  sessions_collapsed_duplicates: number
  /**
   * Complete sessions.
   */
  sessions_after_hygiene: number
  /**
   * Complete sessions without copies.
   */
  sessions_after_dedup: number
  /**
   * Sessions that the selection rules kept.
   */
  sessions_after_selection: number
}
/**
 * The portfolio in one mode.
 *
 */
export interface PortfolioModeResult {
  /**
   * Sessions.
   */
  candidates: PortfolioCandidate[]
  portfolio_summary: PortfolioSummary
  allocation: PortfolioAllocation
}
/**
 * One session in the portfolio.
 *
 */
export interface PortfolioCandidate {
  /**
   * Session.
   */
  session_id: string
  /**
   * Symbol; N/A where the session names none.
   */
  ticker: string
  /**
   * Strategy; N/A where the session names none.
   */
  strategy: string
  /**
   * Run the candidate came from; N/A where unknown.
   */
  source_run_id: string
  /**
   * Cash at the start.
   */
  starting_cash: number
  /**
   * Last equity.
   */
  ending_equity: number
  /**
   * Ending equity minus starting cash.
   */
  total_pnl: number
  /**
   * Last equity over starting cash, minus 1.
   */
  total_return: number
  /**
   * Largest fall from a running peak, 0 or negative.
   */
  max_drawdown: number
  /**
   * Start of the evaluation.
   */
  eval_start: string | null
  /**
   * Last bar evaluated.
   */
  eval_end: string | null
  /**
   * When the session was last written.
   */
  updated_at: string | null
  /**
   * Share of the portfolio at the start.
   */
  assigned_weight: number
  /**
   * Share of the portfolio's total result (a fraction, despite the name); 0 where that is nothing. Grows without bound as the total nears 0: contribution_return does not.
   */
  contribution_pct: number
  /**
   * Result of the session over the portfolio's starting value; the contributions of all sessions add up to total_return.
   */
  contribution_return: number
  /**
   * Share of the portfolio's variance, from the covariance of the bar returns that all sessions have in common; null where it is undefined.
   */
  risk_contribution: number | null
  /**
   * Directory of the session, below the portfolio root.
   */
  path: string
}
/**
 * Figures of the combined curve.
 *
 */
export interface PortfolioSummary {
  /**
   * Value at the first bar.
   */
  starting_value: number
  /**
   * Value at the last bar.
   */
  ending_value: number
  /**
   * Ending minus starting value.
   */
  total_pnl: number
  /**
   * Ending over starting value, minus 1.
   */
  total_return: number
  /**
   * Largest fall from a running peak, 0 or negative.
   */
  max_drawdown: number
  /**
   * Bars of the common time axis.
   */
  n_bars: number
  /**
   * sqrt(252) times the sample deviation of the bar returns; null with fewer than three bars.
   */
  annualized_volatility: number | null
}
/**
 * Weights.
 *
 */
export interface PortfolioAllocation {
  /**
   * How the weights were found.
   */
  mode: 'raw_capital' | 'equal_weight' | 'custom_weight' | 'risk_parity'
  /**
   * Weights of the file, as given; empty without one.
   */
  weights_supplied: {
    /**
     * Weight.
     */
    [k: string]: number
  }
  /**
   * Weight of each session.
   */
  weights_used: {
    /**
     * Weight.
     */
    [k: string]: number
  }
  /**
   * Whether the portfolio starts at 10000 with weights of sum 1; raw_capital adds up the sessions' own money.
   */
  normalized_weights: boolean
}
/**
 * Selection rules.
 *
 */
export interface PortfolioSelection {
  /**
   * Field that ranks.
   */
  rank_metric: string
  /**
   * Sessions kept at most; null for all.
   */
  top_n: number | null
  /**
   * Smallest total return kept.
   */
  min_return: number | null
  /**
   * Deepest drawdown kept.
   */
  max_drawdown: number | null
  /**
   * Only these symbols.
   */
  include_tickers: string[] | null
  /**
   * Not these symbols.
   */
  exclude_tickers: string[] | null
  /**
   * Only these strategies.
   */
  include_strategies: string[] | null
  /**
   * Not these strategies.
   */
  exclude_strategies: string[] | null
  /**
   * Only the newest session of each source run.
   */
  latest_per_source_run: boolean
}
/**
 * The machine-facing result block; a portfolio has no run id.
 *
 */
export interface PortfolioContract {
  /**
   * Version of the contract.
   */
  schema_version: '1.0'
  /**
   * quantlab.portfolio.result
   */
  contract_type: 'quantlab.portfolio.result'
  /**
   * Command of the request.
   */
  command: string
  /**
   * success
   */
  status: string
  /**
   * As given; null where absent.
   */
  request_id: unknown
  /**
   * report or compare.
   */
  mode: 'report' | 'compare'
  /**
   * The headline figures of the report; null for a comparison, which has one set for each mode.
   */
  summary: {
    [k: string]: unknown
  } | null
  /**
   * Role → file name in the portfolio root.
   */
  artifacts: {
    [k: string]: string
  }
}
/**
 * report.json, and portfolio_report.json with the same content, of a portfolio of forward sessions.
 *
 */
export interface PortfolioReport {
  /**
   * When it was made, UTC.
   */
  generated_at: string
  /**
   * Sessions in the portfolio.
   */
  n_candidates: number
  /**
   * Sessions, by directory name, or by rank where top_n is given.
   */
  candidates: PortfolioCandidate[]
  portfolio_summary: PortfolioSummary
  allocation: PortfolioAllocation
  selection: PortfolioSelection
  scanning_stats: PortfolioScan
  /**
   * Directories with a state.
   */
  sessions_scanned: number
  /**
   * Sessions in the portfolio.
   */
  sessions_included: number
  /**
   * Sessions without a usable equity curve.
   */
  sessions_excluded_incomplete: number
  /**
   * Sessions left out as copies of another.
   */
  sessions_collapsed_duplicates: number
  /**
   * Complete sessions.
   */
  sessions_after_hygiene: number
  /**
   * Complete sessions without copies.
   */
  sessions_after_dedup: number
  /**
   * Sessions that the selection rules kept.
   */
  sessions_after_selection: number
  summary: Summary
  correlation: PortfolioCorrelation
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * What the reader should know; empty when there is nothing.
   */
  warnings: string[]
  /**
   * Names of the pictures.
   */
  charts: string[]
  machine_contract: PortfolioContract
}
/**
 * How the sessions move together, over the time they have in common.
 *
 */
export interface PortfolioCorrelation {
  /**
   * Order of rows and columns.
   */
  session_ids: string[]
  /**
   * Correlation of bar returns, row by row; null where undefined.
   */
  matrix: (number | null)[][]
  /**
   * Returns that all sessions have in common.
   */
  n_returns: number
  /**
   * First bar of the common time.
   */
  from: string | null
  /**
   * Last bar of the common time.
   */
  to: string | null
}
/**
 * regime_evaluation.json: forward returns by regime, one entry horizon_<days>d for each horizon.
 *
 */
export interface RegimeEvaluation {
  [k: string]: RegimeHorizon
}
/**
 * One horizon.
 *
 */
export interface RegimeHorizon {
  /**
   * By regime.
   */
  regime_stats: {
    [k: string]: RegimeForwardStats
  }
  edge_stats: RegimeEdgeStats
}
/**
 * Forward returns of one regime.
 *
 */
export interface RegimeForwardStats {
  /**
   * Mean forward return.
   */
  mean_return: number
  /**
   * Sample deviation; 0 for one row.
   */
  std_return: number
  /**
   * Rows.
   */
  count: number
  /**
   * Share above 0.
   */
  hit_rate: number
  /**
   * Mean over deviation / √count.
   */
  t_stat: number
  /**
   * Two-sided, count − 1 degrees.
   */
  p_value: number
  /**
   * With Newey–West errors over the horizon.
   */
  t_stat_nw: number
  /**
   * Two-sided, with Newey–West errors.
   */
  p_value_nw: number
}
/**
 * Differences of mean forward returns.
 *
 */
export interface RegimeEdgeStats {
  /**
   * Mean of the best regime less mean of all.
   */
  edge_best: number | null
  /**
   * Mean of the worst regime less mean of all.
   */
  edge_worst: number | null
  /**
   * Best less worst.
   */
  spread_1_5: number | null
  /**
   * Mean of all rows.
   */
  mean_all: number | null
  /**
   * Mean of the worst regime; 0 where there is none.
   */
  mean_1: number
  /**
   * Mean of the best regime; 0 where there is none.
   */
  mean_5: number
  /**
   * Rows of the worst regime.
   */
  n1: number
  /**
   * Rows of the best regime.
   */
  n5: number
  /**
   * Rows.
   */
  n_all: number
  /**
   * The alts regime with enough rows; null for none.
   */
  worst_regime: string | null
  /**
   * The majors regime with enough rows; null for none.
   */
  best_regime: string | null
  /**
   * 2.5 % quantile of edge_best over the block bootstrap; absent where that is off.
   */
  edge_best_ci_lower?: number | null
  /**
   * 97.5 % quantile of edge_best.
   */
  edge_best_ci_upper?: number | null
  /**
   * Share of resamples at least as far from edge_best as that is from 0.
   */
  edge_best_pvalue?: number | null
  /**
   * 2.5 % quantile of edge_worst over the block bootstrap; absent where that is off.
   */
  edge_worst_ci_lower?: number | null
  /**
   * 97.5 % quantile of edge_worst.
   */
  edge_worst_ci_upper?: number | null
  /**
   * Share of resamples at least as far from edge_worst as that is from 0.
   */
  edge_worst_pvalue?: number | null
  /**
   * 2.5 % quantile of spread_1_5 over the block bootstrap; absent where that is off.
   */
  spread_1_5_ci_lower?: number | null
  /**
   * 97.5 % quantile of spread_1_5.
   */
  spread_1_5_ci_upper?: number | null
  /**
   * Share of resamples at least as far from spread_1_5 as that is from 0.
   */
  spread_1_5_pvalue?: number | null
}
/**
 * kpis.json: key figures of the backtest; without a day all but n_days are null.
 *
 */
export interface RegimeKpis {
  /**
   * Days of the backtest.
   */
  n_days: number
  /**
   * Last equity less the starting 1.
   */
  total_return: number | null
  /**
   * Equity^(365/n_days) − 1.
   */
  cagr: number | null
  /**
   * Sample deviation of daily net returns × √365.
   */
  ann_vol: number | null
  /**
   * Mean over sample deviation of daily net returns × √365.
   */
  sharpe: number | null
  /**
   * Mean over √mean(min(r, 0)²) × √365.
   */
  sortino: number | null
  /**
   * Deepest fall below the highest equity, the starting 1 included.
   */
  max_drawdown: number | null
  /**
   * cagr over |max_drawdown|.
   */
  calmar: number | null
  /**
   * Share of days with a position that gained.
   */
  hit_rate: number | null
  /**
   * Share of all days that gained.
   */
  hit_rate_all: number | null
  /**
   * Days with a gross exposure above 0.01.
   */
  n_active: number | null
  /**
   * Mean daily turnover, alts and majors.
   */
  avg_turnover: number | null
  /**
   * avg_turnover × 365.
   */
  annual_turnover: number | null
  /**
   * Sum of daily costs.
   */
  total_cost: number | null
  /**
   * Sum of daily funding; positive is paid.
   */
  total_funding: number | null
  /**
   * Mean daily funding.
   */
  avg_funding_daily: number | null
  /**
   * Mean gross exposure after trading.
   */
  avg_gross: number | null
}
/**
 * metrics.json of a run of the majors-versus-alts monitor: key figures, stability and evaluation beside the headline block.
 *
 */
export interface RegimeRunMetrics {
  /**
   * majors_alts
   */
  mode: string
  /**
   * As in metadata.
   */
  command: string
  /**
   * success
   */
  status: string
  summary: Summary
  best_result: BestResult
  /**
   * 1.
   */
  leaderboard_size: number
  /**
   * Days of the backtest.
   */
  n_days: number
  /**
   * Last equity less the starting 1.
   */
  total_return: number | null
  /**
   * Equity^(365/n_days) − 1.
   */
  cagr: number | null
  /**
   * Sample deviation of daily net returns × √365.
   */
  ann_vol: number | null
  /**
   * Mean over sample deviation of daily net returns × √365.
   */
  sharpe: number | null
  /**
   * Mean over √mean(min(r, 0)²) × √365.
   */
  sortino: number | null
  /**
   * Deepest fall below the highest equity, the starting 1 included.
   */
  max_drawdown: number | null
  /**
   * cagr over |max_drawdown|.
   */
  calmar: number | null
  /**
   * Share of days with a position that gained.
   */
  hit_rate: number | null
  /**
   * Share of all days that gained.
   */
  hit_rate_all: number | null
  /**
   * Days with a gross exposure above 0.01.
   */
  n_active: number | null
  /**
   * Mean daily turnover, alts and majors.
   */
  avg_turnover: number | null
  /**
   * avg_turnover × 365.
   */
  annual_turnover: number | null
  /**
   * Sum of daily costs.
   */
  total_cost: number | null
  /**
   * Sum of daily funding; positive is paid.
   */
  total_funding: number | null
  /**
   * Mean daily funding.
   */
  avg_funding_daily: number | null
  /**
   * Mean gross exposure after trading.
   */
  avg_gross: number | null
  /**
   * Changes of regime.
   */
  total_switches: number
  /**
   * Days from the first to the last row with a regime.
   */
  total_days: number
  /**
   * Switches over total_days / 365.25.
   */
  switches_per_year: number | null
  /**
   * Rows with a regime over their runs.
   */
  avg_regime_duration_days: number | null
  /**
   * Share of the rows with a regime, by name, in percent as published.
   */
  regime_distribution: {
    /**
     * A pure number.
     */
    [k: string]: number
  }
  /**
   * Daily net returns by the regime that made the holdings.
   *
   * Items: One regime.
   */
  regime_metrics: {
    /**
     * Regime at the decision that made the holdings.
     */
    regime: string
    /**
     * Days.
     */
    n_days: number
    /**
     * Mean daily net return.
     */
    mean_return: number
    /**
     * Median daily net return.
     */
    median_return: number
    /**
     * Sample deviation; null for one day.
     */
    std_return: number | null
    /**
     * Mean over deviation.
     */
    sharpe_like: number | null
  }[]
  /**
   * The backtest by windows of test_window_days.
   *
   * Items: One window.
   */
  test_windows: {
    /**
     * Number, from 0.
     */
    test_window: number
    /**
     * First day.
     */
    start: string
    /**
     * Last day.
     */
    end: string
    /**
     * Days.
     */
    n_days: number
    /**
     * Net return of the window.
     */
    total_return: number
    /**
     * Daily mean over sample deviation × √365.
     */
    sharpe: number | null
    /**
     * Deepest fall in the window.
     */
    max_drawdown: number
  }[]
  /**
   * As regime_evaluation.json; null where the regimes were not judged.
   */
  regime_evaluation: RegimeEvaluation | null
}
/**
 * report.json of a run of the majors-versus-alts monitor; written last.
 *
 */
export interface RegimeReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_run_report'
  /**
   * success
   */
  status: string
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the same request.
     */
    command: string
  }
  config_resolved: RegimeRunConfig
  /**
   * One row.
   */
  results: BestResult[]
  /**
   * Every file of the directory except report.json and run_report.md, sorted by name.
   */
  artifacts: ArtifactFile[]
  machine_contract: MachineContract
  summary: Summary
  dataset: DatasetReference
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, bt_daily_pnl.csv and the columns r_ls_net and equity_curve.
   */
  result_hash: string
  /**
   * What the reader should know; absent when there is nothing.
   */
  warnings?: string[]
  /**
   * Run that this one executes again; absent otherwise.
   */
  replay_of?: string
  replay?: ReplayVerdict
}
/**
 * config.json of a run of the majors-versus-alts monitor.
 *
 */
export interface RegimeRunConfig {
  /**
   * The regime monitor.
   */
  pipeline: 'majors_alts'
  /**
   * As resolved.
   */
  mode: 'msm' | 'regular'
  /**
   * Panel.
   */
  dataset_id: string
  /**
   * SHA-256 of the data set's content.
   */
  dataset_content_hash: string
  /**
   * First day, inclusive.
   */
  start: string
  /**
   * Last day, inclusive.
   */
  end: string
  /**
   * Day of the signals; null for a run over a window.
   */
  asof: string | null
  /**
   * Days read before start for warm-up.
   */
  prefetch_days: number
  /**
   * The experiment as it was given; null without one.
   */
  experiment: {
    [k: string]: unknown
  } | null
  /**
   * The resolved configuration in the native layout, every key of it.
   */
  settings: {
    [k: string]: unknown
  }
  /**
   * Keys of the configuration that a sweep set, and their values; absent outside of sweeps.
   */
  parameters?: {
    [k: string]: unknown
  }
}
/**
 * signals_today.json: what the monitor says on one day.
 *
 */
export interface RegimeSignals {
  /**
   * Day the signals are of.
   */
  asof_date: string
  /**
   * Regime of the day, with the state of the whole series; null before the first score.
   */
  regime: string | null
  /**
   * Score of the day.
   */
  score: number | null
  /**
   * What the engine decided that day; null before the backtest begins.
   */
  decision: string | null
  /**
   * Gross exposure of the target weights.
   */
  suggested_gross: number
  /**
   * Target weights by leg.
   */
  leg_weights: {
    /**
     * Weight by major.
     */
    majors: {
      /**
       * Fraction of equity, signed.
       */
      [k: string]: number
    }
    /**
     * Weight by alt.
     */
    alts: {
      /**
       * Fraction of equity, signed.
       */
      [k: string]: number
    }
  }
  /**
   * Funding of the target weights at the last known rates; positive is paid.
   */
  expected_funding_daily: number
  /**
   * Two features of the day.
   */
  key_features: {
    /**
     * Percent of alts that rose.
     */
    alt_breadth: number | null
    /**
     * BTC over BTC and alts, by market cap.
     */
    btc_dominance: number | null
  }
  /**
   * Weights the engine is heading for, by asset.
   */
  target_weights: {
    /**
     * Fraction of equity, signed.
     */
    [k: string]: number
  }
}
/**
 * stability.json: how often and how long regimes hold.
 *
 */
export interface RegimeStability {
  /**
   * Changes of regime.
   */
  total_switches: number
  /**
   * Days from the first to the last row with a regime.
   */
  total_days: number
  /**
   * Switches over total_days / 365.25.
   */
  switches_per_year: number | null
  /**
   * Rows with a regime over their runs.
   */
  avg_regime_duration_days: number | null
  /**
   * Share of the rows with a regime, by name, in percent as published.
   */
  regime_distribution: {
    /**
     * A pure number.
     */
    [k: string]: number
  }
}
/**
 * config.json of a sweep over runs of the majors-versus-alts monitor.
 *
 */
export interface RegimeSweepConfig {
  /**
   * The regime monitor.
   */
  pipeline: 'majors_alts'
  /**
   * Panel.
   */
  dataset_id: string
  /**
   * SHA-256 of the data set's content.
   */
  dataset_content_hash: string
  /**
   * First day, inclusive.
   */
  start: string
  /**
   * Last day, inclusive.
   */
  end: string
  /**
   * Days read before start for warm-up.
   */
  prefetch_days: number
  /**
   * Whether the first failure ends the sweep.
   */
  fail_fast: boolean
  /**
   * Swept keys, sorted, with their distinct values in order.
   */
  parameters: RegimeSweepParameter[]
  /**
   * The runs, in their order.
   */
  members: RegimeSweepMember[]
}
/**
 * One swept key of the monitor's configuration.
 *
 */
export interface RegimeSweepParameter {
  /**
   * Key of the native layout with dots, such as regime.threshold_high or basket.n.
   */
  path: string
  /**
   * Values of the key.
   *
   * @minItems 1
   * @maxItems 10000
   *
   * Items: Whatever the key takes.
   */
  values: [unknown, ...unknown[]]
}
/**
 * One run of the sweep as it was asked for.
 *
 */
export interface RegimeSweepMember {
  /**
   * File of the experiment as named, or as a pattern found it; null without one.
   */
  experiment: string | null
  /**
   * Id that the experiment gives itself.
   */
  experiment_id: string | null
  /**
   * Swept key → value.
   */
  parameters: {
    [k: string]: unknown
  }
  /**
   * SHA-256 of the canonical JSON of the resolved configuration; null where there is none, because it was refused.
   */
  settings_hash: string | null
}
/**
 * report.json of a sweep over runs of the majors-versus-alts monitor; written last.
 *
 */
export interface RegimeSweepReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_run_report'
  /**
   * success
   */
  status: string
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the same request.
     */
    command: string
  }
  config_resolved: RegimeSweepConfig
  /**
   * The best ten rows, by Sharpe ratio.
   */
  results: SweepRow[]
  /**
   * Every file of the directory except report.json and run_report.md, sorted by name.
   */
  artifacts: ArtifactFile[]
  machine_contract: SweepContract
  summary: Summary
  /**
   * How far the best run can be believed; null where none was published. Ratios per day.
   */
  overfitting: SweepOverfitting | null
  /**
   * Runs that were published.
   */
  n_runs: number
  /**
   * Runs that failed.
   */
  n_failed: number
  /**
   * What failed, in order; absent where nothing did.
   */
  failed?: RegimeSweepFailure[]
  /**
   * The data that were read.
   */
  datasets: DatasetReference[]
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * As in metadata.
   */
  fingerprint: string
  /**
   * As in metadata.
   */
  result_hash: string
  /**
   * What the reader should know; absent when there is nothing.
   */
  warnings?: string[]
  /**
   * Runs left out after a failure; 0 without fail_fast.
   */
  n_skipped: number
}
/**
 * One trial: its parameters and its figures, under the columns of the tables.
 *
 */
export interface SweepRow {
  [k: string]: unknown
}
/**
 * The machine-facing result block.
 *
 */
export interface SweepContract {
  /**
   * Version of the contract.
   */
  schema_version: '1.0'
  /**
   * quantlab.sweep.result
   */
  contract_type: 'quantlab.sweep.result'
  /**
   * sweep
   */
  command: string
  /**
   * success
   */
  status: string
  /**
   * As given; null where absent.
   */
  request_id: unknown
  /**
   * Identity.
   */
  run_id: string
  /**
   * grid, random, sobol, batch or walkforward; majors_alts_sweep for runs of the regime monitor.
   */
  mode: 'grid' | 'random' | 'sobol' | 'batch' | 'walkforward' | 'majors_alts_sweep'
  summary: Summary
  /**
   * Role → file name in the run directory.
   */
  artifacts: {
    [k: string]: string
  }
  best_result?: SweepRow
}
/**
 * How much of the winner is what the best of so many trials shows by luck. Ratios per bar.
 *
 */
export interface SweepOverfitting {
  winner: SweepWinner
  /**
   * Trials with a Sharpe ratio.
   */
  trials: number
  /**
   * Independent trials they amount to: correlation + (1 - correlation) times trials.
   */
  effective_trials: number | null
  /**
   * Mean correlation of the returns of the trials.
   */
  mean_correlation: number | null
  /**
   * Bars of the winner.
   */
  track_record_bars: number
  /**
   * Bars needed to tell its Sharpe ratio from 0 at 95 % confidence.
   */
  min_track_record_bars: number | null
  /**
   * Sharpe ratio of the winner, per bar.
   */
  sharpe_per_bar: number | null
  /**
   * Sharpe ratio that the best of the effective trials shows by luck, per bar.
   */
  expected_max_sharpe_per_bar: number | null
  /**
   * Probability that the true Sharpe ratio is above 0.
   */
  probabilistic_sharpe_ratio: number | null
  /**
   * Probability that it is above what luck shows.
   */
  deflated_sharpe_ratio: number | null
  /**
   * Share of the ways to halve the data in which the best trial of one half is no better than the median in the other.
   */
  probability_of_overfitting: number | null
  /**
   * Share of them in which it loses there.
   */
  probability_of_loss: number | null
  /**
   * Trials compared.
   */
  cscv_trials: number
  /**
   * Ways to halve the data.
   */
  cscv_combinations: number
  stability: SweepStability
  /**
   * The verdict as one word.
   */
  conclusion: 'robust' | 'doubtful' | 'overfitted' | 'insufficient_data'
  /**
   * What holds and what does not, in one line.
   */
  verdict: string
  /**
   * Why a figure is null.
   */
  undefined_reasons: {
    [k: string]: string
  }
}
/**
 * The trial that is judged.
 *
 */
export interface SweepWinner {
  /**
   * Number of the trial, from 0.
   */
  trial: number
  /**
   * Id of its parameter set.
   */
  variation_id: string
  /**
   * grid, or the training window it was best in: in walk-forward the last one that selected anything.
   */
  window: string
}
/**
 * What becomes of the score one step away from the winner.
 *
 */
export interface SweepStability {
  /**
   * Trials one step away that have a score.
   */
  neighbours: number
  /**
   * Score of the winner, by the first metric of the ranking.
   */
  winner_score: number | null
  /**
   * Mean over the neighbours.
   */
  mean_score: number | null
  /**
   * Lowest of the neighbours.
   */
  lowest_score: number | null
  /**
   * mean_score over winner_score: 1 is a plateau, 0 a lonely peak.
   */
  retention: number | null
}
/**
 * A run that failed.
 *
 */
export interface RegimeSweepFailure {
  /**
   * Number of the run, from 0.
   */
  member: number
  /**
   * File of the experiment; null without one.
   */
  experiment: string | null
  /**
   * Swept key → value.
   */
  parameters: {
    [k: string]: unknown
  }
  /**
   * Error code.
   */
  code: string
  /**
   * What was wrong.
   */
  message: string
}
/**
 * report.json: the canonical public artifact of a run; written last.
 *
 */
export interface RunReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_run_report'
  /**
   * success
   */
  status: string
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the same request.
     */
    command: string
  }
  config_resolved: RunConfig
  /**
   * One row for a run.
   */
  results: BestResult[]
  /**
   * Every file of the directory except report.json itself, sorted by name.
   */
  artifacts: ArtifactFile[]
  machine_contract: MachineContract
  summary: Summary
  dataset: DatasetReference
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, strategy, execution, costs, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary, best_result, trades.csv and the equity columns.
   */
  result_hash: string
  /**
   * Model run whose model this run trades; absent otherwise.
   */
  model_run_id?: string
  /**
   * Run that this one executes again; absent otherwise.
   */
  replay_of?: string
  replay?: ReplayVerdict
  /**
   * What the reader should know; absent when there is nothing.
   */
  warnings?: string[]
}
/**
 * The whole run as one document: inputs, request, trades, curve, metrics. Made from the run directory; no number is undefined.
 *
 */
export interface RunArtifact {
  metadata: RunArtifactMetadata
  request: RunArtifactRequest
  /**
   * Fills in order of time.
   */
  tradeEvents: TradeEvent[]
  /**
   * One point a bar.
   */
  pnlSeries: PnLPoint[]
  /**
   * One point a bar.
   */
  exposureSeries: ExposurePoint[]
  metrics: RunArtifactMetrics
  /**
   * SHA-256 of the canonical JSON of {tradeEvents, pnlSeries, exposureSeries, metrics}: equal results have equal hashes whoever ran them and when.
   */
  resultHash: string
}
/**
 * Identity and hashes.
 *
 */
export interface RunArtifactMetadata {
  /**
   * Run.
   */
  runId: string
  /**
   * Commit of the working directory; null outside a repository.
   */
  gitSha: string | null
  /**
   * When the run was built, UTC.
   */
  createdAtISO: string
  /**
   * snapshot_content_hash of the manifest.
   */
  dataSnapshotHash: string
  /**
   * strategy_hash of the manifest.
   */
  strategyConfigHash: string
  /**
   * execution_model_hash of the manifest.
   */
  executionModelHash?: string
  /**
   * cost_model_hash of the manifest.
   */
  costModelHash?: string
  /**
   * risk_model_hash of the manifest; absent without a risk model.
   */
  riskModelHash?: string
  /**
   * run_config_hash of the manifest.
   */
  runConfigHash: string
  /**
   * Time the computation took.
   */
  simulationTimeMs: number
  /**
   * Version of this layout.
   */
  schemaVersion: '1.0.0'
  /**
   * Version of the computation.
   */
  engineVersion: string
  /**
   * fingerprint of the manifest.
   */
  fingerprint: string
  /**
   * Run that this one executes again; absent otherwise.
   */
  replayOf?: string
}
/**
 * The inputs in the published form, and the same as a request of this gateway.
 *
 */
export interface RunArtifactRequest {
  /**
   * The bars read.
   */
  dataSnapshot: {
    /**
     * Data set.
     */
    snapshotId: string
    /**
     * SHA-256 of the bars read.
     */
    contentHash: string
    /**
     * Window [from, to).
     */
    timeRange: {
      /**
       * Start, inclusive.
       */
      fromISO: string
      /**
       * End, exclusive.
       */
      toISO: string
    }
    /**
     * Instruments.
     */
    sources: {
      /**
       * Trading venue; `unknown` where the run does not record it.
       */
      venue: string
      /**
       * Instrument.
       */
      symbol: string
    }[]
    /**
     * Version of this part.
     */
    schemaVersion: string
    /**
     * When the snapshot was cut: with the run.
     */
    createdAtISO: string
  }
  /**
   * What was run.
   */
  strategy: {
    /**
     * Name of the strategy.
     */
    strategyId: string
    /**
     * The same.
     */
    name: string
    /**
     * Its parameters.
     */
    config: {
      [k: string]: unknown
    }
    /**
     * SHA-256 of the canonical JSON of config.
     */
    configHash: string
    /**
     * Version of this part.
     */
    schemaVersion: string
  }
  /**
   * How orders are filled.
   */
  executionModel: {
    /**
     * No latency is simulated.
     */
    latency: {
      /**
       * 0
       */
      p50: number
      /**
       * 0
       */
      p90: number
      /**
       * 0
       */
      p99: number
    }
    /**
     * Slippage of a fill.
     */
    slippage: {
      /**
       * Slippage of every fill in mode fixed, the least slippage in mode atr.
       */
      base: number
      /**
       * Greatest slippage in mode atr; absent in mode fixed.
       */
      max?: number
      /**
       * fixed or atr.
       */
      mode: string
      /**
       * Share of ATR/close in mode atr; absent in mode fixed.
       */
      kAtr?: number
    }
    /**
     * signal_close or next_open.
     */
    execution: string
  }
  /**
   * What trading costs.
   */
  costModel: {
    /**
     * Fixed fee per fill: none is charged.
     */
    baseFee: number
    /**
     * Fee per fill, as a share of the traded notional.
     */
    tradingFee: number
  }
  /**
   * Settings of the simulation.
   */
  runConfig: {
    /**
     * Seed; 0 where nothing is random.
     */
    seed: number
    /**
     * Bar size.
     */
    timeResolutionMs: number
    /**
     * failFast: a run is whole or absent.
     */
    errorMode: string
    /**
     * False: there are none.
     */
    includeEventLogs: boolean
    /**
     * False: there are none.
     */
    includeStateSnapshots: boolean
    /**
     * Starting cash.
     */
    initialCash: number
    /**
     * Calendar of annualised figures.
     */
    calendar: string
  }
  /**
   * The request as this gateway takes it. External fills, where there were any, are the trades.csv of the run.
   */
  gateway: {
    /**
     * Version of the contract.
     */
    schema_version: string
    /**
     * Command.
     */
    command: string
    /**
     * Parameters.
     */
    params: {
      [k: string]: unknown
    }
  }
}
/**
 * One fill.
 *
 */
export interface TradeEvent {
  /**
   * Time of the fill.
   */
  timestampISO: string
  /**
   * entry opens or enlarges a position, exit closes or reduces it.
   */
  type: 'entry' | 'exit' | 'reentry'
  /**
   * Instrument.
   */
  asset: string
  /**
   * Price of execution.
   */
  price: number
  /**
   * Quantity traded; where the file of fills says 0 for "all", the whole position.
   */
  quantity: number
  /**
   * price × quantity.
   */
  value: number
  /**
   * Fee paid.
   */
  fees: number
  /**
   * Slippage as a share of the price; absent where not recorded.
   */
  slippage?: number
  /**
   * False: orders fill whole.
   */
  partialFill: boolean
  /**
   * False: a failed order leaves no fill.
   */
  failed: boolean
}
/**
 * The account at a bar.
 *
 */
export interface PnLPoint {
  /**
   * Open of the bar.
   */
  timestampISO: string
  /**
   * Growth of 1: 1.12 is +12 %.
   */
  cumulativePnL: number
  /**
   * Gain since the start: (cumulativePnL − 1) × starting cash.
   */
  runningTotal: number
  /**
   * Fall from the highest value so far, 0 to 1.
   */
  drawdown: number
}
/**
 * The position at a bar.
 *
 */
export interface ExposurePoint {
  /**
   * Open of the bar.
   */
  timestampISO: string
  /**
   * Absolute exposure at the close, as a share of equity.
   */
  totalExposure: number
  /**
   * Positions open at the close.
   */
  openPositions: number
  /**
   * Largest of them, as a share of equity.
   */
  maxPositionSize: number
}
/**
 * Figures of the run; a figure that is undefined is absent.
 *
 */
export interface RunArtifactMetrics {
  /**
   * Returns as growth: 1.12 is +12 %.
   */
  return: {
    /**
     * Growth over the whole run.
     */
    total: number
    /**
     * Growth a year.
     */
    annualized?: number
    /**
     * Mean growth of a round trip.
     */
    perTrade?: number
  }
  /**
   * Falls from the highest value, 0 to 1.
   */
  drawdown: {
    /**
     * Deepest.
     */
    max: number
    /**
     * Mean over all bars.
     */
    average?: number
    /**
     * From the deepest point until the earlier peak was reached again; absent where it was not.
     */
    recoveryTimeMs?: number
  }
  /**
   * Winners.
   */
  hitRate: {
    /**
     * Share of round trips that gained; 0 without one.
     */
    overall: number
  }
  /**
   * Counts.
   */
  trades: {
    /**
     * Closed round trips.
     */
    total: number
    /**
     * Fills that open or enlarge.
     */
    entries: number
    /**
     * Fills that close or reduce.
     */
    exits: number
    /**
     * Always 0.
     */
    failed: number
  }
  /**
   * Worst round trips, as returns.
   */
  tailLoss: {
    /**
     * Worst return of a round trip, at most 0.
     */
    worstTrade: number
    /**
     * 5 % quantile of the returns of round trips.
     */
    p5?: number
    /**
     * 1 % quantile.
     */
    p1?: number
  }
  /**
   * Fees.
   */
  feeSensitivity: {
    /**
     * Sum of the fees of all fills.
     */
    totalFees: number
    /**
     * Mean fee of a fill; absent without one.
     */
    averageFeePerTrade?: number
  }
  /**
   * Risk.
   */
  risk?: {
    /**
     * sharpe_ratio of metrics.extended.
     */
    sharpeRatio?: number
    /**
     * sortino_ratio of metrics.extended.
     */
    sortinoRatio?: number
    /**
     * Largest absolute exposure.
     */
    maxExposure?: number
  }
}
/**
 * manifest.json of a run, sweep, forward evaluation or session: the hash of every input, and the fingerprints over them.
 *
 */
export interface RunManifest {
  /**
   * Version of this layout.
   */
  schema_version: '1.0.0'
  /**
   * Identity of the run.
   */
  run_id: string
  /**
   * Command that made the run.
   */
  command: string
  /**
   * run, grid, walkforward, paper, forward …
   */
  mode: string
  /**
   * A published run is completed.
   */
  status: 'pending' | 'running' | 'completed' | 'failed'
  /**
   * Why the run failed; absent otherwise.
   */
  error_message?: string
  /**
   * When the run was built, UTC.
   */
  created_at: string
  /**
   * Program that made the run.
   */
  package_name: string
  /**
   * Run that this one executes again; absent otherwise.
   */
  replay_of?: string
  /**
   * Seed; 0 where nothing is random.
   */
  seed: number
  /**
   * Commit of the working directory; null outside a repository.
   */
  git_sha: string | null
  /**
   * False where git_sha is null: the surrounding code is not known.
   */
  reproducible: boolean
  /**
   * Data set.
   */
  snapshot_id: string
  /**
   * SHA-256 of the bars read.
   */
  snapshot_content_hash: string
  /**
   * SHA-256 of the strategy and its parameters.
   */
  strategy_hash: string
  /**
   * SHA-256 of the execution model; null where there is none.
   */
  execution_model_hash: string | null
  /**
   * SHA-256 of fees and slippage; null where there are none.
   */
  cost_model_hash: string | null
  /**
   * SHA-256 of the risk limits; null where there are none.
   */
  risk_model_hash: string | null
  /**
   * SHA-256 of the canonical JSON of config.json without its seed.
   */
  run_config_hash: string
  /**
   * Version of the computation.
   */
  engine_version: string
  /**
   * Version of the contract.
   */
  contract_version: string
  /**
   * SHA-256 of the canonical JSON of exactly snapshot_content_hash, strategy_hash, execution_model_hash, cost_model_hash, risk_model_hash, seed and engine_version.
   */
  fingerprint: string
  /**
   * The same over these seven, run_config_hash and contract_version: runs are the same run where it is equal.
   */
  fingerprint_v2: string
  /**
   * Hash of the result, as in report.json; null where the run has none.
   */
  result_hash: string | null
  /**
   * Role → file in the run directory, e.g. metrics_json → metrics.json.
   */
  artifact_paths: {
    [k: string]: string
  }
  /**
   * Time the computation took; absent where it was not measured.
   */
  simulation_time_ms?: number
  /**
   * The same as created_at; runs of the regime monitor only, as published.
   */
  timestamp?: string
  /**
   * Commit of the working directory, or `unknown`; runs of the regime monitor only, as published.
   */
  git_commit?: string
  /**
   * Experiment of a run of the regime monitor; null without one.
   */
  experiment_id?: string | null
  /**
   * Title of the experiment.
   */
  title?: string | null
  /**
   * Category of the experiment.
   */
  category_path?: string | null
  /**
   * The experiment as it was given.
   */
  experiment_spec?: {
    [k: string]: unknown
  } | null
  /**
   * The resolved configuration of a run of the regime monitor, in the native layout.
   */
  resolved_config?: {
    [k: string]: unknown
  }
  /**
   * Last day with a value of each table: price, funding, open_interest.
   */
  data_snapshot_dates?: {
    [k: string]: string | null
  }
  /**
   * What else is known: versions, config_hash, content hash of the data set.
   */
  metadata: {
    [k: string]: unknown
  }
}
/**
 * runs_index.json: one row for every run below outputs/runs, by directory name; runs_index.csv and runs_index.md hold the same rows.
 *
 */
export interface RunsIndex {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * When the index was written, UTC.
   */
  generated_at: string
  /**
   * Absolute directory that holds the runs.
   */
  root_dir: string
  /**
   * Number of rows.
   */
  n_runs: number
  /**
   * One row a run, by directory name.
   */
  runs: RunsIndexRow[]
}
/**
 * session_status.json: the state of a paper session, replaced whole while it runs; the truth about how it ended.
 *
 */
export interface SessionStatus {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Identity of the session.
   */
  session_id: string
  /**
   * Command.
   */
  command: 'paper'
  /**
   * Mode.
   */
  mode: 'paper'
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * running until terminal; success: ended as asked; failed: an error, or the process died; aborted: by an operator or a risk limit.
   */
  status: 'running' | 'success' | 'failed' | 'aborted'
  /**
   * active, completed, exception, operator_abort as published; risk_limit: a limit of the request was reached; process_died: closed afterwards by recover.
   */
  status_reason: 'active' | 'completed' | 'exception' | 'operator_abort' | 'risk_limit' | 'process_died'
  /**
   * True once the session is closed.
   */
  terminal: boolean
  /**
   * When the session began, UTC.
   */
  started_at: string
  /**
   * Heartbeat: when this file was last written, UTC; every few seconds while the session runs.
   */
  updated_at: string
  /**
   * When the session ended, UTC; of a session whose process died, its last sign of life. Absent while it runs.
   */
  finished_at?: string
  /**
   * From start to end; absent while it runs.
   */
  duration_seconds?: number
  /**
   * What went wrong; absent where nothing did.
   */
  message?: string
  /**
   * Class of the error, KeyboardInterrupt for an operator abort, RiskLimit, ProcessDied; absent where nothing went wrong.
   */
  error_type?: string
  /**
   * What ended the session in order; null while it runs and where it was cut short.
   */
  stop_reason: 'end_of_history' | 'end_of_feed' | 'end_of_window' | 'max_bars' | 'max_drawdown' | 'max_loss' | null
  /**
   * Where the bars come from now; null over history.
   */
  feed: {
    /**
     * Absolute path, or - for standard input.
     */
    path: string
    /**
     * Wait for more at the end of the file.
     */
    follow: boolean
  } | null
  /**
   * Over a data set, or over a feed.
   */
  kind: 'history' | 'live'
  /**
   * The process that runs the session; null where it is unknown.
   */
  process: {
    /**
     * Process id.
     */
    pid: number
    /**
     * Clock ticks since boot at which it started; null where the system does not tell.
     */
    start_time: number | null
    /**
     * Boot it belongs to; null where the system does not tell.
     */
    boot_id: string | null
  } | null
  /**
   * Bars processed, warm-up included.
   */
  bars_seen: number
  /**
   * Time of the last bar processed, UTC; null before the first.
   */
  last_bar_at: string | null
  /**
   * Value of the broker's account at the last close; the starting cash before the first bar.
   */
  equity: number
  /**
   * Cash of the broker's account.
   */
  cash: number
  /**
   * Base units held; negative when short.
   */
  quantity: number
  /**
   * Exposure held.
   */
  position: number
  /**
   * Executions so far: rows of trades.csv.
   */
  fills: number
  rejected: RejectedBars
  /**
   * The newest line that was not traded on; null where there is none.
   */
  last_rejected: LastRejectedBar | null
  /**
   * Bytes of the feed up to the last bar processed; 0 for a session over history.
   */
  feed_offset: number
  /**
   * How often the session was taken up again.
   */
  resume_count: number
  /**
   * When recover closed the session of a dead process, UTC.
   */
  recovered_at?: string
}
/**
 * The newest line that was not traded on.
 *
 */
export interface LastRejectedBar {
  /**
   * A key of rejected.
   */
  kind: string
  /**
   * What is wrong with it.
   */
  message: string
  /**
   * The line, cut to 200 characters.
   */
  line: string
}
/**
 * metadata.json of a sweep.
 *
 */
export interface SweepMetadata {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * Identity of the run.
   */
  run_id: string
  /**
   * grid, random, sobol, batch or walkforward; majors_alts_sweep for runs of the regime monitor.
   */
  mode: 'grid' | 'random' | 'sobol' | 'batch' | 'walkforward' | 'majors_alts_sweep'
  /**
   * sweep
   */
  command: string
  /**
   * A published sweep has succeeded.
   */
  status: 'success'
  /**
   * When the results were written, UTC.
   */
  created_at: string
  /**
   * Commit of the working directory, or `unknown`.
   */
  git_commit: string
  /**
   * Configuration file as given, or inline_cli.
   */
  config_path: string
  /**
   * SHA-256 of the canonical JSON of config.json.
   */
  config_hash: string
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * W3C trace id.
   */
  trace_id: string
  /**
   * Kept for readers of the earlier layout.
   */
  python_version: null
  /**
   * Kept for readers of the earlier layout.
   */
  python_executable: null
  /**
   * Version of Node.
   */
  node_version: string
  /**
   * Version of the program.
   */
  quantlab_version: string
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * SHA-256 over data, parameter space, execution, costs, seed and engine version: equal fingerprints mean equal results.
   */
  fingerprint: string
  /**
   * SHA-256 over summary and the figures of all trials in their order.
   */
  result_hash: string
  /**
   * The data that were read.
   */
  datasets: DatasetReference[]
  summary: Summary
  /**
   * The best rows, ten at most.
   */
  top10: SweepRow[]
  /**
   * Trials that were computed; absent in walk-forward.
   */
  n_runs?: number
  /**
   * Walk-forward: trials of all training windows.
   */
  n_train_runs?: number
  /**
   * Walk-forward: trials that were selected, over all splits.
   */
  n_selected?: number
  /**
   * Walk-forward: trials of all test windows.
   */
  n_test_runs?: number
  /**
   * Trials that could not be computed; their figures are empty.
   */
  n_failed: number
}
/**
 * metrics.json of a sweep.
 *
 */
export interface SweepMetrics {
  /**
   * grid, random, sobol, batch or walkforward; majors_alts_sweep for runs of the regime monitor.
   */
  mode: 'grid' | 'random' | 'sobol' | 'batch' | 'walkforward' | 'majors_alts_sweep'
  /**
   * sweep
   */
  command: string
  /**
   * success
   */
  status: string
  summary: Summary
  /**
   * First row of the leaderboard, in walk-forward of the out-of-sample leaderboard; null where no trial is ranked.
   */
  best_result: SweepRow | null
  /**
   * Trials ranked, whatever the files list of them.
   */
  leaderboard_size: number
  /**
   * Trials that were computed; absent in walk-forward.
   */
  n_runs?: number
  /**
   * Walk-forward: trials of all training windows.
   */
  n_train_runs?: number
  /**
   * Walk-forward: trials that were selected, over all splits.
   */
  n_selected?: number
  /**
   * Walk-forward: trials of all test windows.
   */
  n_test_runs?: number
  /**
   * Trials that could not be computed; their figures are empty.
   */
  n_failed: number
}
/**
 * report.json of a sweep; written last.
 *
 */
export interface SweepReport {
  /**
   * Version of this layout.
   */
  schema_version: '1.0'
  /**
   * What this file is.
   */
  artifact_type: 'quantlab_run_report'
  /**
   * success
   */
  status: string
  header: ReportHeader
  /**
   * How to run it again.
   */
  reproduce: {
    /**
     * Command line that runs the same request.
     */
    command: string
  }
  config_resolved: SweepConfiguration
  /**
   * The best ten rows; absent in walk-forward.
   */
  results?: SweepRow[]
  /**
   * Walk-forward: the best ten rows of the tests. The best of several tests flatters: see walk_forward.honest.
   */
  oos_leaderboard?: SweepRow[]
  /**
   * Walk-forward: one row a split.
   */
  split_summary?: SweepSplitSummary[]
  walk_forward?: SweepWalkForward
  /**
   * Every file of the directory except report.json itself, sorted by name.
   */
  artifacts: ArtifactFile[]
  machine_contract: SweepContract
  summary: Summary
  kpi_summary?: Summary
  /**
   * How far the winner can be believed; null where no trial is ranked.
   */
  overfitting: SweepOverfitting | null
  /**
   * The winner against everything ever tried; absent where there is no winner.
   */
  trial_ledger?: SweepTrialLedger
  /**
   * Trials that were computed; absent in walk-forward.
   */
  n_runs?: number
  /**
   * Walk-forward: trials of all training windows.
   */
  n_train_runs?: number
  /**
   * Walk-forward: trials that were selected, over all splits.
   */
  n_selected?: number
  /**
   * Walk-forward: trials of all test windows.
   */
  n_test_runs?: number
  /**
   * Trials that could not be computed; their figures are empty.
   */
  n_failed: number
  /**
   * The first hundred trials that failed; absent where none did.
   */
  failed?: SweepFailedTrial[]
  aborted?: SweepAborted
  /**
   * The data that were read.
   */
  datasets: DatasetReference[]
  /**
   * Version of the computation: equal versions give equal numbers.
   */
  engine_version: string
  /**
   * As in metadata.
   */
  fingerprint: string
  /**
   * As in metadata.
   */
  result_hash: string
  /**
   * What the reader should know; absent when there is nothing.
   */
  warnings?: string[]
}
/**
 * A sweep: what runs, over which parameters, on which data. The file that config_path names, in YAML or JSON, or `config` of a request; a finished sweep writes it, completed, as config.json.
 *
 */
export interface SweepConfiguration {
  /**
   * Symbol of the instrument.
   */
  ticker?: string
  /**
   * Instruments instead of one ticker: symbols, or objects that also name the data set or interval. Every combination runs on each of them.
   */
  universe?: (string | SweepMember)[]
  /**
   * First bar, inclusive: ISO date (UTC midnight) or instant.
   */
  start?: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant.
   */
  end?: string
  /**
   * Bar size.
   */
  interval?: string
  /**
   * Data set to run on; else the one that covers the window best.
   */
  dataset_id?: string
  /**
   * Data sets the sweep must run on, by content; a finished sweep writes them into its config.json, so that this file repeats it exactly.
   */
  data?: SweepPin[]
  /**
   * Strategy name; `quantlab --schema` lists them under strategies/.
   */
  strategy: string
  /**
   * Parameters of the strategy that are not swept, checked against its own schema.
   */
  strategy_params?: {
    [k: string]: unknown
  }
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * Cash of the broker that the round-trip figures come from.
   */
  initial_cash: number
  /**
   * rsi_ma_cross_v2 only: buy only while RSI is below this.
   */
  rsi_buy_max?: number
  /**
   * rsi_ma_cross_v2 only: sell when RSI is above this.
   */
  rsi_sell_min?: number
  /**
   * rsi_ma_cross_v2 only: bars (not days) ignored after each signal.
   */
  cooldown_days?: number
  /**
   * Parameter → its values. Any key of a single run may be swept, also a path such as strategy_params.fast. Values are sorted and repeated ones dropped.
   */
  param_grid?: {
    [k: string]: unknown[]
  }
  /**
   * The same as a list, with ranges besides lists of values; adds to param_grid.
   */
  parameters?: SweepParameter[]
  /**
   * Every combination, or n_trials of them drawn at random or evenly by a Sobol sequence.
   */
  method: 'grid' | 'random' | 'sobol'
  /**
   * random and sobol: number of trials to draw.
   */
  n_trials?: number
  /**
   * random and sobol: seed of the draw. Also the base of the seeds of the trials.
   */
  seed?: number
  /**
   * A batch: the parameter sets themselves, run in this order, instead of parameters.
   */
  variations?: SweepVariation[]
  /**
   * Threads at most, whatever the request allows.
   */
  max_concurrency?: number
  early_abort?: SweepEarlyAbort
  /**
   * Walk-forward: training windows, each with the test window of what was best in it. An empty list is none.
   */
  splits?: SweepSplit[]
  walk_forward?: SweepScheme
  /**
   * Bars that indicators need: the first ones of each window (published), or the ones before it as far as there are any.
   */
  warmup: 'inside' | 'prefetch'
  selection?: SweepSelection
  constraints?: SweepConstraints
}
/**
 * One instrument of a universe.
 *
 */
export interface SweepMember {
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * Data set that holds it.
   */
  dataset_id?: string
  /**
   * Bar size, where it differs.
   */
  interval?: string
}
/**
 * A data set by content.
 *
 */
export interface SweepPin {
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * Bar size.
   */
  interval: string
  /**
   * Data set.
   */
  dataset_id: string
  /**
   * SHA-256 of its content; the sweep refuses other data under the same id.
   */
  content_hash: string
}
/**
 * A swept parameter: a path with values, or with a range of numbers.
 *
 */
export interface SweepParameter {
  /**
   * Key of a single run, or a path into it: fee, strategy_params.fast.
   */
  path: string
  /**
   * Values to take.
   */
  values?: unknown[]
  /**
   * Lowest value of a range.
   */
  min?: number
  /**
   * Highest value of a range, included where a step leads to it.
   */
  max?: number
  /**
   * Distance between values; without it random and sobol draw any number of the range.
   */
  step?: number
  /**
   * Draw evenly on a logarithmic scale; not together with step.
   */
  log?: boolean
}
/**
 * One parameter set of a batch.
 *
 */
export interface SweepVariation {
  /**
   * Its name.
   */
  variationId: string
  /**
   * What differs from the configuration: keys, paths or nested objects; arrays replace whole.
   */
  overrides: {
    [k: string]: unknown
  }
}
/**
 * Rules that end a sweep that does not go well, judged after each trial in order, whatever the threads.
 *
 */
export interface SweepEarlyAbort {
  min_win_rate?: SweepThreshold
  min_avg_return?: SweepThreshold
  max_drawdown?: SweepThreshold
  min_profitable_runs?: SweepProfitable
}
/**
 * A bound on a mean over the trials so far: win rate of round trips, total return, or depth of the drawdown as a positive ratio.
 *
 */
export interface SweepThreshold {
  /**
   * The bound.
   */
  threshold: number
  /**
   * Trials before the rule is judged.
   */
  after_runs: number
}
/**
 * Trials so far with a total return above 0.
 *
 */
export interface SweepProfitable {
  /**
   * How many at least.
   */
  count: number
  /**
   * Trials before the rule is judged.
   */
  after_runs: number
}
/**
 * A training window and the test that follows it.
 *
 */
export interface SweepSplit {
  /**
   * Name in every table.
   */
  name: string
  train: SweepWindow
  test: SweepWindow
}
/**
 * A window of time.
 *
 */
export interface SweepWindow {
  /**
   * First bar, inclusive.
   */
  start: string
  /**
   * End, exclusive.
   */
  end: string
}
/**
 * Walk-forward with generated splits: lengths in bars or calendar days.
 *
 */
export interface SweepScheme {
  /**
   * A training window that moves along, or one that begins at start and grows.
   */
  scheme: 'rolling' | 'anchored'
  /**
   * Unit of all lengths.
   */
  unit: 'bars' | 'days'
  /**
   * Length of the (first) training window.
   */
  train: number
  /**
   * Length of each test window.
   */
  test: number
  /**
   * From one test window to the next; the length of the test window when absent.
   */
  step?: number
  /**
   * Left out at the end of each training window.
   */
  purge: number
  /**
   * Left out before each test window, in addition.
   */
  embargo: number
}
/**
 * How trials are ranked, and how many of each training window are tested.
 *
 */
export interface SweepSelection {
  /**
   * Metrics, the first one first.
   */
  sort_by?: (
    | 'total_return'
    | 'max_drawdown'
    | 'sharpe_simple'
    | 'trades'
    | 'trade_trades'
    | 'win_rate_trades'
    | 'profit_factor'
    | 'expectancy_net'
    | 'avg_holding_days'
    | 'exposure'
  )[]
  /**
   * One per metric; false puts the highest first.
   */
  ascending?: boolean[]
  /**
   * Walk-forward: trials of each training window that are tested; 3 when absent.
   */
  top_k?: number
}
/**
 * What a trial must keep to be ranked; an undefined figure keeps nothing.
 *
 */
export interface SweepConstraints {
  /**
   * Completed round trips at least.
   */
  min_trade_trades?: number
  total_return?: SweepBounds
  max_drawdown?: SweepBounds
  sharpe_simple?: SweepBounds
  trades?: SweepBounds
  trade_trades?: SweepBounds
  win_rate_trades?: SweepBounds
  profit_factor?: SweepBounds
  expectancy_net?: SweepBounds
  avg_holding_days?: SweepBounds
  exposure?: SweepBounds
}
/**
 * Bounds of a metric, both included.
 *
 */
export interface SweepBounds {
  /**
   * Not below this.
   */
  min?: number
  /**
   * Not above this.
   */
  max?: number
}
/**
 * One row of walkforward_summary.csv.
 *
 */
export interface SweepSplitSummary {
  /**
   * Split.
   */
  split_name: string
  /**
   * Highest over the training rows that keep the constraints; 0 where none does.
   */
  best_train_sharpe: number | null
  /**
   * The same for the total return.
   */
  best_train_return: number | null
  /**
   * Mean over the tests; 0 without one.
   */
  avg_test_sharpe_topk: number | null
  /**
   * The same for the total return.
   */
  avg_test_return_topk: number | null
  /**
   * Highest over the tests; 0 without one.
   */
  best_test_sharpe: number | null
  /**
   * The same for the total return.
   */
  best_test_return: number | null
  /**
   * Trials of the training window.
   */
  n_train_runs: number
  /**
   * Trials selected.
   */
  n_selected: number
  /**
   * Trials tested.
   */
  n_test_runs: number
}
/**
 * What walk-forward adds.
 *
 */
export interface SweepWalkForward {
  /**
   * The windows, given or generated.
   */
  splits: SweepSplit[]
  /**
   * Where the bars of the warm-up came from.
   */
  warmup: 'inside' | 'prefetch'
  honest: SweepHonest
  /**
   * One curve through the tests of the trials that were best in training; null where nothing was selected.
   */
  stitched: SweepStitched | null
}
/**
 * Mean test figures of the trials that were best in training: what following the rule would have shown.
 *
 */
export interface SweepHonest {
  /**
   * Splits that selected something.
   */
  splits: number
  /**
   * Metric → mean.
   */
  figures: {
    /**
     * Mean; null where no test defines it.
     */
    [k: string]: number | null
  }
}
/**
 * Figures of oos_equity_stitched.csv.
 *
 */
export interface SweepStitched {
  /**
   * Bars of the curve.
   */
  bars: number
  /**
   * Last equity, minus 1.
   */
  total_return: number | null
  /**
   * Largest fall from a running peak.
   */
  max_drawdown: number | null
  /**
   * sqrt(252) times mean over standard deviation of its returns.
   */
  sharpe_simple: number | null
}
/**
 * The winner against all trials ever registered on its data set with its strategy family, this sweep included; ratios per bar.
 *
 */
export interface SweepTrialLedger {
  /**
   * Data set of the winner.
   */
  dataset_id: string
  /**
   * Strategy of the winner.
   */
  strategy_family: string
  /**
   * Runs registered before this one.
   */
  runs: number
  /**
   * Distinct trials: equal sets on one window count once, a plain run counts one.
   */
  trials: number
  /**
   * Mean Sharpe ratio of the trials per bar.
   */
  sharpe_mean_per_bar: number | null
  /**
   * Their variance; null below two.
   */
  sharpe_variance_per_bar: number | null
  /**
   * Sharpe ratio per bar that the best of so many shows by luck.
   */
  expected_max_sharpe_per_bar: number | null
  /**
   * Probability that the winner is better than that (Bailey & López de Prado 2014), every trial taken as independent.
   */
  deflated_sharpe_ratio: number | null
  /**
   * State of the registry that was asked.
   */
  catalog_hash: string
}
/**
 * A trial that could not be computed.
 *
 */
export interface SweepFailedTrial {
  /**
   * Number of the trial, from 0.
   */
  trial: number
  /**
   * Id of its parameter set.
   */
  variation_id: string
  /**
   * Walk-forward: the split.
   */
  split_name?: string
  /**
   * Walk-forward: the window.
   */
  phase?: 'train' | 'test'
  /**
   * Error code.
   */
  code: string
  /**
   * What was wrong.
   */
  message: string
}
/**
 * Why a sweep was ended early; means over the trials before.
 *
 */
export interface SweepAborted {
  /**
   * The rules that were broken.
   */
  reason: string
  /**
   * Trials computed by then, failed ones left out.
   */
  after_runs: number
  /**
   * What the rules saw.
   */
  metrics: {
    /**
     * Mean share of winning round trips.
     */
    avg_win_rate: number
    /**
     * Mean total return.
     */
    avg_return: number
    /**
     * Mean depth of the deepest drawdown, positive.
     */
    avg_drawdown: number
    /**
     * Trials that gained.
     */
    profitable_runs: number
  }
}
/**
 * List the files of a run, or what is registered of a run or data set.
 *
 */
export interface ArtifactListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Run id, or path of a run directory; a registered run need not have one.
   */
  run_id?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
  /**
   * Data set whose artifacts are listed, in place of a run.
   */
  dataset?: string
}
export interface ArtifactListResult {
  /**
   * Run; absent for a data set.
   */
  runId?: string
  /**
   * Absolute directory; absent where there is none here.
   */
  path?: string
  /**
   * Files of the run's directory.
   */
  artifacts: ArtifactFile[]
  /**
   * Artifacts of the run or data set as the registry has them.
   */
  registered?: ArtifactRegistered[]
  /**
   * Data set; absent for a run.
   */
  datasetId?: string
}
/**
 * One file that a run or data set is made of, as it was registered.
 *
 */
export interface ArtifactRegistered {
  /**
   * Identity: content, kind and owner.
   */
  artifactId: string
  /**
   * Kind: trades, metrics, curves …
   */
  kind: string
  /**
   * output, input or derived.
   */
  role: string
  /**
   * Where it is; relative to the root where it lies below it.
   */
  uri: string
  /**
   * SHA-256 of the file.
   */
  contentHash: string
  /**
   * Run it belongs to.
   */
  runId?: string
  /**
   * Data set it belongs to.
   */
  datasetId?: string
  /**
   * Size.
   */
  bytes?: number
  /**
   * Rows.
   */
  rowCount?: number
  /**
   * Version of its own schema.
   */
  schemaVersion?: string
}
/**
 * Read one file of a run.
 *
 */
export interface ArtifactReadRequest {
  /**
   * The verb.
   */
  action: 'read'
  /**
   * Run id, or path of a run directory.
   */
  run_id: string
  /**
   * File in the run directory, e.g. metrics.json or artifacts/equity.svg.
   */
  name: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ArtifactReadResult {
  /**
   * Run.
   */
  runId: string
  /**
   * File.
   */
  name: string
  /**
   * Absolute path.
   */
  path: string
  /**
   * Size.
   */
  size_bytes: number
  /**
   * SHA-256.
   */
  sha256: string
  /**
   * Parsed JSON, or text; absent for binary files and files over 4 MiB.
   */
  content?: unknown
}
/**
 * Answer a whole run as one document (a plain run: inputs, request, trades, curve, metrics; any other kind: its JSON files), or one registered artifact with its content.
 *
 */
export interface ArtifactGetRequest {
  /**
   * The verb.
   */
  action: 'get'
  /**
   * Run id of any kind, path of a run directory, or id of a registered artifact: 64 hex digits, or the first of them (8 or more) where they are unique.
   */
  run_id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * A run of any kind but the plain one: verified, then its JSON documents as they are.
 *
 */
export interface ArtifactRunDocuments {
  /**
   * Run.
   */
  runId: string
  /**
   * Its kind, as metadata.json says.
   */
  mode: string
  /**
   * Absolute directory.
   */
  path: string
  /**
   * metadata.json, config.json, metrics.json, manifest.json and report.json by name.
   */
  documents: {
    [k: string]: unknown
  }
  /**
   * Artifacts of the run as the registry has them.
   */
  registered: ArtifactRegistered[]
}
/**
 * One registered artifact, and its file as it is now.
 *
 */
export interface ArtifactView {
  artifact: ArtifactRegistered
  /**
   * Absolute path of its file; absent where it lies on another machine.
   */
  path?: string
  /**
   * intact: the registered content; missing, changed, unreadable: its file; unverifiable: it lies on another machine.
   */
  state: 'intact' | 'missing' | 'changed' | 'unreadable' | 'unverifiable'
  /**
   * Parsed JSON, or text; absent where it is not intact, for binary files and files over 4 MiB.
   */
  content?: unknown
}
/**
 * Compare every file of a run with its recorded hash, and recompute config hash, fingerprints and result hash; of one artifact compare size and content with what is registered.
 *
 */
export interface ArtifactVerifyRequest {
  /**
   * The verb.
   */
  action: 'verify'
  /**
   * Run id of any kind, path of a run directory, or id of a registered artifact: 64 hex digits, or the first of them (8 or more) where they are unique.
   */
  run_id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ArtifactVerifyResult {
  /**
   * Run; absent for an artifact of a data set.
   */
  runId?: string
  /**
   * Absolute directory, of an artifact its file; absent where it lies on another machine.
   */
  path?: string
  /**
   * True: every file is as it was written. False only for an artifact on another machine, which cannot be read.
   */
  verified: boolean
  /**
   * Files checked.
   */
  files: number
  /**
   * What was recomputed: files, config_hash, fingerprint, result_hash, exported; of an artifact content_hash.
   */
  checks: string[]
  artifact?: ArtifactRegistered
}
/**
 * Write that document to outputs/artifacts/<run id>.json, and the sorted list of ids to outputs/artifacts/index.json.
 *
 */
export interface ArtifactExportRequest {
  /**
   * The verb.
   */
  action: 'export'
  /**
   * Runs, by id or path; without it every run below outputs/runs.
   *
   * @minItems 1
   *
   * Items: Run id, or path of a run directory.
   */
  run_ids?: [string, ...string[]]
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ArtifactExportResult {
  /**
   * Absolute directory of the documents.
   */
  path: string
  /**
   * Absolute path of index.json.
   */
  indexPath: string
  /**
   * Documents that index.json lists.
   */
  total: number
  /**
   * Documents of this request.
   */
  exported: {
    /**
     * Run.
     */
    runId: string
    /**
     * Absolute path.
     */
    path: string
    /**
     * unchanged: the same document was there.
     */
    status: 'written' | 'unchanged'
    /**
     * resultHash of the document.
     */
    resultHash: string
  }[]
  /**
   * Runs without a document, when all were asked for.
   */
  skipped: {
    /**
     * Run.
     */
    runId: string
    /**
     * Why.
     */
    reason: string
  }[]
}
/**
 * Register a file as an artifact of a registered run or data set.
 *
 */
export interface ArtifactRegisterRequest {
  /**
   * The verb.
   */
  action: 'register'
  /**
   * Run it belongs to.
   */
  run?: string
  /**
   * Data set it belongs to.
   */
  dataset?: string
  /**
   * Kind: trades, metrics, curves …
   */
  kind: string
  /**
   * Path or URI of the file; a path is stored relative to the root where it lies below it.
   */
  uri: string
  /**
   * SHA-256 of the file; read from it where it is left out.
   */
  content_hash?: string
  /**
   * What it is to its owner.
   */
  role: 'output' | 'input' | 'derived'
  /**
   * Rows.
   */
  row_count?: number
  /**
   * Version of its own schema.
   */
  schema_version?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The artifact.
 *
 */
export interface ArtifactRegisterResult {
  /**
   * The artifact.
   */
  artifact: ArtifactRegistered
  /**
   * False where it was registered before.
   */
  created: boolean
}
/**
 * Put two runs, sessions, sweeps or experiments side by side: inputs, code, figures, trades, equity, and what explains a difference. Reads the disk alone.
 *
 */
export interface ArtifactCompareRequest {
  /**
   * The verb.
   */
  action: 'compare'
  /**
   * Run, sweep, paper or forward session, or experiment by id; path of its directory; or the file of an exported run (outputs/artifacts/<id>.json).
   */
  a: string
  /**
   * The other side, in any of these forms.
   */
  b: string
  /**
   * What to write: md, html (one self-contained page with both curves) or json; left out, as `out` ends, else md for flags.
   */
  format?: 'md' | 'html' | 'json'
  /**
   * File to write it to, below the root: .md, .html or .json; an earlier one is replaced.
   */
  out?: string
  /**
   * Exit 9 unless both results are the same.
   */
  exit_code: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The comparison, and what was written of it.
 *
 */
export interface ArtifactCompareResult {
  /**
   * Both sides, part by part.
   */
  comparison: Comparison
  /**
   * md, html or json; null where nothing but the comparison was asked for.
   */
  format: string | null
  /**
   * Text of it as md or html where no file was named; else null.
   */
  body: string | null
  /**
   * SHA-256 of the text that was written; null where none was.
   */
  bodyHash: string | null
  /**
   * Absolute path of the file; null where none was named.
   */
  out: string | null
}
/**
 * Import files as an immutable dataset, or declare one that lies elsewhere.
 *
 */
export interface DatasetRegisterRequest {
  /**
   * The verb.
   */
  action: 'register'
  /**
   * Dataset id, chosen by the caller.
   */
  id: string
  /**
   * Kind of data: ohlcv (bars), panel (daily tables of many assets) and alerts can be imported, any other is declared.
   */
  kind: string
  /**
   * CSV or Parquet file to copy in; for a panel a folder of long tables (fact_price, fact_marketcap, fact_volume, and where known fact_funding, fact_open_interest, dim_asset) or one long file (asset_id, date, price, market_cap, volume). Without it the dataset is only declared and cannot be run on.
   */
  path?: string
  /**
   * Of a declared dataset the folder in which its data lie and stay. The flag is --data-root, because --root is where lake/ and outputs/ are.
   */
  data_root?: string
  /**
   * Hash every file below data_root now: the dataset then has a content hash and one input artifact a file, and dataset verify, runset status and runset verify tell when one changes.
   */
  hash_content: boolean
  /**
   * Symbol of a file without a symbol column.
   */
  symbol?: string
  /**
   * Bar size of the data; 1d for an imported file that does not say.
   */
  interval?: string
  /**
   * Version of the data's own schema, as their source names it.
   */
  schema_version: string
  /**
   * Where the data come from; the file name where a file is imported and nothing is said.
   */
  source?: string
  /**
   * Declared first instant: ISO date (UTC midnight) or instant. Checked against the data.
   */
  from?: string
  /**
   * Declared last instant, inclusive; a bare date includes that day. Checked against the data.
   */
  to?: string
  /**
   * Family of datasets that follow each other.
   */
  family?: string
  /**
   * Calendar that annualises: crypto 365 days, exchange 252; else told from the weekends of the data.
   */
  calendar?: 'crypto' | 'exchange'
  /**
   * Licence of the data.
   */
  license?: string
  /**
   * Whom the licence wants to be named.
   */
  attribution?: string
  /**
   * When the data were taken from their source; else the time of registration.
   */
  extracted_at?: string
  /**
   * Panel without dim_asset: ids of the stablecoins; required there, an empty list where there are none.
   *
   * @maxItems 10000
   */
  stable_assets?: string[]
  /**
   * Panel without dim_asset: ids of the assets that wrap or stand for another one.
   *
   * @maxItems 10000
   */
  wrapped_assets?: string[]
  /**
   * Panel with funding: a rate labelled D was settled at 00:00 UTC of D (settled, taken where nothing is said), or covers D and is settled a day later (period_start: moved on by one day at registration).
   */
  funding_label?: 'settled' | 'period_start'
  /**
   * Chains the data cover, for the registry.
   *
   * @maxItems 1000
   */
  chains?: string[]
  /**
   * Venues the data cover, for the registry.
   *
   * @maxItems 1000
   */
  venues?: string[]
  /**
   * Share of what should be there that is, for the registry.
   */
  completeness?: number
  /**
   * Commit of the program that extracted the data, for the registry.
   */
  git_commit?: string
  /**
   * What else is to be registered of the data.
   */
  metadata?: {
    [k: string]: unknown
  }
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface DatasetRegisterResult {
  /**
   * unchanged: the same dataset was there already.
   */
  status: 'registered' | 'unchanged'
  /**
   * Dataset id.
   */
  datasetId: string
  /**
   * Kind of data.
   */
  kind: string
  /**
   * Family; null where none was given.
   */
  family: string | null
  /**
   * Version of the data's own schema.
   */
  schemaVersion: string
  /**
   * Bar size; null where not declared.
   */
  interval: string | null
  /**
   * Calendar that annualises; null where not declared.
   */
  calendar: 'crypto' | 'exchange' | null
  provenance: DatasetProvenance
  coverage: DatasetCoverage
  /**
   * Symbols held; of a panel its assets; null where only the fact of the dataset is here.
   */
  symbolCount: number | null
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols, of a declared dataset of the list of its files; null where nothing was hashed.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root; of a declared one the folder its data lie in, where it was named.
   */
  root: string
  /**
   * False where the data lie elsewhere: declared, or known from an imported bundle.
   */
  materialised: boolean
  /**
   * Columns kept, in order.
   */
  columns: string[]
  /**
   * Columns of the imported file that were left out.
   */
  ignoredColumns: string[]
  /**
   * What is held of each symbol.
   */
  symbols: DatasetSymbol[]
  /**
   * The tables of a panel or of alerts; empty for bars.
   */
  tables: DatasetTable[]
  /**
   * What a panel says of its assets; null for any other kind.
   */
  panel: null | DatasetPanel
  /**
   * Files of a declared dataset that were hashed where they lie, or of an imported fact whose data are not here; else empty.
   */
  files: DatasetFile[]
}
/**
 * Where the data come from.
 */
export interface DatasetProvenance {
  /**
   * Where the data come from.
   */
  source: string | null
  /**
   * When they were taken from their source.
   */
  extractedAt: string | null
  /**
   * Licence.
   */
  license: string | null
  /**
   * Whom the licence wants to be named.
   */
  attribution: string | null
  /**
   * The imported file; null where only declared.
   */
  file: null | DatasetSourceFile
}
export interface DatasetSourceFile {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  sizeBytes: number
}
/**
 * What the data cover.
 */
export interface DatasetCoverage {
  dateRange: DatasetDateRange
  /**
   * Bars of all symbols; null where only the fact of the dataset is here.
   */
  rowCount: number | null
  /**
   * Places where bars are missing, seen from the interval; null where only the fact of the dataset is here.
   */
  gapCount: number | null
  /**
   * Bars missing in all gaps; null where only the fact of the dataset is here.
   */
  missingBarCount: number | null
}
/**
 * First and last bar; as declared where there are no data.
 */
export interface DatasetDateRange {
  /**
   * First bar, UTC.
   */
  from: string | null
  /**
   * Last bar, UTC.
   */
  to: string | null
}
export interface DatasetSymbol {
  /**
   * Symbol.
   */
  symbol: string
  /**
   * File in the dataset's folder.
   */
  path: string
  /**
   * Bars.
   */
  rowCount: number
  dateRange: DatasetSymbolRange
  /**
   * Gaps.
   */
  gapCount: number
  /**
   * Bars missing in them.
   */
  missingBarCount: number
  /**
   * SHA-256 of the columns.
   */
  contentHash: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  sizeBytes: number
}
/**
 * First and last bar.
 */
export interface DatasetSymbolRange {
  /**
   * First bar, UTC.
   */
  from: string
  /**
   * Last bar, UTC.
   */
  to: string
}
/**
 * One table of a dataset of tables.
 *
 */
export interface DatasetTable {
  /**
   * Name of the table.
   */
  table: string
  /**
   * File in the dataset's folder.
   */
  path: string
  /**
   * Rows held.
   */
  rowCount: number
  /**
   * Rows of the imported table whose value was null: an absent value has no row.
   */
  absentRowCount: number
  /**
   * First and last instant; null for a table without time or rows.
   */
  dateRange: null | DatasetTableRange
  /**
   * Columns, in order.
   */
  columns: string[]
  /**
   * SHA-256 of the columns.
   */
  contentHash: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  sizeBytes: number
  /**
   * The imported file; null for generated data and for tables that were derived.
   */
  file: null | DatasetTableFile
}
export interface DatasetTableRange {
  /**
   * First instant, UTC.
   */
  from: string
  /**
   * Last instant, UTC.
   */
  to: string
}
export interface DatasetTableFile {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  sizeBytes: number
}
export interface DatasetPanel {
  /**
   * Assets with data.
   */
  assetCount: number
  /**
   * Stablecoins among them.
   */
  stableCount: number
  /**
   * Assets that wrap another one.
   */
  wrappedCount: number
  /**
   * How the funding rates were labelled; period_start were moved on by one day. Null without funding.
   */
  fundingLabel: 'settled' | 'period_start' | null
  /**
   * Daily returns above 500 %, kept as they are.
   */
  largeReturnCount: number
}
export interface DatasetFile {
  /**
   * Path, relative to the root where the file lies below it.
   */
  path: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size; null where it was not recorded.
   */
  sizeBytes: number | null
}
/**
 * Make a dataset by a seeded random process, for demonstrations and tests: the same seed and parameters give the same content everywhere.
 *
 */
export interface DatasetGenerateRequest {
  /**
   * The verb.
   */
  action: 'generate'
  /**
   * bars: OHLCV of correlated symbols (kind ohlcv). panel: majors, alts, stablecoins and wrapped assets with planted regimes. alerts: calls of tokens, and a second dataset <id>-candles with one-minute bars around each call.
   */
  kind: 'bars' | 'panel' | 'alerts'
  /**
   * Dataset id, chosen by the caller.
   */
  id: string
  /**
   * Seed of the process; with the parameters it decides every value.
   */
  seed: number
  /**
   * Parameters of the process, checked against its own schema (`quantlab --schema generators/<kind>`).
   */
  parameters?: {
    [k: string]: unknown
  }
  /**
   * Family of datasets that follow each other.
   */
  family?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface DatasetGenerateResult {
  /**
   * unchanged: the same dataset was there already.
   */
  status: 'registered' | 'unchanged'
  /**
   * Dataset id.
   */
  datasetId: string
  /**
   * Kind of data.
   */
  kind: string
  /**
   * Family; null where none was given.
   */
  family: string | null
  /**
   * Version of the data's own schema.
   */
  schemaVersion: string
  /**
   * Bar size; null where not declared.
   */
  interval: string | null
  /**
   * Calendar that annualises; null where not declared.
   */
  calendar: 'crypto' | 'exchange' | null
  provenance: DatasetProvenance1
  coverage: DatasetCoverage1
  /**
   * Symbols held; of a panel its assets; null where only the fact of the dataset is here.
   */
  symbolCount: number | null
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols, of a declared dataset of the list of its files; null where nothing was hashed.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root; of a declared one the folder its data lie in, where it was named.
   */
  root: string
  /**
   * False where the data lie elsewhere: declared, or known from an imported bundle.
   */
  materialised: boolean
  /**
   * Columns kept, in order.
   */
  columns: string[]
  /**
   * Columns of the imported file that were left out.
   */
  ignoredColumns: string[]
  /**
   * What is held of each symbol.
   */
  symbols: DatasetSymbol1[]
  /**
   * The tables of a panel or of alerts; empty for bars.
   */
  tables: DatasetTable[]
  /**
   * What a panel says of its assets; null for any other kind.
   */
  panel: null | DatasetPanel1
  generator: DatasetGenerator
  /**
   * Regimes that the process went through, each from its first bar or day on; empty for alerts.
   */
  plantedRegimes: DatasetPlantedRegime[]
  /**
   * Dataset of the bars around the alerts; null for other kinds.
   */
  candlesId: string | null
  /**
   * Files of a declared dataset that were hashed where they lie, or of an imported fact whose data are not here; else empty.
   */
  files: DatasetFile1[]
}
/**
 * Where the data come from.
 */
export interface DatasetProvenance1 {
  /**
   * Where the data come from.
   */
  source: string | null
  /**
   * When they were taken from their source.
   */
  extractedAt: string | null
  /**
   * Licence.
   */
  license: string | null
  /**
   * Whom the licence wants to be named.
   */
  attribution: string | null
  /**
   * The imported file; null where only declared.
   */
  file: null | DatasetSourceFile1
}
export interface DatasetSourceFile1 {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  sizeBytes: number
}
/**
 * What the data cover.
 */
export interface DatasetCoverage1 {
  dateRange: DatasetDateRange1
  /**
   * Bars of all symbols; null where only the fact of the dataset is here.
   */
  rowCount: number | null
  /**
   * Places where bars are missing, seen from the interval; null where only the fact of the dataset is here.
   */
  gapCount: number | null
  /**
   * Bars missing in all gaps; null where only the fact of the dataset is here.
   */
  missingBarCount: number | null
}
/**
 * First and last bar; as declared where there are no data.
 */
export interface DatasetDateRange1 {
  /**
   * First bar, UTC.
   */
  from: string | null
  /**
   * Last bar, UTC.
   */
  to: string | null
}
export interface DatasetSymbol1 {
  /**
   * Symbol.
   */
  symbol: string
  /**
   * File in the dataset's folder.
   */
  path: string
  /**
   * Bars.
   */
  rowCount: number
  dateRange: DatasetSymbolRange1
  /**
   * Gaps.
   */
  gapCount: number
  /**
   * Bars missing in them.
   */
  missingBarCount: number
  /**
   * SHA-256 of the columns.
   */
  contentHash: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  sizeBytes: number
}
/**
 * First and last bar.
 */
export interface DatasetSymbolRange1 {
  /**
   * First bar, UTC.
   */
  from: string
  /**
   * Last bar, UTC.
   */
  to: string
}
export interface DatasetPanel1 {
  /**
   * Assets with data.
   */
  assetCount: number
  /**
   * Stablecoins among them.
   */
  stableCount: number
  /**
   * Assets that wrap another one.
   */
  wrappedCount: number
  /**
   * How the funding rates were labelled; period_start were moved on by one day. Null without funding.
   */
  fundingLabel: 'settled' | 'period_start' | null
  /**
   * Daily returns above 500 %, kept as they are.
   */
  largeReturnCount: number
}
/**
 * What made the data; the dataset's source says the same as canonical JSON.
 */
export interface DatasetGenerator {
  /**
   * bars, panel or alerts.
   */
  name: string
  /**
   * Version of the process: it changes whenever the same seed gives other data.
   */
  version: number
  /**
   * Seed.
   */
  seed: number
  /**
   * Parameters, defaults filled in.
   */
  parameters: {
    [k: string]: unknown
  }
}
export interface DatasetPlantedRegime {
  /**
   * First instant, UTC.
   */
  from: string
  /**
   * Regime: bull, bear or quiet; of a panel risk_on_alts or risk_on_majors.
   */
  regime: string
}
export interface DatasetFile1 {
  /**
   * Path, relative to the root where the file lies below it.
   */
  path: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size; null where it was not recorded.
   */
  sizeBytes: number | null
}
/**
 * Datasets by id.
 *
 */
export interface DatasetListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Only this kind.
   */
  kind?: string
  /**
   * Only this family.
   */
  family?: string
  /**
   * At most so many.
   */
  limit: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface DatasetListResult {
  /**
   * Datasets by id.
   */
  datasets: DatasetSummary[]
  /**
   * Datasets that match, also beyond the limit.
   */
  total: number
}
export interface DatasetSummary {
  /**
   * Dataset id.
   */
  datasetId: string
  /**
   * Kind of data.
   */
  kind: string
  /**
   * Family; null where none was given.
   */
  family: string | null
  /**
   * Version of the data's own schema.
   */
  schemaVersion: string
  /**
   * Bar size; null where not declared.
   */
  interval: string | null
  /**
   * Calendar that annualises; null where not declared.
   */
  calendar: 'crypto' | 'exchange' | null
  provenance: DatasetProvenance2
  coverage: DatasetCoverage2
  /**
   * Symbols held; of a panel its assets; null where only the fact of the dataset is here.
   */
  symbolCount: number | null
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols, of a declared dataset of the list of its files; null where nothing was hashed.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root; of a declared one the folder its data lie in, where it was named.
   */
  root: string
  /**
   * False where the data lie elsewhere: declared, or known from an imported bundle.
   */
  materialised: boolean
}
/**
 * Where the data come from.
 */
export interface DatasetProvenance2 {
  /**
   * Where the data come from.
   */
  source: string | null
  /**
   * When they were taken from their source.
   */
  extractedAt: string | null
  /**
   * Licence.
   */
  license: string | null
  /**
   * Whom the licence wants to be named.
   */
  attribution: string | null
  /**
   * The imported file; null where only declared.
   */
  file: null | DatasetSourceFile2
}
export interface DatasetSourceFile2 {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  sizeBytes: number
}
/**
 * What the data cover.
 */
export interface DatasetCoverage2 {
  dateRange: DatasetDateRange2
  /**
   * Bars of all symbols; null where only the fact of the dataset is here.
   */
  rowCount: number | null
  /**
   * Places where bars are missing, seen from the interval; null where only the fact of the dataset is here.
   */
  gapCount: number | null
  /**
   * Bars missing in all gaps; null where only the fact of the dataset is here.
   */
  missingBarCount: number | null
}
/**
 * First and last bar; as declared where there are no data.
 */
export interface DatasetDateRange2 {
  /**
   * First bar, UTC.
   */
  from: string | null
  /**
   * Last bar, UTC.
   */
  to: string | null
}
/**
 * One dataset with its symbols.
 *
 */
export interface DatasetGetRequest {
  /**
   * The verb.
   */
  action: 'get'
  /**
   * Dataset id, chosen by the caller.
   */
  id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface DatasetGetResult {
  /**
   * Dataset id.
   */
  datasetId: string
  /**
   * Kind of data.
   */
  kind: string
  /**
   * Family; null where none was given.
   */
  family: string | null
  /**
   * Version of the data's own schema.
   */
  schemaVersion: string
  /**
   * Bar size; null where not declared.
   */
  interval: string | null
  /**
   * Calendar that annualises; null where not declared.
   */
  calendar: 'crypto' | 'exchange' | null
  provenance: DatasetProvenance3
  coverage: DatasetCoverage3
  /**
   * Symbols held; of a panel its assets; null where only the fact of the dataset is here.
   */
  symbolCount: number | null
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols, of a declared dataset of the list of its files; null where nothing was hashed.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root; of a declared one the folder its data lie in, where it was named.
   */
  root: string
  /**
   * False where the data lie elsewhere: declared, or known from an imported bundle.
   */
  materialised: boolean
  /**
   * Columns kept, in order.
   */
  columns: string[]
  /**
   * Columns of the imported file that were left out.
   */
  ignoredColumns: string[]
  /**
   * What is held of each symbol.
   */
  symbols: DatasetSymbol2[]
  /**
   * The tables of a panel or of alerts; empty for bars.
   */
  tables: DatasetTable[]
  /**
   * What a panel says of its assets; null for any other kind.
   */
  panel: null | DatasetPanel2
  /**
   * Files of a declared dataset that were hashed where they lie, or of an imported fact whose data are not here; else empty.
   */
  files: DatasetFile2[]
}
/**
 * Where the data come from.
 */
export interface DatasetProvenance3 {
  /**
   * Where the data come from.
   */
  source: string | null
  /**
   * When they were taken from their source.
   */
  extractedAt: string | null
  /**
   * Licence.
   */
  license: string | null
  /**
   * Whom the licence wants to be named.
   */
  attribution: string | null
  /**
   * The imported file; null where only declared.
   */
  file: null | DatasetSourceFile3
}
export interface DatasetSourceFile3 {
  /**
   * File name.
   */
  name: string
  /**
   * Format.
   */
  format: 'csv' | 'parquet'
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size.
   */
  sizeBytes: number
}
/**
 * What the data cover.
 */
export interface DatasetCoverage3 {
  dateRange: DatasetDateRange3
  /**
   * Bars of all symbols; null where only the fact of the dataset is here.
   */
  rowCount: number | null
  /**
   * Places where bars are missing, seen from the interval; null where only the fact of the dataset is here.
   */
  gapCount: number | null
  /**
   * Bars missing in all gaps; null where only the fact of the dataset is here.
   */
  missingBarCount: number | null
}
/**
 * First and last bar; as declared where there are no data.
 */
export interface DatasetDateRange3 {
  /**
   * First bar, UTC.
   */
  from: string | null
  /**
   * Last bar, UTC.
   */
  to: string | null
}
export interface DatasetSymbol2 {
  /**
   * Symbol.
   */
  symbol: string
  /**
   * File in the dataset's folder.
   */
  path: string
  /**
   * Bars.
   */
  rowCount: number
  dateRange: DatasetSymbolRange2
  /**
   * Gaps.
   */
  gapCount: number
  /**
   * Bars missing in them.
   */
  missingBarCount: number
  /**
   * SHA-256 of the columns.
   */
  contentHash: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size of the file.
   */
  sizeBytes: number
}
/**
 * First and last bar.
 */
export interface DatasetSymbolRange2 {
  /**
   * First bar, UTC.
   */
  from: string
  /**
   * Last bar, UTC.
   */
  to: string
}
export interface DatasetPanel2 {
  /**
   * Assets with data.
   */
  assetCount: number
  /**
   * Stablecoins among them.
   */
  stableCount: number
  /**
   * Assets that wrap another one.
   */
  wrappedCount: number
  /**
   * How the funding rates were labelled; period_start were moved on by one day. Null without funding.
   */
  fundingLabel: 'settled' | 'period_start' | null
  /**
   * Daily returns above 500 %, kept as they are.
   */
  largeReturnCount: number
}
export interface DatasetFile2 {
  /**
   * Path, relative to the root where the file lies below it.
   */
  path: string
  /**
   * SHA-256 of the file.
   */
  sha256: string
  /**
   * Size; null where it was not recorded.
   */
  sizeBytes: number | null
}
/**
 * Read every file again and compare it with its hashes.
 *
 */
export interface DatasetVerifyRequest {
  /**
   * The verb.
   */
  action: 'verify'
  /**
   * Dataset id, chosen by the caller.
   */
  id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface DatasetVerifyResult {
  /**
   * Dataset id.
   */
  datasetId: string
  /**
   * True: every file is as it was registered.
   */
  verified: boolean
  /**
   * Files checked.
   */
  files: number
  /**
   * SHA-256 of the columns of all symbols; null where only declared.
   */
  contentHash: string | null
}
/**
 * Write the definition of an experiment: from RunSets, whose data and strategies it takes, or from data sets.
 *
 */
export interface ExperimentCreateRequest {
  /**
   * The verb.
   */
  action: 'create'
  /**
   * What people call it.
   */
  name: string
  /**
   * What it is for.
   */
  description?: string
  /**
   * RunSets: id, id@pin.<n>, id@<hash prefix>, alias or sha256:<spec hash prefix>. Their members' data sets are the inputs, their members' strategies and rules the default (not their execution, costs and risk: those are said by params), and the universe of the selection, else what all members declare, limits the alerts.
   *
   * @minItems 1
   * @maxItems 100
   *
   * Items: Reference of a RunSet.
   */
  runset?: [string, ...string[]]
  /**
   * Instead of RunSets: data sets of alerts, or input artifacts of such; with ohlcv.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: Id of a data set, or of an artifact.
   */
  alerts?: [string, ...string[]]
  /**
   * Instead of RunSets: data sets of bars, or input artifacts of such: the candles of the alerts, or without alerts what each strategy runs on, symbol by symbol.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: Id of a data set, or of an artifact.
   */
  ohlcv?: [string, ...string[]]
  /**
   * Without alerts: only these symbols of the bars; left out, all of them.
   *
   * @minItems 1
   * @maxItems 10000
   *
   * Items: A symbol.
   */
  symbols?: [string, ...string[]]
  /**
   * Strategies by name, with their default parameters.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: Name of a strategy.
   */
  strategies?: [string, ...string[]]
  /**
   * Strategies with parameters. With neither strategies nor strategy: what the members of the RunSets recorded, else multi_trade where there are alerts, else the default strategy.
   *
   * @minItems 1
   * @maxItems 10000
   */
  strategy?: [ExperimentStrategy, ...ExperimentStrategy[]]
  /**
   * Start, inclusive: ISO date or instant. With RunSets the default is where their bounds begin, and it must lie inside them.
   */
  from?: string
  /**
   * End: an instant is exclusive, a bare date includes its day. With RunSets the default is where their bounds end.
   */
  to?: string
  /**
   * Path of a run's parameter to a value or a list of values: every combination is executed. Paths as in a run (strategy_params.trailing_stop, fee), or in a SimulationRequest (executionModel.slippage.base).
   */
  params?: {
    [k: string]: unknown
  }
  /**
   * Base of the seeds of what is random; left out, it follows from the definition.
   */
  seed?: number
  /**
   * A seed of its own for every variation, or the same for all, so that only parameters make a difference.
   */
  seed_mode: 'per_variation' | 'shared'
  /**
   * Rules that end it early, each judged after every completed run from after_runs on, in the order of the variations.
   */
  early_abort?: ExperimentEarlyAbort
  /**
   * Variations an experiment may have.
   */
  max_combinations: number
  /**
   * Freeze the RunSets that are not frozen, then create.
   */
  freeze: boolean
  /**
   * Refuse RunSets that are not frozen.
   */
  require_frozen: boolean
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * A strategy and its parameters.
 *
 */
export interface ExperimentStrategy {
  /**
   * Name of the strategy.
   */
  name: string
  /**
   * Its parameters; what is left out has its default.
   */
  params: {
    [k: string]: unknown
  }
}
/**
 * Rules that end it early, each judged after every completed run from after_runs on, in the order of the variations.
 *
 */
export interface ExperimentEarlyAbort {
  min_win_rate?: ExperimentAbortRatio
  min_avg_return?: ExperimentAbortRatio
  max_drawdown?: ExperimentAbortRatio
  min_profitable_runs?: ExperimentAbortCount
}
export interface ExperimentAbortRatio {
  /**
   * Where the rule fires.
   */
  threshold: number
  /**
   * First judged after so many runs.
   */
  after_runs: number
}
export interface ExperimentAbortCount {
  /**
   * Where the rule fires.
   */
  count: number
  /**
   * First judged after so many runs.
   */
  after_runs: number
}
export interface ExperimentCreateResult {
  experiment: Experiment
  /**
   * False where the same experiment was there already.
   */
  created: boolean
  /**
   * Runs that executing it makes; null where an input has no data yet.
   */
  variations: number | null
  /**
   * What was done.
   */
  message: string
}
/**
 * An experiment as it stands.
 *
 */
export interface Experiment {
  /**
   * Id of the experiment.
   */
  experimentId: string
  /**
   * Its name.
   */
  name: string
  status: ExperimentStatus
  mode: ExperimentMode
  /**
   * Identity of what it does.
   */
  definitionHash: string
  definition: ExperimentDefinition
  /**
   * Base of its seeds: the given one, else that of the definition hash.
   */
  seed: number
  /**
   * When it was created, UTC.
   */
  createdAt: string
  /**
   * By whom, where that was said.
   */
  createdBy?: string
  /**
   * When the newest attempt began, UTC.
   */
  startedAt?: string
  /**
   * When it ended, UTC.
   */
  completedAt?: string
  /**
   * Time it took.
   */
  duration?: number
  /**
   * Times it was started.
   */
  attempts: number
  outputs?: ExperimentOutputs
  /**
   * Why the newest attempt failed.
   */
  error?: string
}
/**
 * What an experiment does; never changes.
 *
 */
export interface ExperimentDefinition {
  /**
   * What people call it; no part of the definition hash.
   */
  name: string
  /**
   * What it is for; no part of the definition hash.
   */
  description?: string
  mode: ExperimentMode
  /**
   * RunSets it was made from; empty where it names data sets.
   */
  runsets: ExperimentRunSet[]
  inputs: ExperimentInputs
  /**
   * Only these symbols of the bars.
   */
  symbols?: string[]
  /**
   * Strategies, distinct, in canonical order.
   */
  strategies: ExperimentStrategy[]
  dateRange: ExperimentDateRange
  /**
   * Path to the list of its values.
   */
  params: {
    /**
     * Items: Any JSON.
     */
    [k: string]: unknown[]
  }
  /**
   * As it was given; null: it follows from the definition hash.
   */
  seed: number | null
  /**
   * Whether variations have seeds of their own.
   */
  seedMode: 'per_variation' | 'shared'
  earlyAbort?: ExperimentEarlyAbort
  /**
   * Variations it may have.
   */
  maxCombinations: number
  /**
   * Version of the engine.
   */
  engineVersion: string
  /**
   * Commit of the working directory; null outside a repository.
   */
  gitCommit: string | null
}
/**
 * A RunSet as it was answered when the experiment was created.
 *
 */
export interface ExperimentRunSet {
  /**
   * As it was named.
   */
  reference: string
  /**
   * Its id.
   */
  runsetId: string
  /**
   * Hash of its selection.
   */
  specHash: string
  /**
   * The answer, whose rows are kept for as long as the experiment.
   */
  resolutionId: string
  /**
   * Hash of its members.
   */
  contentHash: string
  /**
   * Hash of their outputs.
   */
  artifactsHash: string
  mode: ExperimentMode
  /**
   * Number of the pin, where it is one.
   */
  pin?: number
  /**
   * Members.
   */
  runCount: number
  /**
   * Window of its selection: its variations run on the part of the experiment's window inside it. Null where it has none.
   */
  bounds: ExperimentDateRange | null
  universe: ExperimentUniverse
}
/**
 * Window [from, to).
 *
 */
export interface ExperimentDateRange {
  /**
   * Start, inclusive, UTC.
   */
  from: string
  /**
   * End, exclusive, UTC.
   */
  to: string
}
/**
 * Alerts of these callers, chains and venues; an absent list takes all.
 *
 */
export interface ExperimentUniverse {
  /**
   * Callers.
   */
  callers?: string[]
  /**
   * Chains.
   */
  chains?: string[]
  /**
   * Venues.
   */
  venues?: string[]
}
/**
 * Data it reads.
 */
export interface ExperimentInputs {
  /**
   * Alerts, by id.
   */
  alerts: ExperimentInput[]
  /**
   * Bars, by id.
   */
  ohlcv: ExperimentInput[]
}
export interface ExperimentInput {
  /**
   * Data set.
   */
  datasetId: string
  /**
   * Hash of its content; null where it had no data when the experiment was created.
   */
  contentHash: string | null
}
/**
 * What an attempt produced.
 *
 */
export interface ExperimentOutputs {
  /**
   * Directory of the attempt, relative to the root.
   */
  path: string
  /**
   * Its report.json, relative to the root.
   */
  reportPath: string
  /**
   * SHA-256 of report.json, which holds those of the other files.
   */
  reportHash: string
  /**
   * SHA-256 of RFC 8785 of [variation id, result hash or error code] in order: equal results, equal hash.
   */
  resultsHash: string
  /**
   * Variations of the definition.
   */
  variations: number
  /**
   * Variations that became runs.
   */
  successful: number
  /**
   * Variations that failed.
   */
  failed: number
  /**
   * Variations that an early abort left out.
   */
  skipped: number
  /**
   * Runs, in the order of the variations; each also carries the experiment's id as a tag.
   */
  runIds: string[]
  aborted?: ExperimentAborted
}
/**
 * Execute an experiment: verify its inputs, run every variation, publish and register the runs, write its report.
 *
 */
export interface ExperimentExecuteRequest {
  /**
   * The verb.
   */
  action: 'execute'
  /**
   * Id of the experiment.
   */
  id: string
  /**
   * Execute again what has ended, as a new attempt; it takes over the runs of one that ended without a report.
   */
  rerun: boolean
  /**
   * Most variations at work at once: no more than the machine has cores for, each in a process of its own where there are enough to be worth it; the results do not depend on it.
   */
  max_concurrency: number
  /**
   * Also write the interactive page report.html.
   */
  report: boolean
  /**
   * Trust the hashes of the manifests instead of reading every input again first.
   */
  no_verify: boolean
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ExperimentExecuteResult {
  /**
   * Id of the experiment.
   */
  experimentId: string
  status: ExperimentStatus
  /**
   * Number of the attempt, from 1.
   */
  attempt: number
  outputs: ExperimentOutputs
  /**
   * Time it took.
   */
  duration: number
  /**
   * What was done.
   */
  message: string
}
/**
 * Experiments, newest first.
 *
 */
export interface ExperimentListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * pending until executed; cancelled where the attempt was aborted; running also where its process died, until it is executed again.
   */
  status?: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
  /**
   * Created at this commit, or one that begins so.
   */
  git_commit?: string
  /**
   * Created then or later: ISO date or instant.
   */
  min_created?: string
  /**
   * Created before; a bare date includes its day.
   */
  max_created?: string
  /**
   * Made from this RunSet, by its id or any reference of it.
   */
  runset?: string
  /**
   * Most that are given.
   */
  limit: number
  /**
   * How many are skipped first.
   */
  offset: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ExperimentListResult {
  /**
   * Experiments, newest first.
   */
  experiments: Experiment[]
  /**
   * How many there are in all.
   */
  total: number
  /**
   * Most that are given.
   */
  limit: number
  /**
   * How many were skipped.
   */
  offset: number
}
/**
 * One experiment whole: definition, attempts, what it produced.
 *
 */
export interface ExperimentGetRequest {
  /**
   * The verb.
   */
  action: 'get'
  /**
   * Id of the experiment.
   */
  id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ExperimentGetResult {
  experiment: Experiment
}
/**
 * Experiments that use any of these inputs.
 *
 */
export interface ExperimentFindByInputsRequest {
  /**
   * The verb.
   */
  action: 'find_by_inputs'
  /**
   * Data sets, input artifacts, content hashes, resolutions, RunSets, or member runs.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: Id of a data set, or of an artifact.
   */
  artifacts: [string, ...string[]]
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ExperimentFindByInputsResult {
  /**
   * Experiments, newest first.
   */
  experiments: Experiment[]
  /**
   * How many there are.
   */
  total: number
}
/**
 * Completed experiments side by side: what they were asked, what came out, and the difference where they ran the same variation.
 *
 */
export interface ExperimentCompareRequest {
  /**
   * The verb.
   */
  action: 'compare'
  /**
   * Experiments; the first is what the others are measured against.
   *
   * @minItems 2
   * @maxItems 26
   *
   * Items: Id of the experiment.
   */
  ids: [string, string, ...string[]]
  /**
   * File to write the comparison to as well, .md or .json, below the root.
   */
  out?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ExperimentCompareResult {
  /**
   * The experiments in order.
   */
  experiments: ComparedExperiment[]
  /**
   * Parts of the definitions that are not the same in all.
   */
  differences: ExperimentDifference[]
  /**
   * For each further experiment and figure: the difference to the first over the variations that both completed.
   */
  paired: PairedDifference[]
  /**
   * Absolute path of the file that was written; null where none was asked for.
   */
  out: string | null
}
export interface ComparedExperiment {
  /**
   * Id of the experiment.
   */
  experimentId: string
  /**
   * Its name.
   */
  name: string
  mode: ExperimentMode
  /**
   * The attempt that is compared.
   */
  attempt: number
  /**
   * SHA-256 of its results.
   */
  resultsHash: string
  /**
   * Runs that completed.
   */
  runs: number
  /**
   * Variations that failed.
   */
  failed: number
  /**
   * Each headline figure over its runs.
   */
  statistics: ExperimentStatistic[]
  /**
   * Run with the highest total return; null where none completed.
   */
  best: string | null
}
export interface ExperimentDifference {
  /**
   * Part of the definition.
   */
  field: string
  /**
   * Its value in each experiment.
   *
   * Items: Any JSON.
   */
  values: unknown[]
}
export interface PairedDifference {
  /**
   * Id of the experiment.
   */
  experimentId: string
  /**
   * Headline figure.
   */
  metric: string
  /**
   * Variations with this figure in both.
   */
  shared: number
  /**
   * Mean of the differences, in the unit of the figure; null where none is shared.
   */
  mean: number | null
  /**
   * Sample deviation of the differences over √n; null below two.
   */
  standardError: number | null
  /**
   * Variations in which it is higher than in the first.
   */
  higher: number
  /**
   * Variations in which it is lower.
   */
  lower: number
}
export interface ForwardRequest {
  /**
   * Run or sweep to take the candidate from: id below outputs/runs, or path of its directory.
   */
  run_dir?: string
  /**
   * Published name of run_dir.
   */
  forward_eval?: string
  /**
   * Session to go on with, instead of run_dir: id below outputs/forward_runs, or path of its directory.
   */
  resume_forward?: string
  /**
   * First bar evaluated, inclusive: ISO date (UTC midnight) or instant; left out, today. On a resume only a check: no bar between the session and it may be left out.
   */
  forward_start?: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant; left out, today.
   */
  forward_end?: string
  /**
   * Directory of a new session, below the root; left out, outputs/forward_runs/fwd_<UTC time>.
   */
  forward_outdir?: string
  /**
   * Column of the leaderboard whose highest value chooses the candidate; left out, sharpe_simple.
   */
  forward_metric?: string
  /**
   * Starting cash; left out, that of the source run, 10000 where it names none.
   */
  initial_cash?: number
  /**
   * Symbol, where the source names none.
   */
  ticker?: string
  /**
   * Data set to evaluate on; else the one that covers the window best.
   */
  dataset_id?: string
  /**
   * Calendar that annualises the extended metrics (365 or 252 days a year); else the source's, else the data set's.
   */
  calendar?: 'crypto' | 'exchange'
  /**
   * Tags of the run in the registry; RunSets select runs by them.
   *
   * @maxItems 1000
   */
  tags?: string[]
  /**
   * Universe the run declares: callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume. RunSets select runs by it.
   */
  universe?: {
    /**
     * Callers whose alerts the run took.
     *
     * @maxItems 1000
     */
    callers?: string[]
    /**
     * Chains.
     *
     * @maxItems 1000
     */
    chains?: string[]
    /**
     * Venues.
     *
     * @maxItems 1000
     */
    venues?: string[]
    /**
     * Sources of tokens.
     *
     * @maxItems 1000
     */
    token_sources?: string[]
    /**
     * Least market capitalisation.
     */
    min_market_cap?: number
    /**
     * Greatest market capitalisation.
     */
    max_market_cap?: number
    /**
     * Least volume.
     */
    min_volume?: number
  }
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ForwardResult {
  /**
   * Name of the session's directory.
   */
  run_id: string
  /**
   * Absolute directory of the artifacts.
   */
  artifacts_path: string
  /**
   * Absolute path of report.json.
   */
  report_path: string
  /**
   * Kind of machine contract in report.json.
   */
  contract_type: string
  summary: ForwardSummary
  /**
   * Absolute path of the refreshed shared index.
   */
  runs_index_json?: string
}
/**
 * Run one SELECT. Tables: registry.runset_membership, registry.runs, registry.datasets, registry.artifacts, registry.runsets; trades, curves, leaderboard and other kinds as filed, metrics with one row a run, metric_values with one row a figure; each with run_id and artifact_id.
 *
 */
export interface LabQueryRequest {
  /**
   * The verb.
   */
  action: 'query'
  /**
   * RunSet: id, id@pin.<n>, id@<hash prefix>, alias or sha256:<spec hash prefix>.
   */
  runset: string
  /**
   * File that holds the SQL; or give it as sql.
   */
  query?: string
  /**
   * The SQL itself; or give a file as query.
   */
  sql?: string
  /**
   * Most rows that are given.
   */
  limit: number
  /**
   * File to write the result to as well, .csv or .json, below the root.
   */
  out?: string
  /**
   * Named parameters of the SQL as name=value, used there as $name: a number, true, false or null is that, anything else is text.
   *
   * @maxItems 100
   *
   * Items: name=value.
   */
  param?: string[]
  /**
   * Kinds of artifacts to load as tables; left out, trades, metrics, curves, leaderboard and every other kind that is filed as CSV or Parquet. Kinds that hold no table, such as config or report, become tables of one document a run.
   *
   * @minItems 1
   * @maxItems 50
   *
   * Items: Kind of an artifact.
   */
  kinds?: [string, ...string[]]
  /**
   * Seconds that all SQL of the request may take.
   */
  timeout: number
  /**
   * Memory that the SQL may use, e.g. 512MB or 4GB; nothing spills to disk.
   */
  memory: string
  /**
   * Load artifacts without holding them to their registered content; a missing one is refused all the same.
   */
  no_verify: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface LabQueryResult {
  /**
   * Columns in order.
   */
  columns: LabColumn[]
  /**
   * Rows in the order of the SQL, each a list of cells by column: numbers, texts, true, false, null; instants as ISO 8601 UTC, whole numbers beyond 2^53 as text, lists and structs as JSON.
   */
  rows: unknown[][]
  /**
   * Rows that are given.
   */
  rowCount: number
  /**
   * There are more.
   */
  truncated: boolean
  provenance: LabQueryProvenance
  /**
   * Absolute path of the file that was written; null where none was asked for.
   */
  out: string | null
}
/**
 * A column of an answer.
 *
 */
export interface LabColumn {
  /**
   * Its name; names may repeat.
   */
  name: string
  /**
   * Its type in SQL, e.g. DOUBLE, VARCHAR, TIMESTAMP.
   */
  type: string
}
/**
 * What the rows were made of.
 *
 */
export interface LabQueryProvenance {
  /**
   * What names this answer: <id>@pin.<n> where it is pinned, else as the request names it.
   */
  reference: string
  /**
   * Its id.
   */
  runsetId: string
  /**
   * reproducible where a pin is read, else exploratory.
   */
  mode: 'exploratory' | 'reproducible'
  /**
   * Runs that were read.
   */
  runCount: number
  /**
   * Hash of the selection.
   */
  specHash: string
  /**
   * Id of the answer that was read.
   */
  resolutionId: string
  /**
   * Hash of the run ids.
   */
  contentHash: string
  /**
   * Hash of the artifacts.
   */
  artifactsHash: string
  /**
   * Number of the pin; absent in exploration.
   */
  pin?: number
  /**
   * One line that names the pin; absent in exploration.
   */
  citation?: string
  /**
   * Command that verifies it; absent in exploration.
   */
  verify?: string
  /**
   * SHA-256 of the SQL.
   */
  sqlHash: string
}
/**
 * Make a report from a template.
 *
 */
export interface LabReportRequest {
  /**
   * The verb.
   */
  action: 'report'
  /**
   * RunSets in order: compare_runsets takes two or more, performance_summary and coverage one.
   *
   * @minItems 1
   * @maxItems 26
   *
   * Items: RunSet: id, id@pin.<n>, id@<hash prefix>, alias or sha256:<spec hash prefix>.
   */
  runset: [string, ...string[]]
  /**
   * performance_summary, compare_runsets, coverage, or a file: Markdown with ```sql name blocks, {{name}} where the table of a block is to stand, {{name:calendar}} for its calendar.
   */
  template: string
  /**
   * Form of the report: Markdown, a page, or JSON; left out, as the ending of out says, else md.
   */
  format?: 'md' | 'html' | 'json'
  /**
   * File to write the report to, .md, .html or .json, below the root; <out>.meta.json beside it says when it was made.
   */
  out?: string
  /**
   * Do not warn that a RunSet is not pinned; the banner in the report stays.
   */
  allow_exploratory: boolean
  /**
   * Named parameters of the SQL as name=value, used there as $name: a number, true, false or null is that, anything else is text.
   *
   * @maxItems 100
   *
   * Items: name=value.
   */
  param?: string[]
  /**
   * Kinds of artifacts to load as tables; left out, trades, metrics, curves, leaderboard and every other kind that is filed as CSV or Parquet. Kinds that hold no table, such as config or report, become tables of one document a run.
   *
   * @minItems 1
   * @maxItems 50
   *
   * Items: Kind of an artifact.
   */
  kinds?: [string, ...string[]]
  /**
   * Seconds that all SQL of the request may take.
   */
  timeout: number
  /**
   * Memory that the SQL may use, e.g. 512MB or 4GB; nothing spills to disk.
   */
  memory: string
  /**
   * Load artifacts without holding them to their registered content; a missing one is refused all the same.
   */
  no_verify: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface LabReportResult {
  /**
   * Form of the report.
   */
  format: 'md' | 'html' | 'json'
  /**
   * reproducible where every RunSet is read from a pin.
   */
  mode: 'exploratory' | 'reproducible'
  report: LabReportDocument
  /**
   * Text of the report; null for json, where it is the report itself.
   */
  body: string | null
  /**
   * SHA-256 of the text: the same for the same pin and template.
   */
  bodyHash: string
  /**
   * Absolute path of the file that was written; null where none was asked for.
   */
  out: string | null
}
/**
 * A report as data.
 *
 */
export interface LabReportDocument {
  /**
   * Version of this contract.
   */
  schema_version: '1.0'
  /**
   * First heading of the template.
   */
  title: string
  /**
   * Template as the request names it.
   */
  template: string
  /**
   * SHA-256 of its text.
   */
  templateHash: string
  /**
   * reproducible where every RunSet is read from a pin.
   */
  mode: 'exploratory' | 'reproducible'
  /**
   * Values of the parameters.
   */
  parameters: {
    /**
     * Number, text, true, false or null.
     */
    [k: string]: unknown
  }
  /**
   * Answers of the SQL blocks in their order.
   */
  tables: LabTable[]
  /**
   * The RunSets in their order.
   */
  provenance: LabSource[]
}
/**
 * Answer of one SQL block.
 *
 */
export interface LabTable {
  /**
   * Name of the block.
   */
  name: string
  /**
   * Columns in order.
   */
  columns: LabColumn[]
  /**
   * Rows in the order of the SQL, each a list of cells by column: numbers, texts, true, false, null; instants as ISO 8601 UTC, whole numbers beyond 2^53 as text, lists and structs as JSON.
   */
  rows: unknown[][]
  /**
   * Rows that are given, at most 10,000.
   */
  rowCount: number
  /**
   * There are more.
   */
  truncated: boolean
}
/**
 * One RunSet that was read.
 *
 */
export interface LabSource {
  /**
   * What names this answer: <id>@pin.<n> where it is pinned, else as the request names it.
   */
  reference: string
  /**
   * Its id.
   */
  runsetId: string
  /**
   * reproducible where a pin is read, else exploratory.
   */
  mode: 'exploratory' | 'reproducible'
  /**
   * Runs that were read.
   */
  runCount: number
  /**
   * Hash of the selection.
   */
  specHash: string
  /**
   * Id of the answer that was read.
   */
  resolutionId: string
  /**
   * Hash of the run ids.
   */
  contentHash: string
  /**
   * Hash of the artifacts.
   */
  artifactsHash: string
  /**
   * Number of the pin; absent in exploration.
   */
  pin?: number
  /**
   * One line that names the pin; absent in exploration.
   */
  citation?: string
  /**
   * Command that verifies it; absent in exploration.
   */
  verify?: string
}
/**
 * Fit one model, judge it on data it has not seen, and publish it under outputs/model_runs/, with its backtest on the test split as a run of its own. Needs ticker, start and end.
 *
 */
export interface ModelTrainRequest {
  /**
   * The verb.
   */
  action: 'train'
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * First bar, inclusive: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant.
   */
  end: string
  /**
   * Bar size.
   */
  interval: string
  /**
   * Data set to run on; else the one that covers the window best.
   */
  dataset_id?: string
  /**
   * Calendar that annualises the extended metrics (365 or 252 days a year); else the data set's.
   */
  calendar?: 'crypto' | 'exchange'
  /**
   * Name of the model; else ridge_regression or logistic_regression.
   */
  name?: string
  /**
   * ridge: linear regression of the forward return with an L2 penalty. logistic: the probability that the forward return is above `direction_threshold`, with an L2 penalty.
   */
  family: 'ridge' | 'logistic'
  /**
   * Inputs of the model.
   *
   * @minItems 1
   * @maxItems 200
   */
  features: [LearnedFeature, ...LearnedFeature[]]
  /**
   * Bars ahead that are predicted: the target at bar t is the return from the close of t to that of t + horizon.
   */
  horizon: number
  /**
   * Kind of the target return.
   */
  returns: 'log' | 'simple'
  /**
   * logistic only: the class is 1 where the forward return is above it.
   */
  direction_threshold: number
  /**
   * Share of the usable rows that the validation split begins with; not beside `validation_start`. 0.2 when left out.
   */
  validation_share?: number
  /**
   * Share of the usable rows in the test split; not beside `test_start`. 0.2 when left out.
   */
  test_share?: number
  /**
   * First bar of the validation split, with `test_start`.
   */
  validation_start?: string
  /**
   * First bar of the test split, with `validation_start`.
   */
  test_start?: string
  /**
   * Rows dropped at the end of each split before another; at least the horizon, which is what it is when left out: their targets reach into the next split.
   */
  purge_bars?: number
  /**
   * Rows left out at the start of the validation and of the test split.
   */
  embargo_bars: number
  /**
   * Candidate penalties λ. ridge minimises the mean squared error + λ·Σb², logistic the mean log loss + λ/2·Σb², over standardised features.
   *
   * @minItems 1
   * @maxItems 100
   *
   * Items: A penalty.
   */
  lambdas: [number, ...number[]]
  /**
   * How λ is chosen: by the loss on the validation split, or by the mean loss over purged walk-forward folds within the training split.
   */
  selection: 'validation' | 'walk_forward'
  /**
   * walk_forward only: folds, each trained on all rows before it.
   */
  folds: number
  /**
   * Positions that predictions become.
   */
  positions: 'long_only' | 'long_short'
  /**
   * Signal from which a position is held: a predicted return for ridge, probability above one half for logistic.
   */
  entry_threshold: number
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * Starting cash.
   */
  initial_cash: number
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * Seed of the permutations and scrambles of the leakage checks; the fit itself draws nothing.
   */
  seed: number
  /**
   * Permutations of the shuffled-target check and of its p-value; the smallest p-value is 1 / (permutations + 1).
   */
  permutations: number
  /**
   * Also write the interactive page artifacts/report.html.
   */
  report: boolean
  /**
   * Tags of the run in the registry; RunSets select runs by them.
   *
   * @maxItems 1000
   */
  tags?: string[]
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What a training found.
 *
 */
export interface ModelTrainResult {
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * Absolute directory of the model run.
   */
  path: string
  /**
   * Run of the model on the test split, below outputs/runs.
   */
  downstream_run_id: string
  research_verdict: ModelVerdict
  /**
   * The criteria behind the verdict.
   */
  criteria: ModelCriterion[]
  /**
   * Always false: learned models are not promoted in N.0.
   */
  eligible_for_paper: boolean
  test: ModelPredictive
  /**
   * Whether every executed leakage check passed.
   */
  leakage_checks_passed: boolean
}
/**
 * Predict with a trained model on other bars, publish the backtest as a normal run, and measure the predictions; nothing is fitted.
 *
 */
export interface ModelEvaluateRequest {
  /**
   * The verb.
   */
  action: 'evaluate'
  /**
   * Model run: its id, or path of its directory.
   */
  id: string
  /**
   * First bar predicted on, inclusive; earlier bars of the data set are the warm-up.
   */
  start: string
  /**
   * End, exclusive.
   */
  end: string
  /**
   * Symbol; that of the training when left out.
   */
  ticker?: string
  /**
   * Data set to run on; else the one that covers the window best.
   */
  dataset_id?: string
  /**
   * Also evaluate on bars that the model was trained or selected on; the answer then says so.
   */
  allow_overlap: boolean
  /**
   * Positions; those of the training when left out.
   */
  positions?: 'long_only' | 'long_short'
  /**
   * Threshold; that of the training when left out.
   */
  entry_threshold?: number
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic); as in the training when left out.
   */
  execution?: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional; as in the training when left out.
   */
  fee?: number
  /**
   * Starting cash; as in the training when left out.
   */
  initial_cash?: number
  /**
   * Fixed slippage per fill; as in the training when left out.
   */
  slippage_bps?: number
  /**
   * Fixed slippage, or scaled with the average true range; as in the training when left out.
   */
  slippage_mode?: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points; as in the training when left out.
   */
  k_atr?: number
  /**
   * Also write the interactive page of the run.
   */
  report: boolean
  /**
   * Tags of the run in the registry; RunSets select runs by them.
   *
   * @maxItems 1000
   */
  tags?: string[]
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The model runs, newest first.
 *
 */
export interface ModelListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Model runs at most.
   */
  limit: number
  /**
   * Model runs to leave out at the front.
   */
  offset: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * A page of model runs.
 *
 */
export interface ModelListResult {
  /**
   * Model runs there are.
   */
  total: number
  /**
   * One row each.
   */
  models: ModelRow[]
}
/**
 * A model run in short.
 */
export interface ModelRow {
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * When it was made, UTC.
   */
  created_at: string
  /**
   * ridge or logistic.
   */
  model_family: string
  /**
   * Its name.
   */
  model_name: string
  /**
   * Symbol.
   */
  ticker: string
  /**
   * Data set.
   */
  dataset_id: string
  /**
   * What it predicts.
   */
  target: string
  /**
   * How far ahead.
   */
  horizon: string
  /**
   * Skill on the test split.
   */
  skill: number | null
  research_verdict: ModelVerdict
  /**
   * Its run on the test split.
   */
  downstream_run_id: string
  /**
   * Absolute directory.
   */
  path: string
}
/**
 * One model run: its manifests, configuration, summary and fitted model.
 *
 */
export interface ModelGetRequest {
  /**
   * The verb.
   */
  action: 'get'
  /**
   * Model run: its id, or path of its directory.
   */
  id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * A model run.
 *
 */
export interface ModelGetResult {
  /**
   * The model run.
   */
  model_run_id: string
  /**
   * Absolute directory.
   */
  path: string
  dataset_manifest: ModelDatasetManifest
  feature_manifest: ModelFeatureManifest
  model_config: ModelConfig
  training_summary: ModelTrainingSummary
  model: LearnedModelParams
}
/**
 * A fitted model as a strategy: at each close it predicts from its features and holds what the prediction says. ridge predicts the return over the next `horizon` bars, logistic the probability that it is above the threshold of its training. Long where the signal (the predicted return; the probability less one half) is above `entry_threshold`, short where it is below its negative and `positions` allows it, else flat; flat too where a feature is undefined. `model train` writes these parameters as model.json. Warm-up: the largest one of the features.
 *
 */
export interface LearnedModelParams {
  /**
   * Linear regression of the return, or logistic regression of its direction.
   */
  family: 'ridge' | 'logistic'
  /**
   * Kind of the predicted return.
   */
  returns: 'log' | 'simple'
  /**
   * Bars that the prediction looks ahead.
   */
  horizon: number
  /**
   * What the model says of mean features: a return, or log odds.
   */
  intercept: number
  /**
   * The features and their weights.
   *
   * @minItems 1
   * @maxItems 200
   */
  terms: [LearnedTerm, ...LearnedTerm[]]
  /**
   * Whether a signal below −entry_threshold is a short position.
   */
  positions: 'long_only' | 'long_short'
  /**
   * Signal from which a position is held: a return for ridge, probability above one half for logistic.
   */
  entry_threshold: number
}
/**
 * One feature with what training made of it: it enters the model as coefficient · (value − mean) / scale.
 *
 */
export interface LearnedTerm {
  feature: LearnedFeature
  /**
   * Mean of the feature over the training rows.
   */
  mean: number
  /**
   * Standard deviation over the training rows.
   */
  scale: number
  /**
   * Weight of the standardised feature.
   */
  coefficient: number
}
/**
 * A paper session: parameters of run, and feed, limits and resume for live sessions. The signal SESSION_COMPLETED names the session in run_id.
 *
 */
export interface PaperRequest {
  /**
   * Symbol of the instrument; default ETH-USD.
   */
  ticker?: string
  /**
   * First bar, inclusive: ISO date (UTC midnight) or instant; default 2023-01-01. With feed: earlier bars are left out; default none are.
   */
  start?: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant; default 2024-01-01. With feed: the session ends at the first bar at or after it; default it does not.
   */
  end?: string
  /**
   * Bar size; default 1d.
   */
  interval?: string
  /**
   * Data set to run on; else the one that covers the window best. Not with feed.
   */
  dataset_id?: string
  /**
   * Strategy name; `quantlab --schema` lists them under strategies/; default rsi_ma_cross_v2.
   */
  strategy?: string
  /**
   * Parameters of the strategy, checked against its own schema (`quantlab --schema strategies/<name>`).
   */
  strategy_params?: {
    [k: string]: unknown
  }
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic); default signal_close.
   */
  execution?: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional; default 0.002.
   */
  fee?: number
  /**
   * rsi_ma_cross_v2 only: buy only while RSI is below this.
   */
  rsi_buy_max?: number
  /**
   * rsi_ma_cross_v2 only: sell when RSI is above this.
   */
  rsi_sell_min?: number
  /**
   * rsi_ma_cross_v2 only: bars (not days) ignored after each signal.
   */
  cooldown_days?: number
  /**
   * As in a request to run; always true here.
   */
  paper?: true
  /**
   * Starting cash; default 1000.
   */
  initial_cash?: number
  /**
   * Fixed slippage per fill; default 8.
   */
  slippage_bps?: number
  /**
   * Fixed slippage, or scaled with the average true range; default fixed.
   */
  slippage_mode?: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points; default 0.05.
   */
  k_atr?: number
  /**
   * Calendar that annualises the extended metrics (365 or 252 days a year); else the data set's, for a feed crypto.
   */
  calendar?: 'crypto' | 'exchange'
  /**
   * Also write artifacts/price_signals.svg; default false.
   */
  save_price_plot?: boolean
  /**
   * Also write the interactive page artifacts/report.html; default false.
   */
  report?: boolean
  /**
   * Live session: bars are read from here as they come, instead of from a data set. One closed bar a line, NDJSON or CSV with a header.
   */
  feed?: {
    /**
     * File that bars are appended to, or - for standard input (read to its end; not where the request itself came from it).
     */
    path: string
    /**
     * Wait for more at the end of the file; false ends the session there.
     */
    follow: boolean
  }
  /**
   * End the session after this many bars, warm-up included.
   */
  max_bars?: number
  /**
   * Stop when the broker's account closes a bar at least this share below its highest close so far, e.g. 0.2; an open position stays open.
   */
  max_drawdown?: number
  /**
   * Stop when the broker's account closes a bar with at least this much less than the starting cash; an open position stays open.
   */
  max_loss?: number
  /**
   * Session id of a live session that was killed, aborted or failed: go on exactly where it was. Goes with feed (where the bars come from now), report and save_price_plot, and with nothing else.
   */
  resume?: string
  /**
   * Tags of the run in the registry; RunSets select runs by them.
   *
   * @maxItems 1000
   */
  tags?: string[]
  /**
   * Universe the run declares: callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume. RunSets select runs by it.
   */
  universe?: {
    /**
     * Callers whose alerts the run took.
     *
     * @maxItems 1000
     */
    callers?: string[]
    /**
     * Chains.
     *
     * @maxItems 1000
     */
    chains?: string[]
    /**
     * Venues.
     *
     * @maxItems 1000
     */
    venues?: string[]
    /**
     * Sources of tokens.
     *
     * @maxItems 1000
     */
    token_sources?: string[]
    /**
     * Least market capitalisation.
     */
    min_market_cap?: number
    /**
     * Greatest market capitalisation.
     */
    max_market_cap?: number
    /**
     * Least volume.
     */
    min_volume?: number
  }
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface PaperResult {
  /**
   * Identity of the session and name of its directory.
   */
  run_id: string
  /**
   * Absolute directory of the artifacts.
   */
  artifacts_path: string
  /**
   * Absolute path of report.json.
   */
  report_path: string
  /**
   * Kind of machine contract in report.json.
   */
  contract_type: string
  summary: Summary
}
/**
 * One paper session.
 *
 */
export interface PaperSessionRecord {
  /**
   * Identity; the directory name where the session names none.
   */
  session_id: string
  /**
   * running, success, failed or aborted as the session says it; corrupt where its files cannot be read.
   */
  status: string | null
  /**
   * When it was created; null where unknown.
   */
  created_at: string | null
  /**
   * When it began.
   */
  started_at: string | null
  /**
   * Last heartbeat.
   */
  updated_at: string | null
  /**
   * When it ended.
   */
  finished_at: string | null
  /**
   * True where it is closed.
   */
  terminal: boolean
  /**
   * active, completed, exception, operator_abort; risk_limit, process_died.
   */
  status_reason: string | null
  /**
   * From start to end.
   */
  duration_seconds: number | null
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * Command.
   */
  command: string | null
  /**
   * Mode.
   */
  mode: string | null
  /**
   * Class of the error.
   */
  error_type: string | null
  /**
   * What went wrong.
   */
  message: string | null
  /**
   * Kind of machine contract in report.json.
   */
  report_contract_type: string | null
  /**
   * True where report.json is there.
   */
  report_present: boolean
  /**
   * Absolute directory of the session.
   */
  path: string
  /**
   * Absolute path, there or not.
   */
  session_metadata_path: string
  /**
   * Absolute path, there or not.
   */
  session_status_path: string
  /**
   * Absolute path, there or not.
   */
  report_path: string
  /**
   * Absolute path, there or not.
   */
  trades_path: string
  /**
   * Absolute path, there or not.
   */
  run_report_path: string
  /**
   * Absolute path, there or not.
   */
  artifacts_dir: string
  /**
   * True for a running session whose process has died: recover closes it, resume takes a live one up again.
   */
  stale: boolean
  /**
   * Bars processed; null where unknown.
   */
  bars_seen: number | null
  /**
   * Time of the last bar processed.
   */
  last_bar_at: string | null
  /**
   * Value of the broker's account at the last close.
   */
  equity: number | null
  /**
   * Why files of the session cannot be read; null where they can.
   */
  fault: string | null
}
/**
 * What somebody should look at.
 *
 */
export interface PaperSessionAlert {
  /**
   * What happened.
   */
  alert_code: 'PAPER_SESSION_FAILED' | 'PAPER_SESSION_ABORTED' | 'PAPER_SESSION_STALE' | 'PAPER_SESSION_CORRUPT'
  /**
   * How bad.
   */
  severity: 'critical' | 'warning'
  /**
   * Identity; the directory name where the session names none.
   */
  session_id: string
  /**
   * running, success, failed or aborted as the session says it; corrupt where its files cannot be read.
   */
  status: string | null
  /**
   * Last sign of life.
   */
  activity_at: string | null
  /**
   * Whole minutes since then; null where it is unknown.
   */
  age_minutes: number | null
  /**
   * Class of the error.
   */
  error_type: string | null
  /**
   * What went wrong.
   */
  message: string | null
  /**
   * Absolute directory of the session.
   */
  path: string
}
/**
 * One session judged for promotion to a broker.
 *
 */
export interface PaperPromotionRecord {
  /**
   * Identity; the directory name where the session names none.
   */
  session_id: string
  /**
   * running, success, failed or aborted as the session says it; corrupt where its files cannot be read.
   */
  status: string | null
  /**
   * When it was created; null where unknown.
   */
  created_at: string | null
  /**
   * When it began.
   */
  started_at: string | null
  /**
   * Last heartbeat.
   */
  updated_at: string | null
  /**
   * When it ended.
   */
  finished_at: string | null
  /**
   * True where it is closed.
   */
  terminal: boolean
  /**
   * active, completed, exception, operator_abort; risk_limit, process_died.
   */
  status_reason: string | null
  /**
   * From start to end.
   */
  duration_seconds: number | null
  /**
   * As the caller gave it; null where absent.
   */
  request_id: unknown
  /**
   * Command.
   */
  command: string | null
  /**
   * Mode.
   */
  mode: string | null
  /**
   * Class of the error.
   */
  error_type: string | null
  /**
   * What went wrong.
   */
  message: string | null
  /**
   * Kind of machine contract in report.json.
   */
  report_contract_type: string | null
  /**
   * True where report.json is there.
   */
  report_present: boolean
  /**
   * Absolute directory of the session.
   */
  path: string
  /**
   * Absolute path, there or not.
   */
  session_metadata_path: string
  /**
   * Absolute path, there or not.
   */
  session_status_path: string
  /**
   * Absolute path, there or not.
   */
  report_path: string
  /**
   * Absolute path, there or not.
   */
  trades_path: string
  /**
   * Absolute path, there or not.
   */
  run_report_path: string
  /**
   * Absolute path, there or not.
   */
  artifacts_dir: string
  /**
   * True for a running session whose process has died: recover closes it, resume takes a live one up again.
   */
  stale: boolean
  /**
   * Bars processed; null where unknown.
   */
  bars_seen: number | null
  /**
   * Time of the last bar processed.
   */
  last_bar_at: string | null
  /**
   * Value of the broker's account at the last close.
   */
  equity: number | null
  /**
   * Why files of the session cannot be read; null where they can.
   */
  fault: string | null
  /**
   * True where nothing blocks it.
   */
  broker_promotion_ready: boolean
  /**
   * Criteria it meets.
   */
  broker_promotion_reasons: string[]
  /**
   * Criteria it does not meet.
   */
  broker_promotion_blockers: string[]
}
/**
 * What promotion requires.
 *
 */
export interface PaperPromotionCriteria {
  /**
   * Status.
   */
  required_status: string
  /**
   * Closed.
   */
  required_terminal: boolean
  /**
   * Mode.
   */
  required_mode: string
  /**
   * Contract of report.json.
   */
  required_report_contract_type: string
  /**
   * report.json is there.
   */
  required_report_present: boolean
  /**
   * No error.
   */
  required_no_error_type: boolean
}
/**
 * One session that was closed.
 *
 */
export interface RecoveredSession {
  /**
   * Identity; the directory name where the session names none.
   */
  session_id: string
  /**
   * How it was closed.
   */
  status: string
  /**
   * Why.
   */
  status_reason: string
  /**
   * Its last sign of life.
   */
  finished_at: string | null
  /**
   * Absolute directory of the session.
   */
  path: string
}
/**
 * Every session of a directory.
 *
 */
export interface PaperSessionsListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Directory that holds session directories; left out, outputs/paper_sessions of the root.
   */
  dir?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Sessions by directory name.
 *
 */
export interface PaperSessionsListResult {
  /**
   * Absolute directory that was read.
   */
  root_dir: string
  /**
   * Sessions in the directory.
   */
  n_sessions: number
  /**
   * The sessions.
   */
  sessions: PaperSessionRecord[]
}
/**
 * One session.
 *
 */
export interface PaperSessionsShowRequest {
  /**
   * The verb.
   */
  action: 'show'
  /**
   * Session id below outputs/paper_sessions, or path of a session directory.
   */
  session_id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * One session.
 *
 */
export interface PaperSessionsShowResult {
  session: PaperSessionRecord
}
/**
 * How many sessions there are in which state, and the latest.
 *
 */
export interface PaperSessionsHealthRequest {
  /**
   * The verb.
   */
  action: 'health'
  /**
   * Directory that holds session directories; left out, outputs/paper_sessions of the root.
   */
  dir?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Counts and latest sessions.
 *
 */
export interface PaperSessionsHealthResult {
  /**
   * Absolute directory that was read.
   */
  root_dir: string
  /**
   * Sessions in the directory.
   */
  total_sessions: number
  /**
   * Status → sessions.
   */
  status_counts: {
    /**
     * Sessions of this status.
     */
    [k: string]: number
  }
  /**
   * Session with the newest activity.
   */
  latest_session_id: string | null
  /**
   * Its status.
   */
  latest_session_status: string | null
  /**
   * Its activity.
   */
  latest_session_at: string | null
  /**
   * Newest of the failed, aborted, running and corrupt sessions.
   */
  latest_issue_session_id: string | null
  /**
   * Its status.
   */
  latest_issue_status: string | null
  /**
   * Its activity.
   */
  latest_issue_at: string | null
  /**
   * Its error.
   */
  latest_issue_error_type: string | null
  /**
   * Sessions that are not closed.
   */
  active_sessions: string[]
  /**
   * Of these, those whose process has died.
   */
  stale_sessions: string[]
}
/**
 * What somebody should look at: failed, aborted, stale and corrupt sessions.
 *
 */
export interface PaperSessionsAlertsRequest {
  /**
   * The verb.
   */
  action: 'alerts'
  /**
   * Directory that holds session directories; left out, outputs/paper_sessions of the root.
   */
  dir?: string
  /**
   * Minutes without a sign of life after which a running session counts as stale; one whose process has died counts at once. At least 1.
   */
  paper_stale_minutes: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Alerts by directory name.
 *
 */
export interface PaperSessionsAlertsResult {
  /**
   * Absolute directory that was read.
   */
  root_dir: string
  /**
   * When they were computed, UTC.
   */
  generated_at: string
  /**
   * As asked.
   */
  stale_after_minutes: number
  /**
   * Sessions in the directory.
   */
  total_sessions: number
  /**
   * Status → sessions.
   */
  status_counts: {
    /**
     * Sessions of this status.
     */
    [k: string]: number
  }
  /**
   * Sessions with status running.
   */
  running_sessions: string[]
  /**
   * The worst severity.
   */
  alert_status: 'ok' | 'warning' | 'critical'
  /**
   * True where there is any.
   */
  has_alerts: boolean
  alert_counts: PaperAlertCounts
  /**
   * Newest session that succeeded.
   */
  latest_success_session_id: string | null
  /**
   * Its activity.
   */
  latest_success_at: string | null
  /**
   * Session of the newest alert.
   */
  latest_alert_session_id: string | null
  /**
   * Its code.
   */
  latest_alert_code: string | null
  /**
   * Its activity.
   */
  latest_alert_at: string | null
  /**
   * The alerts.
   */
  alerts: PaperSessionAlert[]
}
/**
 * Alerts by severity.
 */
export interface PaperAlertCounts {
  /**
   * Critical ones.
   */
  critical: number
  /**
   * Warnings.
   */
  warning: number
}
/**
 * Which sessions may be promoted to a broker, and what blocks the others.
 *
 */
export interface PaperSessionsPromotionRequest {
  /**
   * The verb.
   */
  action: 'promotion'
  /**
   * Directory that holds session directories; left out, outputs/paper_sessions of the root.
   */
  dir?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Candidates, newest activity first.
 *
 */
export interface PaperSessionsPromotionResult {
  /**
   * Absolute directory that was read.
   */
  root_dir: string
  /**
   * When it was computed, UTC.
   */
  generated_at: string
  /**
   * Candidates listed at most.
   */
  max_candidates: number
  /**
   * Sessions in the directory.
   */
  total_sessions: number
  /**
   * Sessions that may be promoted.
   */
  promotion_ready_count: number
  /**
   * Sessions that may not.
   */
  promotion_blocked_count: number
  /**
   * The newest ready ones.
   */
  ready_candidates: PaperPromotionRecord[]
  /**
   * All blocked ones.
   */
  blocked_sessions: PaperPromotionRecord[]
  criteria: PaperPromotionCriteria
  /**
   * Newest ready session.
   */
  latest_ready_session_id: string | null
  /**
   * Its activity.
   */
  latest_ready_at: string | null
  /**
   * Newest blocked session.
   */
  latest_blocked_session_id: string | null
  /**
   * Its activity.
   */
  latest_blocked_at: string | null
  /**
   * What blocks it.
   */
  latest_blocked_reason: string | null
}
/**
 * Write paper_sessions_index.csv, .json and .md anew.
 *
 */
export interface PaperSessionsIndexRequest {
  /**
   * The verb.
   */
  action: 'index'
  /**
   * Directory that holds session directories; left out, outputs/paper_sessions of the root.
   */
  dir?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Where the index is.
 *
 */
export interface PaperSessionsIndexResult {
  /**
   * Absolute directory that was read.
   */
  root_dir: string
  /**
   * Sessions in the directory.
   */
  n_sessions: number
  /**
   * Absolute path.
   */
  csv_path: string
  /**
   * Absolute path.
   */
  json_path: string
  /**
   * Absolute path.
   */
  md_path: string
}
/**
 * Close the sessions whose process has died, truthfully: with the time of their last sign of life.
 *
 */
export interface PaperSessionsRecoverRequest {
  /**
   * The verb.
   */
  action: 'recover'
  /**
   * Directory that holds session directories; left out, outputs/paper_sessions of the root.
   */
  dir?: string
  /**
   * Minutes without a sign of life after which a session that does not name its process counts as dead. At least 1.
   */
  paper_stale_minutes: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was closed.
 *
 */
export interface PaperSessionsRecoverResult {
  /**
   * Absolute directory that was read.
   */
  root_dir: string
  /**
   * Sessions that were closed.
   */
  recovered: RecoveredSession[]
  /**
   * Sessions that are alive.
   */
  still_running: string[]
}
export interface PortfolioRequest {
  /**
   * Directory that holds forward sessions: report on their portfolio. The report's files are replaced there.
   */
  portfolio_report?: string
  /**
   * Directory that holds forward sessions: compare the modes instead.
   */
  portfolio_compare?: string
  /**
   * Weights: each session's own money, equal, from a file, or so that every session carries the same risk.
   */
  portfolio_mode: 'raw_capital' | 'equal_weight' | 'custom_weight' | 'risk_parity'
  /**
   * JSON file {session_id: weight}; needed for custom_weight.
   */
  portfolio_weights?: string
  /**
   * Keep this many, best first.
   */
  portfolio_top_n?: number
  /**
   * Field that ranks, highest first; contribution_pct ranks by total_pnl.
   */
  portfolio_rank_metric:
    'total_return' | 'total_pnl' | 'max_drawdown' | 'ending_equity' | 'starting_cash' | 'contribution_pct'
  /**
   * Keep sessions with at least this total return.
   */
  portfolio_min_return?: number
  /**
   * Keep sessions whose drawdown is not deeper: a negative fraction, e.g. -0.2.
   */
  portfolio_max_drawdown?: number
  /**
   * Keep only these symbols. Comma-separated, exact.
   */
  portfolio_include_tickers?: string
  /**
   * Leave out these symbols. Comma-separated, exact.
   */
  portfolio_exclude_tickers?: string
  /**
   * Keep only these strategies. Comma-separated, exact.
   */
  portfolio_include_strategies?: string
  /**
   * Leave out these strategies. Comma-separated, exact.
   */
  portfolio_exclude_strategies?: string
  /**
   * Keep only the newest session of each source run.
   */
  portfolio_latest_per_source_run: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface PortfolioResult {
  /**
   * quantlab.portfolio.result
   */
  contract_type: string
  /**
   * report or compare.
   */
  mode: string
  /**
   * Absolute directory of the sessions and of the files.
   */
  root: string
  /**
   * Absolute path of the JSON file.
   */
  report_path: string
  /**
   * Absolute path of the same for reading.
   */
  markdown_path: string
  /**
   * Content of the JSON file.
   */
  report: PortfolioReport | PortfolioCompare
}
/**
 * Distinct living entities.
 *
 */
export interface RegistryCounts {
  /**
   * RunSets.
   */
  runsets: number
  /**
   * Runs.
   */
  runs: number
  /**
   * Artifacts.
   */
  artifacts: number
  /**
   * Recorded answers.
   */
  resolutions: number
  /**
   * Pairs of RunSet and run.
   */
  membership: number
  /**
   * Data sets.
   */
  datasets?: number
  /**
   * Distinct run tags.
   */
  tags?: number
  /**
   * Experiments.
   */
  experiments?: number
}
/**
 * Register what was published without a fact, then build the cache anew from facts; nothing where it is current.
 *
 */
export interface RegistryRebuildRequest {
  /**
   * The verb.
   */
  action: 'rebuild'
  /**
   * Build it even where it is current.
   */
  force: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The cache as it stands.
 *
 */
export interface RegistryRebuildResult {
  /**
   * False where it was current.
   */
  rebuilt: boolean
  /**
   * State of all facts.
   */
  registryHash: string
  /**
   * What it holds.
   */
  summary: RegistryCounts
  /**
   * Published runs that were registered now.
   */
  registered: number
  /**
   * Time it took, milliseconds.
   */
  duration: number
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * Check every fact against its hash, every id against its parts, every sequence for gaps; reads only.
 *
 */
export interface RegistryCheckRequest {
  /**
   * The verb.
   */
  action: 'check'
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was read; a fault is an error instead.
 *
 */
export interface RegistryCheckResult {
  /**
   * True where nothing is wrong.
   */
  intact: boolean
  /**
   * Files read.
   */
  files: number
  /**
   * Rows read.
   */
  rows: number
  /**
   * Faults.
   *
   * Items: where, message.
   */
  faults: unknown[]
  /**
   * Temporary files of writers that died.
   *
   * @maxItems 100000
   */
  leftovers: string[]
}
/**
 * Merge small fact files into sorted segments; what is true does not change.
 *
 */
export interface RegistryCompactRequest {
  /**
   * The verb.
   */
  action: 'compact'
  /**
   * Every file below the last size, however few.
   */
  all: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was merged.
 *
 */
export interface RegistryCompactResult {
  /**
   * Per table.
   *
   * Items: table, segments, files, rows; busy where another process is at it.
   */
  tables: unknown[]
  /**
   * New segments.
   */
  segments: number
  /**
   * Files they stand for.
   */
  files: number
  /**
   * Rows in them.
   */
  rows: number
}
/**
 * Move to the trash what nothing holds any more; without apply only say what.
 *
 */
export interface RegistryGcRequest {
  /**
   * The verb.
   */
  action: 'gc'
  /**
   * Do it.
   */
  apply: boolean
  /**
   * Bring back what the collection of this name moved.
   */
  undo?: string
  /**
   * Say what holds this id instead.
   */
  why?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The plan, and what was done.
 *
 */
export interface RegistryGcResult {
  /**
   * True where files were moved.
   */
  applied?: boolean
  /**
   * Name of the folder in the trash.
   */
  trash?: string | null
  /**
   * Files to move.
   *
   * Items: path, why, bytes.
   */
  files?: unknown[]
  /**
   * Deleted runs whose rows go.
   *
   * @maxItems 100000
   */
  runs?: string[]
  /**
   * Deleted RunSets whose folders go.
   *
   * @maxItems 100000
   */
  runsets?: string[]
  /**
   * Deleted things that stay.
   *
   * Items: id, why.
   */
  survivors?: unknown[]
  /**
   * Size of the files.
   */
  bytes?: number
  /**
   * Files brought back by undo.
   */
  restored?: number
  /**
   * The id asked about.
   */
  id?: string
  /**
   * What holds it.
   *
   * @maxItems 100000
   */
  why?: string[]
}
/**
 * Write every fact into one file; equal registries give equal files.
 *
 */
export interface RegistryExportRequest {
  /**
   * The verb.
   */
  action: 'export'
  /**
   * File to write, below the root.
   */
  out: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was written.
 *
 */
export interface RegistryExportResult {
  /**
   * The file.
   */
  path: string
  /**
   * SHA-256 of its manifest, which names every fact by its hash.
   */
  sha256: string
  /**
   * Its size.
   */
  bytes: number
  /**
   * Facts in it.
   */
  files: number
}
/**
 * Take in every fact of an exported registry; everything is verified before the first write.
 *
 */
export interface RegistryImportRequest {
  /**
   * The verb.
   */
  action: 'import'
  /**
   * The file.
   */
  path: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What is new.
 *
 */
export interface RegistryImportResult {
  /**
   * Facts in the file.
   */
  files: number
  /**
   * Facts that were not there.
   */
  created: number
}
/**
 * The inputs are verified first: files of the run, configuration, data set. The replay is a run of its own; one that differs answers INTEGRITY_ERROR and is kept.
 *
 */
export interface ReplayRequest {
  /**
   * Run, paper session or sweep: id, or path of its directory.
   */
  run_id: string
  /**
   * Sweep only: the trial to execute, by its id or its number.
   */
  trial?: string
  /**
   * Walk-forward only: the split in which the trial is executed; needed where there are several.
   */
  split?: string
  /**
   * Walk-forward only: the window of the split; the test when absent, or the training of a trial that was not tested.
   */
  phase?: 'train' | 'test'
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunRequest {
  /**
   * Symbol of the instrument.
   */
  ticker: string
  /**
   * First bar, inclusive: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * End, exclusive: ISO date (UTC midnight) or instant.
   */
  end: string
  /**
   * Bar size.
   */
  interval: string
  /**
   * Data set to run on; else the one that covers the window best.
   */
  dataset_id?: string
  /**
   * Strategy name; `quantlab --schema` lists them under strategies/.
   */
  strategy: string
  /**
   * Parameters of the strategy, checked against its own schema (`quantlab --schema strategies/<name>`).
   */
  strategy_params?: {
    [k: string]: unknown
  }
  /**
   * Fill at the close that gave the signal (published model), or at the next bar's open (realistic).
   */
  execution: 'signal_close' | 'next_open'
  /**
   * Fee per fill, as a share of the traded notional.
   */
  fee: number
  /**
   * rsi_ma_cross_v2 only: buy only while RSI is below this.
   */
  rsi_buy_max?: number
  /**
   * rsi_ma_cross_v2 only: sell when RSI is above this.
   */
  rsi_sell_min?: number
  /**
   * rsi_ma_cross_v2 only: bars (not days) ignored after each signal.
   */
  cooldown_days?: number
  /**
   * Run a paper session instead of a run.
   */
  paper: boolean
  /**
   * Starting cash.
   */
  initial_cash: number
  /**
   * Fixed slippage per fill.
   */
  slippage_bps: number
  /**
   * Fixed slippage, or scaled with the average true range.
   */
  slippage_mode: 'fixed' | 'atr'
  /**
   * atr slippage: share of ATR/close, kept between 2 and 30 basis points.
   */
  k_atr: number
  /**
   * Calendar that annualises the extended metrics (365 or 252 days a year); else the data set's.
   */
  calendar?: 'crypto' | 'exchange'
  /**
   * Also write artifacts/price_signals.svg.
   */
  save_price_plot: boolean
  /**
   * Also write the interactive page artifacts/report.html.
   */
  report: boolean
  /**
   * File of external fills, copied to the run as trades.csv and analysed as round trips.
   */
  trades_csv?: string
  /**
   * Data set of alerts: run multi_trade on them, with the candles of dataset_id (default <alerts_dataset_id>-candles). Calls from start to end; strategy is multi_trade or a name like MultiTrade_20pctTrail_50pctDropRebound_24h, strategy_params are those of `quantlab --schema alerts/multi-trade`.
   */
  alerts_dataset_id?: string
  /**
   * The same as one published SimulationRequest (`quantlab --schema alerts/simulation-request`): it holds data, window, strategy and models.
   */
  simulation_request?: {
    [k: string]: unknown
  }
  /**
   * Run this pipeline instead of a backtest of one strategy: majors_alts is the majors-versus-alts regime monitor on a panel. It takes dataset_id, start, end (both days inclusive), the parameters below, reports_dir and trace_id.
   */
  pipeline?: 'majors_alts'
  /**
   * pipeline only. msm: basket by market cap against fixed majors; regular: basket by volume, hedged by betas. Default: the configuration's mode, else msm for an experiment with category_path msm or a configuration with a section basket or target, else regular.
   */
  mode?: 'msm' | 'regular'
  /**
   * pipeline only. Configuration (`quantlab --schema regime/config`), or the path of a YAML or JSON file with it.
   */
  config?:
    | string
    | {
        [k: string]: unknown
      }
  /**
   * pipeline only. File of the configuration; not with config.
   */
  config_path?: string
  /**
   * pipeline only. Experiment over the configuration (`quantlab --schema regime/experiment`), or the path of a YAML or JSON file with it.
   */
  experiment?:
    | string
    | {
        [k: string]: unknown
      }
  /**
   * pipeline only. File of the experiment; not with experiment.
   */
  experiment_path?: string
  /**
   * pipeline only, in place of start and end: run from the panel's first day to this one and say what to hold (signals_today.json).
   */
  asof?: string
  /**
   * pipeline only. Days before start that only warm the features up; default 0.
   */
  prefetch_days?: number
  /**
   * pipeline only. Directory below the root that also receives the reports; default outputs.reports_dir of the configuration, else none.
   */
  reports_dir?: string
  /**
   * Tags of the run in the registry; RunSets select runs by them.
   *
   * @maxItems 1000
   */
  tags?: string[]
  /**
   * Universe the run declares: callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume. RunSets select runs by it.
   */
  universe?: {
    /**
     * Callers whose alerts the run took.
     *
     * @maxItems 1000
     */
    callers?: string[]
    /**
     * Chains.
     *
     * @maxItems 1000
     */
    chains?: string[]
    /**
     * Venues.
     *
     * @maxItems 1000
     */
    venues?: string[]
    /**
     * Sources of tokens.
     *
     * @maxItems 1000
     */
    token_sources?: string[]
    /**
     * Least market capitalisation.
     */
    min_market_cap?: number
    /**
     * Greatest market capitalisation.
     */
    max_market_cap?: number
    /**
     * Least volume.
     */
    min_volume?: number
  }
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunResult {
  /**
   * Identity of the run and name of its directory.
   */
  run_id: string
  /**
   * Absolute directory of the artifacts.
   */
  artifacts_path: string
  /**
   * Absolute path of report.json.
   */
  report_path: string
  /**
   * Kind of machine contract in report.json.
   */
  contract_type: string
  summary: Summary
  /**
   * Absolute path of the refreshed shared index.
   */
  runs_index_json?: string
}
/**
 * Every run of a directory.
 *
 */
export interface RunsListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Directory that holds run directories; left out, outputs/runs of the root.
   */
  dir?: string
  /**
   * Metric shown in the table and used by sort: metric.
   */
  metric: 'sharpe_simple' | 'total_return' | 'max_drawdown' | 'trades'
  /**
   * Order: by directory name, newest first, or highest metric first (runs without a value last).
   */
  sort: 'name' | 'created_at' | 'metric'
  /**
   * Only runs of this mode, e.g. run, grid, walkforward.
   */
  mode?: string
  /**
   * Only runs of this symbol.
   */
  ticker?: string
  /**
   * Rows at most; left out, all.
   */
  limit?: number
  /**
   * Rows to leave out at the front.
   */
  offset: number
  /**
   * Only registered runs on this data set.
   */
  dataset?: string
  /**
   * Only registered runs of this strategy.
   */
  strategy_hash?: string
  /**
   * Only registered runs of this family, or one that begins with it and an underscore.
   */
  strategy_family?: string
  /**
   * Only registered runs of this engine version.
   */
  engine_version?: string
  /**
   * Only registered runs of these statuses.
   */
  status?: ('pending' | 'running' | 'completed' | 'failed' | 'cancelled')[]
  /**
   * Only registered runs that carry all these tags.
   *
   * @maxItems 100000
   */
  tags?: string[]
  /**
   * Only runs registered from this day or instant on.
   */
  from?: string
  /**
   * Only runs registered to this day (included) or instant (excluded).
   */
  to?: string
  /**
   * Deleted runs too.
   */
  deleted: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunsListResult {
  /**
   * Absolute directory that was listed.
   */
  root_dir: string
  /**
   * Runs that match the filters, on every page together.
   */
  n_runs: number
  /**
   * The rows of this page.
   */
  runs: RunsIndexRow[]
  /**
   * The rows of the page that are registered, in its order; a run that only the registry knows has no row in runs.
   */
  registered?: RegisteredRun[]
  /**
   * All that fit, before paging.
   */
  total?: number
}
/**
 * A run as the registry knows it.
 *
 */
export interface RegisteredRun {
  /**
   * Its id.
   */
  runId: string
  /**
   * What was run: equal keys are replicates.
   */
  runKey: string
  /**
   * Data sets it read.
   *
   * @maxItems 100000
   */
  datasetIds: string[]
  /**
   * Its strategy.
   */
  strategySpecHash: string
  /**
   * Its strategy family.
   */
  strategyFamily?: string
  /**
   * Its parameters.
   */
  strategyParams?: unknown
  /**
   * Engine version.
   */
  engineVersion: string
  /**
   * Seed; 0 where nothing is random.
   */
  seed: number
  /**
   * Hash of everything besides data set, strategy, engine and seed that decides a result.
   */
  executionAssumptionsHash?: string
  /**
   * Data window [from, to).
   */
  window?: unknown
  /**
   * Declared universe.
   */
  universe?: unknown
  /**
   * Alert window policy.
   */
  alertWindowPolicy?: string
  /**
   * Status.
   */
  status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
  /**
   * Tags.
   *
   * @maxItems 100000
   */
  tags: string[]
  /**
   * Fingerprint.
   */
  fingerprint?: string
  /**
   * When it was made.
   */
  createdAt: string
  /**
   * When it ended.
   */
  completedAt?: string
  /**
   * True where it is deleted.
   */
  deleted?: boolean
  /**
   * Trials behind it.
   */
  trialCount?: number
  /**
   * Its summary.
   */
  metrics?: unknown
  /**
   * What else is known.
   */
  metadata?: unknown
}
/**
 * One run: its index row and what it recorded.
 *
 */
export interface RunsShowRequest {
  /**
   * The verb.
   */
  action: 'show'
  /**
   * Run id below outputs/runs, or path of a run directory.
   */
  run_id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunsShowResult {
  run: RunsIndexRow
  /**
   * metadata.json (meta.json of an earlier layout); null where there is none.
   */
  metadata: {
    [k: string]: unknown
  } | null
  /**
   * config.json; null where there is none.
   */
  config: {
    [k: string]: unknown
  } | null
  /**
   * metrics.json; null where there is none.
   */
  metrics: {
    [k: string]: unknown
  } | null
}
/**
 * The run with the highest value of a metric.
 *
 */
export interface RunsBestRequest {
  /**
   * The verb.
   */
  action: 'best'
  /**
   * Directory that holds run directories; left out, outputs/runs of the root.
   */
  dir?: string
  /**
   * Metric to maximise.
   */
  metric: 'sharpe_simple' | 'total_return' | 'max_drawdown' | 'trades'
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunsBestResult {
  /**
   * The metric.
   */
  metric: string
  /**
   * The run.
   */
  run_id: string
  /**
   * Its value, in the unit of the metric.
   */
  value: number
  /**
   * Absolute directory of the run.
   */
  path: string
}
/**
 * Rank chosen runs and write the comparison.
 *
 */
export interface RunsCompareRequest {
  /**
   * The verb.
   */
  action: 'compare'
  /**
   * Runs to compare: ids below outputs/runs, or paths of run directories.
   *
   * @minItems 1
   * @maxItems 10000
   *
   * Items: Run id below outputs/runs, or path of a run directory.
   */
  runs: [string, ...string[]]
  /**
   * Metric to rank by, highest first.
   */
  metric: 'sharpe_simple' | 'total_return' | 'max_drawdown' | 'trades'
  /**
   * Directory for compare_report.json and compare_report.md, below the root.
   */
  outdir: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunsCompareResult {
  /**
   * Absolute path of the report.
   */
  compare_report_json: string
  /**
   * Absolute path of the same for reading.
   */
  compare_report_md: string
  report: CompareReport
}
/**
 * Take one run apart: advanced_report.json, .md and .html with pictures, and the run's own interactive page artifacts/report.html.
 *
 */
export interface RunsReportRequest {
  /**
   * The verb.
   */
  action: 'report'
  /**
   * Id of a run, paper or forward session, or path of its directory.
   */
  run_id: string
  /**
   * Directory for the report's files, below the root; left out, the run's own directory.
   */
  outdir?: string
  /**
   * Bars of the moving window of the rolling figures.
   */
  rolling_window: number
  /**
   * Also write the interactive page advanced_report.html.
   */
  html: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunsReportResult {
  /**
   * The run.
   */
  run_id: string | null
  /**
   * Absolute path of the report.
   */
  advanced_report_json: string
  /**
   * Absolute path of the same for reading.
   */
  advanced_report_md: string
  /**
   * Absolute path of the interactive page; null where none was asked for.
   */
  advanced_report_html: string | null
  /**
   * Absolute path of the run's own interactive page, artifacts/report.html, made where it was absent; null for what is no plain run.
   */
  report_html: string | null
  report: AdvancedReport
}
/**
 * Remove interrupted sweeps that nobody will continue; finished runs are never touched.
 *
 */
export interface RunsRepairRequest {
  /**
   * The verb.
   */
  action: 'repair'
  /**
   * Only this one; left out, all.
   */
  run_id?: string
  /**
   * Only list them.
   */
  dry_run: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface RunsRepairResult {
  /**
   * Interrupted sweeps that are gone now; with dry_run, that would be.
   */
  removed: InterruptedSweep[]
  /**
   * Sweeps that another process has gone on with meanwhile.
   */
  kept: InterruptedSweep[]
}
/**
 * A sweep that waits to be continued; null where its record cannot be read.
 *
 */
export interface InterruptedSweep {
  /**
   * Its run id, which `resume` takes.
   */
  run_id: string
  /**
   * Its mode.
   */
  mode: string | null
  /**
   * When it was begun, UTC.
   */
  started_at: string | null
  /**
   * Its configuration.
   */
  config_path: string | null
  /**
   * Trials of its space.
   */
  trials: number | null
}
/**
 * One file that a run or data set is made of, as it was registered.
 *
 */
export interface RunsRegisteredArtifact {
  /**
   * Identity: content, kind and owner.
   */
  artifactId: string
  /**
   * Kind: trades, metrics, curves …
   */
  kind: string
  /**
   * output, input or derived.
   */
  role: string
  /**
   * Where it is; relative to the root where it lies below it.
   */
  uri: string
  /**
   * SHA-256 of the file.
   */
  contentHash: string
  /**
   * Run it belongs to.
   */
  runId?: string
  /**
   * Data set it belongs to.
   */
  datasetId?: string
  /**
   * Size.
   */
  bytes?: number
  /**
   * Rows.
   */
  rowCount?: number
  /**
   * Version of its own schema.
   */
  schemaVersion?: string
}
/**
 * Register a run that was made elsewhere, or many from a file of JSON lines.
 *
 */
export interface RunsRegisterRequest {
  /**
   * The verb.
   */
  action: 'register'
  /**
   * Run id; else run- and the beginning of its key.
   */
  id?: string
  /**
   * Data sets it read.
   *
   * @maxItems 100000
   */
  datasets?: string[]
  /**
   * Strategy; may be left out where family and params are given.
   */
  strategy_hash?: string
  /**
   * Strategy family.
   */
  strategy_family?: string
  /**
   * Strategy parameters.
   */
  params?: {
    [k: string]: unknown
  }
  /**
   * Engine version.
   */
  engine_version?: string
  /**
   * Seed; 0 where nothing is random.
   */
  seed?: number
  /**
   * Hash of the execution assumptions.
   */
  assumptions_hash?: string
  /**
   * First instant of the data window.
   */
  from?: string
  /**
   * End of the data window; a bare date is that midnight.
   */
  to?: string
  /**
   * Callers it declares.
   *
   * @maxItems 100000
   */
  callers?: string[]
  /**
   * Chains it declares.
   *
   * @maxItems 100000
   */
  chains?: string[]
  /**
   * Venues it declares.
   *
   * @maxItems 100000
   */
  venues?: string[]
  /**
   * Token sources it declares.
   *
   * @maxItems 100000
   */
  token_sources?: string[]
  /**
   * Least market capitalisation it declares.
   */
  min_market_cap?: number
  /**
   * Greatest market capitalisation it declares.
   */
  max_market_cap?: number
  /**
   * Least volume it declares.
   */
  min_volume?: number
  /**
   * Alert window policy.
   */
  alert_window_policy?: string
  /**
   * Status; else completed.
   */
  status?: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
  /**
   * Tags.
   *
   * @maxItems 100000
   */
  tags?: string[]
  /**
   * Fingerprint.
   */
  fingerprint?: string
  /**
   * Artifacts as kind=path; each file is hashed.
   *
   * @maxItems 100000
   */
  artifact?: string[]
  /**
   * A manifest.json of a run to fill in what is not given.
   */
  manifest?: string
  /**
   * File with one such request a line, instead of the other parameters.
   */
  from_jsonl?: string
  /**
   * Refuse data sets that are not registered.
   */
  strict: boolean
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The run, or the counts of many.
 *
 */
export interface RunsRegisterResult {
  /**
   * The run.
   */
  run?: RegisteredRun
  /**
   * True where it is new; of many how many are.
   */
  created: boolean | number
  /**
   * Of many, how many were there.
   */
  unchanged?: number
  /**
   * Other runs with the same key.
   *
   * @maxItems 100000
   */
  replicates?: string[]
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * A registered run with its artifacts and what holds it.
 *
 */
export interface RunsGetRequest {
  /**
   * The verb.
   */
  action: 'get'
  /**
   * Run id.
   */
  id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The run.
 *
 */
export interface RunsGetResult {
  /**
   * The run.
   */
  run: RegisteredRun
  /**
   * Its artifacts.
   */
  artifacts: RunsRegisteredArtifact[]
  /**
   * Other runs with the same key.
   *
   * @maxItems 100000
   */
  replicates: string[]
  /**
   * Pins, experiments, exports and resolutions that hold it.
   *
   * @maxItems 100000
   */
  usedBy: string[]
}
/**
 * Add and remove tags of a run.
 *
 */
export interface RunsTagRequest {
  /**
   * The verb.
   */
  action: 'tag'
  /**
   * Run id.
   */
  id: string
  /**
   * Tags to add.
   *
   * @maxItems 100000
   */
  add?: string[]
  /**
   * Tags to remove.
   *
   * @maxItems 100000
   */
  remove?: string[]
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The run.
 *
 */
export interface RunsTagResult {
  /**
   * The run as it stands.
   */
  run: RegisteredRun
  /**
   * False where nothing changed.
   */
  changed: boolean
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * Move the status of a run forward.
 *
 */
export interface RunsFinishRequest {
  /**
   * The verb.
   */
  action: 'finish'
  /**
   * Run id.
   */
  id: string
  /**
   * The new status.
   */
  status: 'running' | 'completed' | 'failed' | 'cancelled'
  /**
   * Why, for the record.
   */
  reason?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The run.
 *
 */
export interface RunsFinishResult {
  /**
   * The run as it stands.
   */
  run: RegisteredRun
  /**
   * False where nothing changed.
   */
  changed: boolean
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * Hide a run from listings and selections; its facts and pins stay.
 *
 */
export interface RunsDeleteRequest {
  /**
   * The verb.
   */
  action: 'delete'
  /**
   * Run id.
   */
  id: string
  /**
   * Bring it back instead.
   */
  restore: boolean
  /**
   * Why, for the record.
   */
  reason?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The run.
 *
 */
export interface RunsDeleteResult {
  /**
   * The run as it stands.
   */
  run: RegisteredRun
  /**
   * False where nothing changed.
   */
  changed: boolean
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * Something a reader should know.
 *
 */
export interface RegistryWarning {
  /**
   * Name of the warning.
   */
  code: string
  /**
   * In words.
   */
  message: string
  /**
   * How many it is about.
   */
  count?: number
  /**
   * Some of them.
   *
   * @maxItems 100000
   */
  sample?: string[]
}
/**
 * One file that a run or data set is made of, as it was registered.
 *
 */
export interface RegisteredArtifact {
  /**
   * Identity: content, kind and owner.
   */
  artifactId: string
  /**
   * Kind: trades, metrics, curves …
   */
  kind: string
  /**
   * output, input or derived.
   */
  role: string
  /**
   * Where it is; relative to the root where it lies below it.
   */
  uri: string
  /**
   * SHA-256 of the file.
   */
  contentHash: string
  /**
   * Run it belongs to.
   */
  runId?: string
  /**
   * Data set it belongs to.
   */
  datasetId?: string
  /**
   * Size.
   */
  bytes?: number
  /**
   * Rows.
   */
  rowCount?: number
  /**
   * Version of its own schema.
   */
  schemaVersion?: string
}
/**
 * A named selection of runs; it never changes.
 *
 */
export interface RunsetSpec {
  /**
   * Its name.
   */
  runsetId: string
  /**
   * Name for people.
   */
  name: string
  /**
   * What it is for.
   */
  description?: string
  /**
   * Data set, or family where latest is set.
   */
  datasetId?: string
  /**
   * Follow the newest data set of the family.
   */
  latest?: boolean
  /**
   * Universe filter: chains, venues, tokenSources, callers, minMarketCap, maxMarketCap, minVolume.
   */
  universe?: unknown
  /**
   * Time bounds [from, to) as instants, with match and alertWindowPolicy.
   */
  timeBounds?: unknown
  /**
   * Strategy filter: strategyFamily, strategyHash, engineVersion, paramConstraints.
   */
  strategy?: unknown
  /**
   * Tags a run must all carry.
   *
   * @maxItems 100000
   */
  runTags?: string[]
  /**
   * Runs listed by id.
   *
   * @maxItems 100000
   */
  runIds?: string[]
  /**
   * Statuses a run may have.
   *
   * @maxItems 100000
   */
  statuses?: string[]
  /**
   * Labels on the RunSet itself.
   *
   * @maxItems 100000
   */
  tags: string[]
  /**
   * True where a pin is in force.
   */
  frozen: boolean
  /**
   * When it was created.
   */
  createdAt: string
  /**
   * By whom.
   */
  createdBy?: string
  /**
   * Notes.
   */
  notes?: string
  /**
   * Version of this shape.
   */
  specVersion: string
  /**
   * Identity of the selection.
   */
  specHash: string
  /**
   * The normalised selection: exactly one form. This is what specHash hashes.
   */
  select: unknown
  /**
   * The set expression as written.
   */
  expr?: string
  /**
   * The time bounds as written: from, to.
   */
  written?: unknown
}
/**
 * The answer to a RunSet at a moment.
 *
 */
export interface RunsetResolution {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * Identity of the answer, free of time.
   */
  resolutionId: string
  /**
   * Identity of the selection.
   */
  specHash: string
  /**
   * Version of the rules it was answered by.
   */
  resolverVersion: string
  /**
   * When.
   */
  resolvedAt: string
  /**
   * Members in code-point order.
   *
   * @maxItems 100000
   */
  runIds: string[]
  /**
   * Their artifacts by run, kind and id.
   */
  artifacts: RegisteredArtifact[]
  /**
   * SHA-256 of the canonical JSON list of the member ids.
   */
  contentHash: string
  /**
   * SHA-256 over owner, kind and content of every artifact.
   */
  artifactsHash: string
  /**
   * Data sets it was answered on.
   *
   * @maxItems 100000
   */
  datasetIds: string[]
  /**
   * State of the facts it was answered from.
   */
  catalogHash: string
  /**
   * Counts, coverage, warnings, and why other runs are out.
   */
  metadata: {
    /**
     * Members.
     */
    runCount: number
    /**
     * Their artifacts.
     */
    artifactCount: number
    /**
     * dateRange over the data windows of the members, runCount, callerCount.
     */
    coverage: unknown
    /**
     * Warnings.
     */
    warnings: RegistryWarning[]
    /**
     * Condition → candidate runs that it left out.
     */
    excluded: unknown
  }
  /**
   * True where this answer is the pinned one.
   */
  frozen: boolean
  /**
   * Why it was recorded.
   */
  kind: 'resolve' | 'forced' | 'preview'
}
/**
 * An answer without its members and artifacts.
 *
 */
export interface RunsetResolutionSummary {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * Identity of the answer, free of time.
   */
  resolutionId: string
  /**
   * Identity of the selection.
   */
  specHash: string
  /**
   * Version of the rules it was answered by.
   */
  resolverVersion: string
  /**
   * When.
   */
  resolvedAt: string
  /**
   * SHA-256 of the canonical JSON list of the member ids.
   */
  contentHash: string
  /**
   * SHA-256 over owner, kind and content of every artifact.
   */
  artifactsHash: string
  /**
   * Data sets it was answered on.
   *
   * @maxItems 100000
   */
  datasetIds: string[]
  /**
   * State of the facts it was answered from.
   */
  catalogHash: string
  /**
   * Counts, coverage, warnings, and why other runs are out.
   */
  metadata: {
    /**
     * Members.
     */
    runCount: number
    /**
     * Their artifacts.
     */
    artifactCount: number
    /**
     * dateRange over the data windows of the members, runCount, callerCount.
     */
    coverage: unknown
    /**
     * Warnings.
     */
    warnings: RegistryWarning[]
    /**
     * Condition → candidate runs that it left out.
     */
    excluded: unknown
  }
  /**
   * True where this answer is the pinned one.
   */
  frozen: boolean
  /**
   * Why it was recorded.
   */
  kind: 'resolve' | 'forced' | 'preview'
}
/**
 * A pin: from then on the RunSet means that answer.
 *
 */
export interface RunsetPin {
  /**
   * Number of the pin, from 1.
   */
  pin: number
  /**
   * Number of its event.
   */
  seq: number
  /**
   * When.
   */
  at: string
  /**
   * The answer.
   */
  resolutionId: string
  /**
   * Its membership hash.
   */
  contentHash: string
  /**
   * Its artifacts hash.
   */
  artifactsHash: string
  /**
   * Who.
   */
  actor?: string
  /**
   * Why.
   */
  reason?: string
  /**
   * True for the pin in force.
   */
  active: boolean
}
/**
 * One recorded answer.
 *
 */
export interface RunsetHistoryItem {
  /**
   * Its number.
   */
  seq: number
  /**
   * Why it was recorded.
   */
  kind: string
  /**
   * When.
   */
  resolvedAt: string
  /**
   * The answer.
   */
  resolutionId: string
  /**
   * Membership hash.
   */
  contentHash: string
  /**
   * Artifacts hash.
   */
  artifactsHash: string
  /**
   * Members.
   */
  runCount: number
  /**
   * Artifacts.
   */
  artifactCount: number
  /**
   * Members that the record before lacks.
   */
  added: number
  /**
   * Members that only the record before has.
   */
  removed: number
  /**
   * True where it is pinned.
   */
  pinned: boolean
  /**
   * Numbers of the pins that hold it.
   *
   * Items: Pin number.
   */
  pins: number[]
  /**
   * Who.
   */
  actor?: string
  /**
   * Why.
   */
  reason?: string
}
/**
 * One way in which reality has moved, by name.
 *
 */
export interface RunsetStatusCause {
  /**
   * Name.
   */
  cause:
    | 'never_resolved'
    | 'runs_added'
    | 'runs_left'
    | 'members_tombstoned'
    | 'artifacts_registered'
    | 'artifacts_changed'
    | 'artifacts_missing'
    | 'newer_dataset'
    | 'newer_resolver'
  /**
   * How many.
   */
  count: number
  /**
   * The first twenty.
   *
   * @maxItems 100000
   */
  sample: string[]
  /**
   * In words.
   */
  message: string
}
/**
 * A RunSet with its answer.
 *
 */
export interface RunsetView {
  /**
   * The selection.
   */
  spec: RunsetSpec
  /**
   * The pinned or newest answer; absent in a draft.
   */
  resolution?: RunsetResolution
  /**
   * reproducible where a pin is in force, else exploration.
   */
  mode: 'exploration' | 'reproducible'
}
/**
 * Name a selection of runs. The same id with the same selection changes nothing but labels; with another it is a conflict.
 *
 */
export interface RunsetCreateRequest {
  /**
   * The verb.
   */
  action: 'create'
  /**
   * Id of the RunSet.
   */
  id: string
  /**
   * Name for people; else the id.
   */
  name?: string
  /**
   * What it is for.
   */
  description?: string
  /**
   * Notes.
   */
  notes?: string
  /**
   * Data set the runs read; with latest a family.
   */
  dataset?: string
  /**
   * First day or instant of the data window, inclusive.
   */
  from?: string
  /**
   * Last day (included) or instant (excluded) of the data window.
   */
  to?: string
  /**
   * What the bounds are compared with: the data window lies within them, overlaps them, or the run was executed in them.
   */
  match?: 'within' | 'overlap' | 'executed'
  /**
   * Callers of the run: all among these.
   *
   * @maxItems 100000
   */
  caller?: string[]
  /**
   * Chains of the run: all among these.
   *
   * @maxItems 100000
   */
  chain?: string[]
  /**
   * Venues of the run: all among these.
   *
   * @maxItems 100000
   */
  venue?: string[]
  /**
   * Token sources of the run: all among these.
   *
   * @maxItems 100000
   */
  token_source?: string[]
  /**
   * Least market capitalisation the run declares.
   */
  min_market_cap?: number
  /**
   * Greatest market capitalisation the run declares.
   */
  max_market_cap?: number
  /**
   * Least volume the run declares.
   */
  min_volume?: number
  /**
   * Alert window policy of the run.
   */
  alert_window_policy?: string
  /**
   * Strategy family, or its beginning before an underscore.
   */
  strategy_family?: string
  /**
   * Strategy, exactly.
   */
  strategy_hash?: string
  /**
   * Engine version, exactly.
   */
  engine_version?: string
  /**
   * Bounds on strategy parameters: path>=number, path<=number or path=value.
   *
   * @maxItems 100000
   */
  param?: string[]
  /**
   * Tags the run must all carry.
   *
   * @maxItems 100000
   */
  run_tags?: string[]
  /**
   * Runs by id; other conditions then become assertions.
   *
   * @maxItems 100000
   */
  run_ids?: string[]
  /**
   * File with run ids, one a line.
   */
  run_ids_file?: string
  /**
   * Statuses the run may have; else completed.
   */
  status?: ('pending' | 'running' | 'completed' | 'failed' | 'cancelled')[]
  /**
   * Take dataset as a family and follow its newest data set.
   */
  latest: boolean
  /**
   * Set algebra over references instead of conditions: "A minus B", union, intersect, parentheses.
   */
  expr?: string
  /**
   * JSON file with the selection instead of these flags.
   */
  spec?: string
  /**
   * Labels on the RunSet itself, no part of the selection.
   *
   * @maxItems 100000
   */
  tags?: string[]
  /**
   * Resolve it at once.
   */
  auto_resolve: boolean
  /**
   * Check and show; write nothing.
   */
  dry_run: boolean
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The RunSet as it stands.
 *
 */
export interface RunsetCreateResult {
  /**
   * The RunSet.
   */
  runset: RunsetView
  /**
   * False where it was there.
   */
  created: boolean
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * Find the runs a RunSet means: the pin where it is frozen, else as the registry stands.
 *
 */
export interface RunsetResolveRequest {
  /**
   * The verb.
   */
  action: 'resolve'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Record a new answer even where nothing changed; of a frozen RunSet a preview.
   */
  force: boolean
  /**
   * Runs listed in the text; 0 for all.
   */
  limit_list: number
  /**
   * Add how many runs each condition leaves.
   */
  explain: boolean
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The answer.
 *
 */
export interface RunsetResolveResult {
  /**
   * The answer.
   */
  resolution: RunsetResolution
  /**
   * reproducible where a pin is in force, else exploration.
   */
  mode: 'exploration' | 'reproducible'
  /**
   * True where it was on record and nothing was written.
   */
  cached: boolean
  /**
   * What happened, in words.
   */
  message: string
  /**
   * True where the RunSet is frozen and this is what it would give.
   */
  preview?: boolean
  /**
   * From the pin to the preview.
   */
  diff?: unknown
  /**
   * Runs that each condition leaves.
   *
   * Items: One condition.
   */
  funnel?: {
    /**
     * Its name.
     */
    condition: string
    /**
     * Runs left.
     */
    runs: number
  }[]
}
/**
 * Pin the answer that was reviewed: from then on the RunSet means it.
 *
 */
export interface RunsetFreezeRequest {
  /**
   * The verb.
   */
  action: 'freeze'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Resolve first instead of pinning what was reviewed.
   */
  fresh: boolean
  /**
   * At least 8 hex digits the membership hash must begin with.
   */
  expect_hash?: string
  /**
   * Pin an empty answer too.
   */
  allow_empty: boolean
  /**
   * Pin without reading the artifacts.
   */
  no_verify: boolean
  /**
   * Move the pin of a frozen RunSet.
   */
  repin: boolean
  /**
   * Why, for the record.
   */
  reason?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The pin.
 *
 */
export interface RunsetFreezeResult {
  /**
   * What is pinned.
   */
  resolution: RunsetResolution
  /**
   * The pin.
   */
  pin: RunsetPin
  /**
   * False where just this was pinned already.
   */
  changed: boolean
  /**
   * What happened, in words.
   */
  message: string
}
/**
 * Return a RunSet to exploration; its pins stay addressable.
 *
 */
export interface RunsetUnfreezeRequest {
  /**
   * The verb.
   */
  action: 'unfreeze'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Why, for the record.
   */
  reason?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The pin that was.
 *
 */
export interface RunsetUnfreezeResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * reproducible where a pin is in force, else exploration.
   */
  mode: 'exploration' | 'reproducible'
  /**
   * The pin that was in force.
   */
  previousPin: RunsetPin
}
/**
 * RunSets, newest first.
 *
 */
export interface RunsetListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Labels it must all carry.
   *
   * @maxItems 100000
   */
  tags?: string[]
  /**
   * Data set it selects from.
   */
  dataset?: string
  /**
   * Only frozen ones.
   */
  frozen: boolean
  /**
   * Only those that are not frozen.
   */
  no_frozen: boolean
  /**
   * Only of this mode.
   */
  mode?: 'exploration' | 'reproducible'
  /**
   * Only those whose answer is not what the registry gives now.
   */
  stale: boolean
  /**
   * At most this many.
   */
  limit: number
  /**
   * Left out at the front.
   */
  offset: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * A page of RunSets.
 *
 */
export interface RunsetListResult {
  /**
   * The page.
   *
   * Items: A RunSet without members.
   */
  runsets: {
    /**
     * The selection.
     */
    spec: RunsetSpec
    /**
     * The pinned or newest answer.
     */
    resolution?: RunsetResolutionSummary
    /**
     * reproducible where a pin is in force, else exploration.
     */
    mode: 'exploration' | 'reproducible'
  }[]
  /**
   * All that fit.
   */
  total: number
  /**
   * Limit of the page.
   */
  limit: number
  /**
   * Offset of the page.
   */
  offset: number
}
/**
 * A RunSet, or one of its answers.
 *
 */
export interface RunsetGetRequest {
  /**
   * The verb.
   */
  action: 'get'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Add this many records of its history.
   */
  history?: number
  /**
   * Take an alias as it was at this instant.
   */
  at?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * How far reality has moved.
 *
 */
export interface RunsetStaleness {
  /**
   * True where nothing differs.
   */
  current: boolean
  /**
   * Every difference with its cause.
   */
  causes: RunsetStatusCause[]
}
/**
 * The RunSet.
 *
 */
export interface RunsetGetResult {
  /**
   * The selection.
   */
  spec: RunsetSpec
  /**
   * The answer meant; absent in a draft.
   */
  resolution?: RunsetResolution
  /**
   * reproducible where a pin is in force, else exploration.
   */
  mode: 'exploration' | 'reproducible'
  /**
   * The pin.
   */
  pin?: RunsetPin
  /**
   * Its records, newest first.
   */
  history?: RunsetHistoryItem[]
  /**
   * Against the registry as it stands; artifacts are not read.
   */
  staleness?: RunsetStaleness
}
/**
 * Hide a RunSet; its facts stay.
 *
 */
export interface RunsetDeleteRequest {
  /**
   * The verb.
   */
  action: 'delete'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Why, for the record.
   */
  reason?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was deleted.
 *
 */
export interface RunsetDeleteResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * Always true.
   */
  deleted: boolean
  /**
   * False where it was deleted before.
   */
  changed: boolean
}
/**
 * What a RunSet has been resolved to, newest first.
 *
 */
export interface RunsetHistoryRequest {
  /**
   * The verb.
   */
  action: 'history'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * At most this many.
   */
  limit: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Its records.
 *
 */
export interface RunsetHistoryResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * Newest first.
   */
  history: RunsetHistoryItem[]
  /**
   * All records.
   */
  total: number
}
/**
 * How far reality has moved from what a RunSet is pinned or was resolved to; writes nothing.
 *
 */
export interface RunsetStatusRequest {
  /**
   * The verb.
   */
  action: 'status'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Do not look at the artifacts on disk.
   */
  fast: boolean
  /**
   * Exit 9 where something differs.
   */
  exit_code: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Every difference with its cause.
 *
 */
export interface RunsetStatusResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * reproducible where a pin is in force, else exploration.
   */
  mode: 'exploration' | 'reproducible'
  /**
   * True where nothing differs.
   */
  current: boolean
  /**
   * The differences.
   */
  causes: RunsetStatusCause[]
  /**
   * What was compared with.
   */
  resolutionId?: string
  /**
   * Its membership hash.
   */
  contentHash?: string
  /**
   * Membership hash of the selection now.
   */
  contentHashNow: string
  /**
   * Members then.
   */
  runCount: number
  /**
   * Members now.
   */
  runCountNow: number
}
/**
 * What changed from one answer to another; without a second, to what the first gives now.
 *
 */
export interface RunsetDiffRequest {
  /**
   * The verb.
   */
  action: 'diff'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  a: string
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  b?: string
  /**
   * Compare with what a gives now.
   */
  now: boolean
  /**
   * Also compare metrics: `summary` (count, mean, median, quartiles of each summary metric), or one SELECT over the tables of `lab query`, run over either side. Rows are told apart by the columns that are no numbers; each number is given before, after, and as their difference.
   */
  metrics?: string
  /**
   * Seconds that the SQL of metrics may take on each side.
   */
  timeout: number
  /**
   * Memory that the SQL of metrics may use, e.g. 512MB or 4GB; nothing spills to disk.
   */
  memory: string
  /**
   * Exit 9 where something differs.
   */
  exit_code: boolean
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The difference.
 *
 */
export interface RunsetDiffResult {
  /**
   * Before.
   */
  a: string
  /**
   * After.
   */
  b: string
  /**
   * True where nothing differs.
   */
  same: boolean
  /**
   * added, removed: run ids; common: how many are in both.
   */
  runs: unknown
  /**
   * added, removed: counts; changed: artifacts of runs that are in both.
   */
  artifacts: unknown
  /**
   * before and after.
   */
  contentHash?: unknown
  /**
   * before and after.
   */
  artifactsHash?: unknown
  /**
   * added and removed data sets.
   */
  datasetIds?: unknown
  /**
   * before and after.
   */
  resolverVersion?: unknown
  /**
   * Runs that came and went by strategy, data sets and day.
   *
   * Items: group, added, removed.
   */
  groups: unknown[]
  /**
   * Runs that came and went by the code that made them: engineVersion, gitSha (null where unknown), added, removed.
   *
   * Items: engineVersion, gitSha, added, removed.
   */
  code: unknown[]
  /**
   * Fields of the selections that differ.
   *
   * Items: field, before, after.
   */
  spec: unknown[]
  metrics?: RunsetMetricsDifference
}
/**
 * Metrics of both sides, from artifacts whose content was checked; only where they were asked for.
 */
export interface RunsetMetricsDifference {
  /**
   * The SELECT that was run over either side.
   */
  sql: string
  /**
   * Columns that tell rows apart.
   */
  keys: string[]
  /**
   * Columns that are numbers.
   */
  figures: string[]
  /**
   * A row for each key, in the order of the SQL: those of both sides and of the first, then those of the second alone.
   */
  rows: RunsetMetricsRow[]
}
export interface RunsetMetricsRow {
  /**
   * Values of the key columns.
   *
   * Items: A cell.
   */
  key: unknown[]
  /**
   * Figures of the first side by column, null where undefined; null where the side has no such row.
   */
  before: unknown[] | null
  /**
   * Figures of the second side by column; null where the side has no such row.
   */
  after: unknown[] | null
  /**
   * After less before; null where either is absent or undefined.
   *
   * Items: A figure in the unit that the SQL gives it.
   */
  delta: unknown[]
}
/**
 * Check an answer: ids against stored rows, runs against the registry, every artifact against its content.
 *
 */
export interface RunsetVerifyRequest {
  /**
   * The verb.
   */
  action: 'verify'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Existence and size only.
   */
  fast: boolean
  /**
   * At least 8 hex digits the membership hash must begin with.
   */
  expect_hash?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was checked; anything missing, changed or unreadable is an error instead.
 *
 */
export interface RunsetVerifyResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * The answer.
   */
  resolutionId: string
  /**
   * Its membership hash.
   */
  contentHash: string
  /**
   * Its artifacts hash.
   */
  artifactsHash: string
  /**
   * True where nothing is wrong.
   */
  intact: boolean
  /**
   * True where no content was read.
   */
  fast: boolean
  /**
   * checked, missing, tombstoned.
   */
  runs: unknown
  /**
   * Count of each state.
   */
  artifacts: unknown
  /**
   * Sum of the bits of the states that occur: 1 missing, 2 changed, 4 unreadable, 8 not verifiable.
   */
  bits: number
  /**
   * Artifacts that are not intact.
   *
   * Items: uri, owner, kind, state, expected, found.
   */
  faults: unknown[]
}
/**
 * Why a run is in a RunSet or not: every condition with the values compared.
 *
 */
export interface RunsetExplainRequest {
  /**
   * The verb.
   */
  action: 'explain'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * Run id.
   */
  run: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * Every condition.
 *
 */
export interface RunsetExplainResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * The run.
   */
  runId: string
  /**
   * True where it is in the selection now.
   */
  matches: boolean
  /**
   * True where it is in the pinned or newest answer; null in a draft.
   */
  member: boolean | null
  /**
   * Conditions.
   *
   * Items: condition, holds, undeclared, wanted, has.
   */
  conditions: unknown[]
}
/**
 * What a RunSet, run, data set or experiment is made from, and what is made from it.
 *
 */
export interface RunsetLineageRequest {
  /**
   * The verb.
   */
  action: 'lineage'
  /**
   * RunSet, run, data set or experiment.
   */
  id: string
  /**
   * Only what it is made from.
   */
  up: boolean
  /**
   * Only what is made from it.
   */
  down: boolean
  /**
   * Language of the text.
   */
  graph: 'mermaid' | 'dot'
  /**
   * Nodes at most.
   */
  limit: number
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The graph.
 *
 */
export interface RunsetLineageResult {
  /**
   * Node it starts from.
   */
  start: string
  /**
   * Nodes.
   *
   * Items: id, kind, label.
   */
  nodes: unknown[]
  /**
   * Edges.
   *
   * Items: from depends on to.
   */
  edges: unknown[]
  /**
   * True where more nodes belong to it.
   */
  truncated: boolean
}
/**
 * Two lines that name a pin and how to check it.
 *
 */
export interface RunsetCiteRequest {
  /**
   * The verb.
   */
  action: 'cite'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * The citation.
 *
 */
export interface RunsetCiteResult {
  /**
   * One line.
   */
  citation: string
  /**
   * The command that checks it.
   */
  verify: string
}
/**
 * Names that may come to mean another RunSet or pin; what each has meant is kept.
 *
 */
export interface RunsetAliasRequest {
  /**
   * The verb.
   */
  action: 'alias'
  /**
   * set, rm, list or history.
   */
  verb: 'set' | 'rm' | 'list' | 'history'
  /**
   * The name.
   */
  alias?: string
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  reference?: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What the alias means; of list and history all rows.
 *
 */
export interface RunsetAliasResult {
  /**
   * The name.
   */
  alias?: string
  /**
   * What it means.
   */
  reference?: string | null
  /**
   * What it meant before.
   */
  previous?: string | null
  /**
   * Aliases in force.
   *
   * Items: alias, reference, at, actor.
   */
  aliases?: unknown[]
  /**
   * Everything it has meant.
   *
   * Items: seq, alias, event, reference, at, actor.
   */
  history?: unknown[]
}
/**
 * Write a RunSet with its answers and facts as one file; equal pins give equal files.
 *
 */
export interface RunsetExportRequest {
  /**
   * The verb.
   */
  action: 'export'
  /**
   * RunSet: id, id@pin.n, id@hash, alias, or sha256:hash.
   */
  id: string
  /**
   * File to write, below the root; else <id>.runset.tar.
   */
  out?: string
  /**
   * Put the artifacts in, each checked first.
   */
  with_artifacts: boolean
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What was written.
 *
 */
export interface RunsetExportResult {
  /**
   * The file.
   */
  path: string
  /**
   * Its SHA-256.
   */
  sha256: string
  /**
   * Its size.
   */
  bytes: number
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * Answers in it.
   *
   * @maxItems 100000
   */
  resolutionIds: string[]
  /**
   * Their membership hashes.
   *
   * @maxItems 100000
   */
  contentHashes: string[]
  /**
   * Artifacts in it.
   */
  artifacts: number
  /**
   * Artifacts that are only named.
   */
  artifactsLeftOut: number
}
/**
 * Take in an exported RunSet; everything is verified before the first write.
 *
 */
export interface RunsetImportRequest {
  /**
   * The verb.
   */
  action: 'import'
  /**
   * The file, or the folder it was unpacked to.
   */
  path: string
  /**
   * Who asks, for the record.
   */
  actor?: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
/**
 * What is new.
 *
 */
export interface RunsetImportResult {
  /**
   * The RunSet.
   */
  runsetId: string
  /**
   * Its selection.
   */
  specHash: string
  /**
   * Things that were not there before: datasets, runs, artifacts, files, records, pins, runset.
   */
  created: unknown
}
export interface SweepRequest {
  /**
   * File of the sweep, YAML or JSON: see `quantlab --schema configuration/sweep`; with pipeline of the monitor's configuration (`regime/config`). One of config_path, config and resume, with pipeline at most one.
   */
  config_path?: string
  /**
   * The same, inline.
   */
  config?: {
    [k: string]: unknown
  }
  /**
   * Run id of an interrupted sweep to continue: it takes everything else from there, computes no finished trial again, and ends with the same results.
   */
  resume?: string
  /**
   * Directory below the root that receives the run directory; else sweep_outdir, outdir, outputs/runs.
   */
  out_dir?: string
  /**
   * The same under its published flag.
   */
  sweep_outdir?: string
  /**
   * The same, where neither is given.
   */
  outdir?: string
  /**
   * Worker threads, 0 to compute in process; else the cores at hand, or 0 for a small sweep. Results are the same.
   */
  threads?: number
  /**
   * Trials the sweep may have at most.
   */
  max_trials: number
  /**
   * Also write the interactive page artifacts/report.html.
   */
  report: boolean
  /**
   * Tags of the run in the registry; RunSets select runs by them.
   *
   * @maxItems 1000
   */
  tags?: string[]
  /**
   * Universe the run declares: callers, chains, venues, token_sources, min_market_cap, max_market_cap, min_volume. RunSets select runs by it.
   */
  universe?: {
    /**
     * Callers whose alerts the run took.
     *
     * @maxItems 1000
     */
    callers?: string[]
    /**
     * Chains.
     *
     * @maxItems 1000
     */
    chains?: string[]
    /**
     * Venues.
     *
     * @maxItems 1000
     */
    venues?: string[]
    /**
     * Sources of tokens.
     *
     * @maxItems 1000
     */
    token_sources?: string[]
    /**
     * Least market capitalisation.
     */
    min_market_cap?: number
    /**
     * Greatest market capitalisation.
     */
    max_market_cap?: number
    /**
     * Least volume.
     */
    min_volume?: number
  }
  /**
   * Sweep runs of this pipeline: one published run of the regime monitor for each experiment and combination of parameters. It takes the parameters below, max_trials and trace_id, and needs start, end, and experiments or parameters.
   */
  pipeline?: 'majors_alts'
  /**
   * pipeline only. Files of experiments, or patterns of them: * and ? within a name, ** for any folders. Runs are ordered by this list, matches of a pattern by name.
   *
   * @minItems 1
   * @maxItems 1000
   */
  experiments?: [string, ...string[]]
  /**
   * pipeline only. Values set over configuration and experiment, every combination of them.
   *
   * @minItems 1
   * @maxItems 64
   */
  parameters?: [RegimeSweepParameter, ...RegimeSweepParameter[]]
  /**
   * pipeline only. Leave the rest out after the first run that fails; default false.
   */
  fail_fast?: boolean
  /**
   * pipeline only. Panel; else the one that covers the window best.
   */
  dataset_id?: string
  /**
   * pipeline only. First day, inclusive.
   */
  start?: string
  /**
   * pipeline only. Last day, inclusive.
   */
  end?: string
  /**
   * pipeline only. Days before start that only warm the features up; default 0.
   */
  prefetch_days?: number
  /**
   * pipeline only. As for run.
   */
  mode?: 'msm' | 'regular'
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface SweepResult {
  /**
   * Identity of the run and name of its directory.
   */
  run_id: string
  /**
   * Absolute directory of the artifacts.
   */
  artifacts_path: string
  /**
   * Absolute path of report.json.
   */
  report_path: string
  /**
   * Kind of machine contract in report.json.
   */
  contract_type: string
  summary: Summary
  /**
   * Absolute path of the refreshed shared index.
   */
  runs_index_json?: string
}
/**
 * One JSON request.
 *
 */
export interface RequestEnvelope {
  /**
   * Contract version.
   */
  schema_version: '1.0'
  /**
   * Any JSON value; echoed.
   */
  request_id?: unknown
  /**
   * Command name.
   */
  command: string
  /**
   * Parameters of the command.
   */
  params: {
    [k: string]: unknown
  }
  /**
   * The same key with the same request is answered once and then replayed.
   */
  idempotency_key?: string
}
/**
 * One JSON answer; run-producing commands add the run fields, all others `result`.
 *
 */
export interface Answer {
  /**
   * Contract version.
   */
  schema_version: '1.0'
  /**
   * Echo.
   */
  request_id: unknown
  /**
   * Command; null when unreadable.
   */
  command: string | null
  /**
   * Outcome.
   */
  status: 'success' | 'error'
  /**
   * Exit code of this request.
   */
  exit_code: number
  /**
   * Wall time.
   */
  duration_ms: number
  /**
   * Identity of the run and name of its directory.
   */
  run_id?: string
  /**
   * Absolute directory of the artifacts.
   */
  artifacts_path?: string
  /**
   * Absolute path of report.json.
   */
  report_path?: string
  /**
   * Kind of machine contract in report.json.
   */
  contract_type?: string
  summary?: Summary
  /**
   * Absolute path of the refreshed shared index.
   */
  runs_index_json?: string
  /**
   * W3C trace id.
   */
  trace_id?: string
  /**
   * The command's result.
   */
  result?: unknown
  /**
   * True where an earlier answer is given again.
   */
  replayed?: boolean
  /**
   * Absent when there are none.
   */
  warnings?: string[]
  error?: AnswerError
}
/**
 * One line of the signal file.
 *
 */
export interface Signal {
  /**
   * Contract version.
   */
  schema_version: '1.0'
  /**
   * What happened.
   */
  event: 'SESSION_STARTED' | 'PROGRESS' | 'SESSION_COMPLETED' | 'SESSION_FAILED'
  /**
   * orphaned: the process died; written by a later start.
   */
  status: 'running' | 'success' | 'error' | 'orphaned'
  /**
   * UTC.
   */
  timestamp: string
  /**
   * Session mode.
   */
  mode: string
  /**
   * Echo.
   */
  request_id: unknown
  /**
   * One request.
   */
  session_id?: string
  /**
   * Number of the event in its session.
   */
  seq?: number
  /**
   * Owner: pid, start_time (clock ticks since boot), boot_id.
   */
  process?: {
    [k: string]: unknown
  }
  /**
   * W3C trace id.
   */
  trace_id?: string
  /**
   * Identity of the run and name of its directory.
   */
  run_id?: string
  /**
   * Absolute directory of the artifacts.
   */
  artifacts_path?: string
  /**
   * Absolute path of report.json.
   */
  report_path?: string
  summary?: Summary
  /**
   * Directory of the index.
   */
  runs_index_root?: string
  /**
   * Path.
   */
  runs_index_csv?: string
  /**
   * Path.
   */
  runs_index_json?: string
  /**
   * Path.
   */
  runs_index_md?: string
  /**
   * Units finished.
   */
  done?: number
  /**
   * Units in all.
   */
  total?: number
  /**
   * On failure.
   */
  exit_code?: number | null
  /**
   * On failure: class name.
   */
  error_type?: string
  /**
   * On failure: what is wrong.
   */
  message?: string
  [k: string]: unknown
}
/**
 * Calls of tokens by callers of different skill, with one-minute bars around each: the greatest multiple after a call has a Pareto tail whose exponent is the caller's (0.8 good … 2.5 poor); one token in ten is abandoned.
 *
 */
export interface AlertsGenerator {
  /**
   * Calls fall into the days from here on: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * Days that the calls are spread over.
   */
  days: number
  /**
   * Calls, each of a token of its own.
   */
  alerts: number
  /**
   * Callers.
   */
  callers: number
  /**
   * Bars before the minute of the call.
   */
  minutes_before: number
  /**
   * Bars from the minute of the call on.
   */
  minutes_after: number
}
/**
 * Bars by geometric Brownian motion with stochastic volatility and switching regimes (bull, bear, quiet), correlated over the symbols: d ln p = (drift + drift of the regime − σ²/2) dt + σ dW. Open is the close before; high and low are the extremes of a path of eight steps.
 *
 */
export interface BarsGenerator {
  /**
   * Symbols, each with a random stream of its own.
   *
   * @minItems 1
   * @maxItems 1000
   */
  symbols: [string, ...string[]]
  /**
   * Bar size, of fixed length: minutes, hours, days or weeks.
   */
  interval: string
  /**
   * crypto: every bar of the year. exchange: no bars on weekends; with interval 1d only.
   */
  calendar: 'crypto' | 'exchange'
  /**
   * First bar: ISO date (UTC midnight) or instant.
   */
  start: string
  /**
   * Bars of each symbol.
   */
  bars: number
  /**
   * Open of the first bar of each symbol.
   */
  initial_price: number
  /**
   * Expected log growth a year that is added to the regime's own.
   */
  annual_drift: number
  /**
   * Volatility of the log price before the regime's factor (bull 0.9, bear 1.4, quiet 0.6).
   */
  annual_volatility: number
  /**
   * Correlation of the moves of any two symbols.
   */
  correlation: number
}
/**
 * A daily panel with planted regimes: BTC is the market, ETH and the alts follow it by their betas, and alts gain 0.5 % a day on it while risk is on alts and lose as much while it is on majors. With USDT and USDC as stablecoins, WBTC and STETH as wrapped assets, late listings, delistings, funding and open interest.
 *
 */
export interface PanelGenerator {
  /**
   * First day, UTC.
   */
  start: string
  /**
   * Days.
   */
  days: number
  /**
   * Alts, ALT0001 the largest at the start.
   */
  alts: number
  /**
   * Share of the values that are left out; of BTC none.
   */
  missing_rate: number
}
/**
 * Configuration of the majors-versus-alts monitor, in its native layout (one section a part) or the published one (baskets under universe, the score under regime.composite). A key that is left out has its default.
 *
 */
export interface RegimeConfiguration {
  /**
   * msm: basket by market cap against fixed majors; regular: basket by volume, hedged by betas.
   */
  mode?: 'msm' | 'regular'
  /**
   * Where the published program reads its data; here dataset_id of the request says it.
   */
  data?: {
    /**
     * Folder. Of the published layout; without effect here, listed in the warnings.
     */
    data_lake_dir?: string | null
    /**
     * File. Of the published layout; without effect here, listed in the warnings.
     */
    duckdb_path?: string | null
    /**
     * File. Of the published layout; without effect here, listed in the warnings.
     */
    universe_snapshots_path?: string | null
  }
  /**
   * Who takes part.
   */
  universe?: {
    /**
     * Assets that are never alts; default BTC and ETH.
     *
     * @minItems 1
     */
    majors?: [string, ...string[]]
    /**
     * Assets left out besides stablecoins; default none.
     */
    exclude_assets?: string[]
    /**
     * Leave out wrapped and pegged assets; default true.
     */
    exclude_wrapped?: boolean
    /**
     * basket.min_mcap_usd and regular.min_mcap_usd. Of the published layout.
     */
    min_mcap_usd?: number
    /**
     * basket.min_volume_usd and regular.min_volume_usd. Of the published layout.
     */
    min_volume_usd?: number
    /**
     * basket.n and regular.basket_size. Of the published layout.
     */
    basket_size?: number
    /**
     * basket.per_name_cap and regular.per_name_cap. Of the published layout.
     */
    per_name_cap?: number | null
    /**
     * regular.gross_cap. Of the published layout.
     */
    gross_cap?: number
    /**
     * Annualised volatility aimed at. Of the published layout; without effect here, listed in the warnings.
     */
    vol_target?: number | null
    /**
     * regular.neutrality_mode. Of the published layout.
     */
    neutrality_mode?: 'beta_neutral' | 'dollar_neutral'
    /**
     * regular.alt_selection. Of the published layout.
     */
    alt_selection?: {
      /**
       * Apply the filters; default true.
       */
      enabled?: boolean
      /**
       * Highest annualised volatility; default 1.
       */
      max_volatility?: number
      /**
       * Lowest of the larger absolute correlation with BTC and ETH; default 0.3.
       */
      min_correlation?: number
      /**
       * Highest return over the momentum window; default 0.5.
       */
      max_momentum?: number
      /**
       * Lowest return over the momentum window; default −0.5.
       */
      min_momentum?: number
      /**
       * Weigh by the inverse of the volatility, else equally; default true.
       */
      weight_by_inverse_vol?: boolean
      /**
       * Rows of the volatility; default 20.
       */
      volatility_lookback_days?: number
      /**
       * Rows of the correlation; default 60.
       */
      correlation_lookback_days?: number
      /**
       * Rows of the momentum; default 7.
       */
      momentum_lookback_days?: number
    }
  }
  /**
   * How features are measured.
   */
  features?: {
    /**
     * Days from the start without a score; default 60.
     */
    burn_in_days?: number
    /**
     * Rows of a z-score; default 60.
     */
    z_window?: number
    /**
     * Values a z-score needs; default 40.
     */
    z_min_obs?: number
    /**
     * Days a market cap is carried forward; default 7.
     */
    max_stale_days?: number
    /**
     * Alts with a funding rate that a day needs; default 5.
     */
    min_funding_assets?: number
    /**
     * Longest window. Of the published layout; without effect here, listed in the warnings.
     */
    lookback_days?: number
  }
  /**
   * From features to regimes.
   */
  regime?: {
    /**
     * composite: weighted score and thresholds; unsupervised: hidden Markov model; default composite.
     */
    mode?: 'composite' | 'unsupervised'
    /**
     * Number of regimes, 3 or 5; default 5.
     */
    n_regimes?: 3 | 5
    /**
     * Weights of the score, in place of all default ones.
     */
    weights?: {
      /**
       * Signed weight of alt_breadth.
       */
      alt_breadth?: number
      /**
       * Signed weight of btc_dominance.
       */
      btc_dominance?: number
      /**
       * Signed weight of funding_skew.
       */
      funding_skew?: number
      /**
       * Signed weight of funding_heating.
       */
      funding_heating?: number
      /**
       * Signed weight of liquidity.
       */
      liquidity?: number
      /**
       * Signed weight of volatility_spread.
       */
      volatility_spread?: number
      /**
       * Signed weight of momentum.
       */
      momentum?: number
      /**
       * Signed weight of oi_risk.
       */
      oi_risk?: number
    }
    /**
     * Score below which alts lead; default −0.5.
     */
    threshold_low?: number
    /**
     * Score above which majors lead; default 0.5.
     */
    threshold_high?: number
    /**
     * Score below which alts lead strongly; default −1.5.
     */
    threshold_strong_low?: number
    /**
     * Score above which majors lead strongly; default 1.5.
     */
    threshold_strong_high?: number
    /**
     * Added to threshold_high (and threshold_strong_high) before a majors regime is left; default −0.3.
     */
    hysteresis_low?: number
    /**
     * Added to threshold_low (and threshold_strong_low) before an alts regime is left; default 0.3.
     */
    hysteresis_high?: number
    /**
     * Age below which a regime takes wider hysteresis to leave; default 3.
     */
    min_duration_days?: number
    /**
     * How much wider; default 1.5.
     */
    young_multiplier?: number
    /**
     * Absolute seven-day return of BTC above which a high score is cut to threshold_high; default 0.15.
     */
    high_vol_gate?: number
    /**
     * Share of the absolute weights that must be known for a score; default 0.5.
     */
    min_weight_coverage?: number
    /**
     * Hysteresis around the thresholds. Of the published layout.
     */
    hysteresis?: {
      /**
       * The same as hysteresis_low.
       */
      low_band?: number
      /**
       * The same as hysteresis_high.
       */
      high_band?: number
    }
    /**
     * The score. Of the published layout.
     */
    composite?: {
      /**
       * regime.weights.
       */
      default_weights?: {
        /**
         * Signed weight of alt_breadth.
         */
        alt_breadth?: number
        /**
         * Signed weight of btc_dominance.
         */
        btc_dominance?: number
        /**
         * Signed weight of funding_skew.
         */
        funding_skew?: number
        /**
         * Signed weight of funding_heating.
         */
        funding_heating?: number
        /**
         * Signed weight of liquidity.
         */
        liquidity?: number
        /**
         * Signed weight of volatility_spread.
         */
        volatility_spread?: number
        /**
         * Signed weight of momentum.
         */
        momentum?: number
        /**
         * Signed weight of oi_risk.
         */
        oi_risk?: number
      }
      /**
       * regime.n_regimes.
       */
      n_regimes?: 3 | 5
      /**
       * regime.threshold_low.
       */
      threshold_low?: number
      /**
       * regime.threshold_high.
       */
      threshold_high?: number
      /**
       * regime.threshold_strong_low.
       */
      threshold_strong_low?: number
      /**
       * regime.threshold_strong_high.
       */
      threshold_strong_high?: number
      /**
       * Hysteresis around the thresholds. Of the published layout.
       */
      hysteresis?: {
        /**
         * The same as hysteresis_low.
         */
        low_band?: number
        /**
         * The same as hysteresis_high.
         */
        high_band?: number
      }
      /**
       * regime.grid_search.
       */
      grid_search?: {
        /**
         * Search; default false.
         */
        enabled?: boolean
        /**
         * Training slice; default 252.
         */
        lookback_window_days?: number
        /**
         * Days judged after it; default 63.
         */
        test_window_days?: number
        /**
         * Range that each weight is drawn from; an absent one stays 0.
         */
        weight_ranges?: {
          /**
           * Lower and upper end for alt_breadth.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          alt_breadth?: [number, number]
          /**
           * Lower and upper end for btc_dominance.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          btc_dominance?: [number, number]
          /**
           * Lower and upper end for funding_skew.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          funding_skew?: [number, number]
          /**
           * Lower and upper end for funding_heating.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          funding_heating?: [number, number]
          /**
           * Lower and upper end for liquidity.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          liquidity?: [number, number]
          /**
           * Lower and upper end for volatility_spread.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          volatility_spread?: [number, number]
          /**
           * Lower and upper end for momentum.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          momentum?: [number, number]
          /**
           * Lower and upper end for oi_risk.
           *
           * @minItems 2
           * @maxItems 2
           *
           * Items: A pure number.
           */
          oi_risk?: [number, number]
        }
        /**
         * Ends of the range of threshold_low; default −1 to −0.2.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        threshold_low_range?: [number, number]
        /**
         * Ends of the range of threshold_high; default 0.2 to 1.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        threshold_high_range?: [number, number]
        /**
         * Ends of the range of the distance of the strong thresholds beyond the others; default 0.5 to 1.5.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        strong_distance_range?: [number, number]
        /**
         * The same as threshold_low_range. Of the published layout.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        threshold_low?: [number, number]
        /**
         * The same as threshold_high_range. Of the published layout.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        threshold_high?: [number, number]
        /**
         * Ends of a range. Of the published layout; without effect here, listed in the warnings.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        threshold_strong_low?: [number, number]
        /**
         * Ends of a range. Of the published layout; without effect here, listed in the warnings.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        threshold_strong_high?: [number, number]
        /**
         * Draws a window; default 50.
         */
        n_samples?: number
        /**
         * Horizon of the forward return that judges a draw; default 20.
         */
        eval_horizon_days?: number
        /**
         * Seed of the draws; default 0.
         */
        seed?: number
      }
    }
    /**
     * The hidden Markov model.
     */
    unsupervised?: {
      /**
       * Number of states, 2 or 3; default 3.
       */
      n_states?: 2 | 3
      /**
       * Days a new state must last before it counts; default 3.
       */
      min_state_persistence_days?: number
      /**
       * Seed of the starting points; default 0.
       */
      seed?: number
      /**
       * Kind of model. Of the published layout; without effect here, listed in the warnings.
       */
      method?: 'hmm' | 'kmeans'
      /**
       * Inputs. Of the published layout; without effect here, listed in the warnings.
       */
      features_for_clustering?: string[]
    }
    /**
     * Search for weights and thresholds: chosen on each training slice, judged on the days after it.
     */
    grid_search?: {
      /**
       * Search; default false.
       */
      enabled?: boolean
      /**
       * Training slice; default 252.
       */
      lookback_window_days?: number
      /**
       * Days judged after it; default 63.
       */
      test_window_days?: number
      /**
       * Range that each weight is drawn from; an absent one stays 0.
       */
      weight_ranges?: {
        /**
         * Lower and upper end for alt_breadth.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        alt_breadth?: [number, number]
        /**
         * Lower and upper end for btc_dominance.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        btc_dominance?: [number, number]
        /**
         * Lower and upper end for funding_skew.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        funding_skew?: [number, number]
        /**
         * Lower and upper end for funding_heating.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        funding_heating?: [number, number]
        /**
         * Lower and upper end for liquidity.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        liquidity?: [number, number]
        /**
         * Lower and upper end for volatility_spread.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        volatility_spread?: [number, number]
        /**
         * Lower and upper end for momentum.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        momentum?: [number, number]
        /**
         * Lower and upper end for oi_risk.
         *
         * @minItems 2
         * @maxItems 2
         *
         * Items: A pure number.
         */
        oi_risk?: [number, number]
      }
      /**
       * Ends of the range of threshold_low; default −1 to −0.2.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      threshold_low_range?: [number, number]
      /**
       * Ends of the range of threshold_high; default 0.2 to 1.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      threshold_high_range?: [number, number]
      /**
       * Ends of the range of the distance of the strong thresholds beyond the others; default 0.5 to 1.5.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      strong_distance_range?: [number, number]
      /**
       * The same as threshold_low_range. Of the published layout.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      threshold_low?: [number, number]
      /**
       * The same as threshold_high_range. Of the published layout.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      threshold_high?: [number, number]
      /**
       * Ends of a range. Of the published layout; without effect here, listed in the warnings.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      threshold_strong_low?: [number, number]
      /**
       * Ends of a range. Of the published layout; without effect here, listed in the warnings.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A pure number.
       */
      threshold_strong_high?: [number, number]
      /**
       * Draws a window; default 50.
       */
      n_samples?: number
      /**
       * Horizon of the forward return that judges a draw; default 20.
       */
      eval_horizon_days?: number
      /**
       * Seed of the draws; default 0.
       */
      seed?: number
    }
  }
  /**
   * The basket of mode msm: the largest alts by market cap.
   */
  basket?: {
    /**
     * Members; default 20.
     */
    n?: number
    /**
     * Default equal.
     */
    weighting?: 'equal' | 'mcap'
    /**
     * Smallest market cap; default 50 million.
     */
    min_mcap_usd?: number
    /**
     * Smallest median volume of seven days; default 1000.
     */
    min_volume_usd?: number
    /**
     * Age of the last price and market cap; default 7.
     */
    max_stale_days?: number
    /**
     * Days with a price a member needs; default 0.
     */
    min_history_days?: number
    /**
     * Fewer members make the basket empty; default 5.
     */
    min_names?: number
    /**
     * Largest share of one member; null for none; default null.
     */
    per_name_cap?: number | null
  }
  /**
   * The long side of mode msm.
   */
  target?: {
    /**
     * The long leg.
     */
    long_leg?: {
      /**
       * Weight by major; default BTC alone.
       */
      weights?: {
        /**
         * A pure number.
         */
        [k: string]: number
      }
    }
  }
  /**
   * What trading costs.
   */
  costs?: {
    /**
     * Fee on turnover; default 5.
     */
    taker_fee_bps?: number
    /**
     * Slippage on turnover; default 5.
     */
    slippage_bps?: number
    /**
     * Pay and receive funding; default true.
     */
    funding_enabled?: boolean
    /**
     * Funding rates are for eight hours, three a day; default true.
     */
    funding_8h_rate?: boolean
    /**
     * Fee of resting orders. Of the published layout; without effect here, listed in the warnings.
     */
    maker_fee_bps?: number
    /**
     * Slippage by volume. Of the published layout; without effect here, listed in the warnings.
     */
    slippage_adv_multiplier?: number
  }
  /**
   * Betas of the regular hedge.
   */
  beta?: {
    /**
     * Rows; default 60.
     */
    lookback_days?: number
    /**
     * Penalty relative to the variance of the majors, or as it is; default relative.
     */
    ridge_scaling?: 'relative' | 'absolute'
    /**
     * Penalty; default 0.1.
     */
    ridge_alpha?: number
    /**
     * Share clipped at each end; default 0.05.
     */
    winsorize_pct?: number
    /**
     * Lowest and highest beta; default 0 and 3.
     *
     * @minItems 2
     * @maxItems 2
     *
     * Items: A pure number.
     */
    beta_clamp?: [number, number]
    /**
     * Beta of an asset with too little history; default 1.
     */
    default_beta?: number
    /**
     * Take betas from elsewhere. Of the published layout; without effect here, listed in the warnings.
     */
    use_tracker_betas?: boolean
  }
  /**
   * The basket and hedge of mode regular.
   */
  regular?: {
    /**
     * Members; default 20.
     */
    basket_size?: number
    /**
     * Smallest market cap; default 50 million.
     */
    min_mcap_usd?: number
    /**
     * Smallest median volume of seven rows; default 1 million.
     */
    min_volume_usd?: number
    /**
     * Largest share of one member; null for none; default 0.1.
     */
    per_name_cap?: number | null
    /**
     * Age of the last price and market cap; default 7.
     */
    max_stale_days?: number
    /**
     * Days in a year for the volatility filter; default 365.
     */
    annualisation?: number
    /**
     * Spacing of regular_mode_samples.json; default 45.
     */
    sample_every_days?: number
    /**
     * Default beta_neutral.
     */
    neutrality_mode?: 'beta_neutral' | 'dollar_neutral'
    /**
     * Gross exposure the book is scaled to above 1.2 times of it; default 1.
     */
    gross_cap?: number
    /**
     * Fewer members make the basket empty; default 5.
     */
    min_names?: number
    /**
     * Filters of the regular basket.
     */
    alt_selection?: {
      /**
       * Apply the filters; default true.
       */
      enabled?: boolean
      /**
       * Highest annualised volatility; default 1.
       */
      max_volatility?: number
      /**
       * Lowest of the larger absolute correlation with BTC and ETH; default 0.3.
       */
      min_correlation?: number
      /**
       * Highest return over the momentum window; default 0.5.
       */
      max_momentum?: number
      /**
       * Lowest return over the momentum window; default −0.5.
       */
      min_momentum?: number
      /**
       * Weigh by the inverse of the volatility, else equally; default true.
       */
      weight_by_inverse_vol?: boolean
      /**
       * Rows of the volatility; default 20.
       */
      volatility_lookback_days?: number
      /**
       * Rows of the correlation; default 60.
       */
      correlation_lookback_days?: number
      /**
       * Rows of the momentum; default 7.
       */
      momentum_lookback_days?: number
    }
  }
  backtest?: RegimeBacktestSettings
  /**
   * How the regimes are judged.
   */
  evaluation?: {
    /**
     * Horizons of the forward returns; default 5, 10, 20, 40, 60; 1, 5, 10, 20 with an experiment.
     *
     * @minItems 1
     *
     * Items: A number of days.
     */
    horizons_days?: [number, ...number[]]
    /**
     * Rows a regime needs to count as best or worst; default 20.
     */
    min_regime_count?: number
    /**
     * Block bootstrap of the edges.
     */
    bootstrap?: {
      /**
       * Default true.
       */
      enabled?: boolean
      /**
       * Days a block; default 10.
       */
      block_size?: number
      /**
       * Resamples; default 300.
       */
      n_boot?: number
      /**
       * Seed; default 0.
       */
      seed?: number
    }
  }
  /**
   * Where copies go. Of the published layout.
   */
  outputs?: {
    /**
     * As reports_dir of the request, which wins.
     */
    reports_dir?: string
    /**
     * Folder. Of the published layout; without effect here, listed in the warnings.
     */
    artifacts_dir?: string
    /**
     * Folder. Of the published layout; without effect here, listed in the warnings.
     */
    cache_dir?: string
  }
  /**
   * Logging. Of the published layout.
   */
  logging?: {
    /**
     * Least level. Of the published layout; without effect here, listed in the warnings.
     */
    level?: string
  }
}
/**
 * When to trade.
 *
 */
export interface RegimeBacktestSettings {
  /**
   * Begin after the first lookback_window_days; default true.
   */
  walk_forward?: boolean
  /**
   * Days before the first row; default 252.
   */
  lookback_window_days?: number
  /**
   * Length of the windows of the report; default 63.
   */
  test_window_days?: number
  /**
   * Shortest window. Of the published layout; without effect here, listed in the warnings.
   */
  min_test_days?: number
  /**
   * Days between a decision and its execution; default 1.
   */
  execution_lag_days?: number
  /**
   * Days between rebalances; null rebalances on a change of regime or score; default 1 in mode msm, null in mode regular.
   */
  rebalance_frequency_days?: number | null
  /**
   * majors_only holds a position only while majors lead; default majors_only.
   */
  gate?: 'majors_only' | 'always'
  /**
   * A holding without a price for longer is closed at its last one; default 7.
   */
  max_stale_days?: number
  /**
   * Evaluate the regimes on the strategy's own returns in mode regular; default false. Mode msm always evaluates them.
   */
  with_regime_eval?: boolean
  /**
   * Size by regime and score.
   */
  regime_position_scaling?: {
    /**
     * Scale; default false.
     */
    enabled?: boolean
    /**
     * Scale in STRONG_RISK_ON_MAJORS without score magnitude; default 1.
     */
    strong_risk_on_majors?: number
    /**
     * Scale in WEAK_RISK_ON_MAJORS without score magnitude; default 0.6.
     */
    weak_risk_on_majors?: number
    /**
     * Scale in RISK_ON_MAJORS without score magnitude; default 1.
     */
    risk_on_majors?: number
    /**
     * Scale by the size of the score; default true.
     */
    use_score_magnitude?: boolean
  }
  /**
   * Exits and scaling of the whole book. An overlay that is given is on unless it says enabled: false.
   */
  risk_management?: {
    /**
     * Leave after a loss.
     */
    stop_loss?: {
      /**
       * On; default true where the overlay is given.
       */
      enabled?: boolean
      /**
       * Loss of a day, or of the last lookback_days, that ends the position; default −0.05.
       */
      daily_loss_threshold?: number
      /**
       * Days whose returns are added up; default 3.
       */
      lookback_days?: number
      /**
       * Scale the threshold by the volatility of the book; default true.
       */
      volatility_adjusted?: boolean
    }
    /**
     * Leave after a gain, or after a time.
     */
    take_profit?: {
      /**
       * On; default true where the overlay is given.
       */
      enabled?: boolean
      /**
       * Gain since entry that ends the position; default 0.1.
       */
      profit_threshold?: number
      /**
       * Days since entry that end the position; null for none; default 30.
       */
      time_based_exit_days?: number | null
      /**
       * Halve instead of leaving. Of the published layout; without effect here, listed in the warnings.
       */
      partial_profit_taking?: boolean
    }
    /**
     * Scale towards a volatility.
     */
    volatility_targeting?: {
      /**
       * On; default true where the overlay is given.
       */
      enabled?: boolean
      /**
       * Annualised volatility aimed at; default 0.2.
       */
      target_volatility?: number
      /**
       * Invested days the volatility is measured on; default 20.
       */
      lookback_days?: number
      /**
       * Smallest scale; default 0.1.
       */
      min_scale?: number
      /**
       * Largest scale; default 1.
       */
      max_scale?: number
    }
    /**
     * Leave after a fall from the highest equity.
     */
    trailing_stop?: {
      /**
       * On; default true where the overlay is given.
       */
      enabled?: boolean
      /**
       * Fall that ends the position; default −0.15.
       */
      drawdown_threshold?: number
      /**
       * Days among which the highest equity is looked for; default 20.
       */
      lookback_days?: number
    }
  }
}
/**
 * An experiment of the majors-versus-alts monitor: what it changes in the configuration, under a name.
 *
 */
export interface RegimeExperiment {
  /**
   * What it is called.
   */
  title?: string
  /**
   * Its name in files and tables.
   */
  experiment_id: string
  /**
   * msm runs in mode msm, anything else in mode regular, unless request or configuration say the mode.
   */
  category_path?: string
  /**
   * Inputs of the score, in place of those of the configuration.
   *
   * @minItems 1
   */
  features?: [
    {
      /**
       * Input.
       */
      id:
        | 'alt_breadth'
        | 'btc_dominance'
        | 'funding_skew'
        | 'funding_heating'
        | 'liquidity'
        | 'volatility_spread'
        | 'momentum'
        | 'oi_risk'
      /**
       * Signed weight; else the one of the configuration.
       */
      weight?: number
    },
    ...{
      /**
       * Input.
       */
      id:
        | 'alt_breadth'
        | 'btc_dominance'
        | 'funding_skew'
        | 'funding_heating'
        | 'liquidity'
        | 'volatility_spread'
        | 'momentum'
        | 'oi_risk'
      /**
       * Signed weight; else the one of the configuration.
       */
      weight?: number
    }[]
  ]
  /**
   * What is bought and sold.
   */
  target?: {
    /**
     * Long leg of mode msm.
     */
    long_leg?: {
      /**
       * Weight by major; default BTC alone.
       */
      weights?: {
        /**
         * A pure number.
         */
        [k: string]: number
      }
    }
    /**
     * Basket of mode msm.
     */
    short_leg?: {
      /**
       * Members; default 20.
       */
      n?: number
      /**
       * Default equal.
       */
      weighting?: 'equal' | 'mcap'
      /**
       * Smallest median volume of seven days; default that of the configuration.
       */
      min_volume_usd?: number
    }
    /**
     * Horizons of the evaluation; default 1, 5, 10, 20.
     *
     * @minItems 1
     *
     * Items: A number of days.
     */
    horizon_days?: [number, ...number[]]
  }
  /**
   * From score to regimes.
   */
  state_mapping?: {
    /**
     * Number of regimes, 3 or 5.
     */
    n_regimes?: 3 | 5
    /**
     * Thresholds of the score.
     */
    thresholds?: {
      /**
       * threshold_low of the configuration.
       */
      low?: number
      /**
       * threshold_high of the configuration.
       */
      high?: number
      /**
       * threshold_strong_low of the configuration.
       */
      strong_low?: number
      /**
       * threshold_strong_high of the configuration.
       */
      strong_high?: number
    }
    /**
     * Hysteresis around them.
     */
    hysteresis?: {
      /**
       * hysteresis_low of the configuration.
       */
      low_band?: number
      /**
       * hysteresis_high of the configuration.
       */
      high_band?: number
    }
    /**
     * Young regimes.
     */
    persistence?: {
      /**
       * min_duration_days of the configuration.
       */
      min_duration_days?: number
      /**
       * false: a young regime is left like an old one.
       */
      requires_stronger_signal?: boolean
    }
  }
  backtest?: RegimeBacktestSettings
}
/**
 * What an alias means from this row on. A row of lake/registry/aliases.
 *
 */
export interface RegistryAliasRow {
  /**
   * Sequence number, from 1.
   */
  seq: number
  /**
   * The alias.
   */
  alias: string
  /**
   * What happened.
   */
  event: string
  /**
   * What it refers to; null where it was removed. Null where unknown.
   */
  reference: string | null
  /**
   * When it happened.
   */
  at: number
  /**
   * Who did it. Null where unknown.
   */
  actor: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * An artifact registered after its run or data set. A row of lake/registry/artifacts.
 *
 */
export interface RegistryArtifactRow {
  /**
   * SHA-256 of content hash, kind and owner.
   */
  artifact_id: string
  /**
   * Id of the run. Null where unknown.
   */
  run_id: string | null
  /**
   * Id of the data set. Null where unknown.
   */
  dataset_id: string | null
  /**
   * What sort of thing it is.
   */
  kind: string
  /**
   * output, input or derived.
   */
  role: string
  /**
   * Where the file lies; relative to the root below it.
   */
  uri: string
  /**
   * SHA-256 of the content.
   */
  content_hash: string
  /**
   * Size of the file. Null where unknown.
   */
  bytes: number | null
  /**
   * Rows in the file. Null where unknown.
   */
  row_count: number | null
  /**
   * Version of the data's own layout. Null where unknown.
   */
  schema_version_data: string | null
  /**
   * When it was made.
   */
  created_at: number
  /**
   * Anything else. RFC 8785 text. Null where unknown.
   */
  metadata_json: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * One data set, registered: what the lake holds or what lies elsewhere and is only declared. A row of lake/registry/datasets.
 *
 */
export interface RegistryDatasetRow {
  /**
   * Id of the data set.
   */
  dataset_id: string
  /**
   * What sort of thing it is.
   */
  kind: string
  /**
   * Family that `latest` looks in. Null where unknown.
   */
  family: string | null
  /**
   * Version of the data's own layout.
   */
  schema_version_data: string
  /**
   * Where the data came from. RFC 8785 text.
   */
  provenance_json: string
  /**
   * From when to when the data reaches. RFC 8785 text.
   */
  coverage_json: string
  /**
   * SHA-256 of the content. Null where unknown.
   */
  content_hash: string | null
  /**
   * Folder of the data, relative to the root. Null where unknown.
   */
  root: string | null
  /**
   * When it was made.
   */
  created_at: number
  /**
   * 1 where the data lies in the lake, 0 where it is only declared.
   */
  materialised: number
  /**
   * Artifacts registered with it: artifact_id, kind, role, uri, content_hash, bytes, row_count, schema_version_data. RFC 8785 text.
   */
  artifacts_json: string
  /**
   * Anything else. RFC 8785 text. Null where unknown.
   */
  metadata_json: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * The definition of an experiment (seq 1) or what became of it. A row of lake/registry/experiments.
 *
 */
export interface RegistryExperimentRow {
  /**
   * Id of the experiment.
   */
  experiment_id: string
  /**
   * Sequence number, from 1.
   */
  seq: number
  /**
   * What happened.
   */
  event: string
  /**
   * SHA-256 of the definition.
   */
  definition_hash: string
  /**
   * The definition; in the first row only. RFC 8785 text. Null where unknown.
   */
  definition_json: string | null
  /**
   * Answers that the experiment holds. RFC 8785 text.
   */
  resolution_ids_json: string
  /**
   * pending, running, completed, failed or cancelled.
   */
  status: string
  /**
   * What it produced. RFC 8785 text. Null where unknown.
   */
  outputs_json: string | null
  /**
   * When the attempt began. Null where unknown.
   */
  started_at: number | null
  /**
   * When it ended. Null where unknown.
   */
  completed_at: number | null
  /**
   * Why it failed. Null where unknown.
   */
  error: string | null
  /**
   * When it happened.
   */
  at: number
  /**
   * Who did it. Null where unknown.
   */
  actor: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * An artifact of an answer, copied from the registry so that a pin never changes. A row of lake/registry/runsets_resolution.
 *
 */
export interface RegistryResolutionArtifactRow {
  /**
   * SHA-256 of the answer.
   */
  resolution_id: string
  /**
   * SHA-256 of content hash, kind and owner.
   */
  artifact_id: string
  /**
   * Id of the run. Null where unknown.
   */
  run_id: string | null
  /**
   * Id of the data set. Null where unknown.
   */
  dataset_id: string | null
  /**
   * What sort of thing it is.
   */
  kind: string
  /**
   * output, input or derived.
   */
  role: string
  /**
   * Where the file lies; relative to the root below it.
   */
  uri: string
  /**
   * SHA-256 of the content.
   */
  content_hash: string
  /**
   * Size of the file. Null where unknown.
   */
  bytes: number | null
  /**
   * Rows in the file. Null where unknown.
   */
  row_count: number | null
  /**
   * Version of the data's own layout. Null where unknown.
   */
  schema_version_data: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * The record that a RunSet was resolved: each resolve that was not answered from an earlier record leaves one. A row of lake/registry/runsets_resolution.
 *
 */
export interface RegistryResolutionLogRow {
  /**
   * Id of the RunSet.
   */
  runset_id: string
  /**
   * Sequence number, from 1.
   */
  seq: number
  /**
   * SHA-256 of the answer.
   */
  resolution_id: string
  /**
   * What sort of thing it is.
   */
  kind: string
  /**
   * When it was resolved.
   */
  resolved_at: number
  /**
   * State of the registry that was looked at.
   */
  catalog_hash: string
  /**
   * Anything else. RFC 8785 text.
   */
  metadata_json: string
  /**
   * Who did it. Null where unknown.
   */
  actor: string | null
  /**
   * Why, as given. Null where unknown.
   */
  reason: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * A member of an answer. A row of lake/registry/runsets_resolution.
 *
 */
export interface RegistryResolutionRunRow {
  /**
   * SHA-256 of the answer.
   */
  resolution_id: string
  /**
   * Id of the run.
   */
  run_id: string
  /**
   * Place in the sorted list of members, from 0.
   */
  ordinal: number
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * One distinct answer to a RunSet, with the hashes of its members and artifacts. A row of lake/registry/runsets_resolution.
 *
 */
export interface RegistryResolutionRow {
  /**
   * Id of the RunSet.
   */
  runset_id: string
  /**
   * SHA-256 of the answer.
   */
  resolution_id: string
  /**
   * SHA-256 of the normalised selection.
   */
  spec_hash: string
  /**
   * Version of the resolver.
   */
  resolver_version: string
  /**
   * Ids of the data sets, sorted. RFC 8785 text.
   */
  dataset_ids_json: string
  /**
   * Membership hash: SHA-256 of the JSON array of the sorted run ids.
   */
  resolution_hash: string
  /**
   * SHA-256 of the sorted [owner, kind, content hash].
   */
  artifacts_hash: string
  /**
   * Members.
   */
  run_count: number
  /**
   * Artifacts.
   */
  artifact_count: number
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * Something that happened to a run after it was registered; events count in the order of seq, at, then text. A row of lake/registry/run_events.
 *
 */
export interface RegistryRunEventRow {
  /**
   * Id of the run.
   */
  run_id: string
  /**
   * Sequence number, from 1.
   */
  seq: number
  /**
   * What happened.
   */
  event: string
  /**
   * pending, running, completed, failed or cancelled. Null where unknown.
   */
  status: string | null
  /**
   * Tag added or removed. Null where unknown.
   */
  tag: string | null
  /**
   * When it happened.
   */
  at: number
  /**
   * Who did it. Null where unknown.
   */
  actor: string | null
  /**
   * Why, as given. Null where unknown.
   */
  reason: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * One run as it was registered: inputs, first status, tags and artifacts. It never changes; later events are rows of their own. A row of lake/registry/runs.
 *
 */
export interface RegistryRunRow {
  /**
   * Id of the run.
   */
  run_id: string
  /**
   * SHA-256 of what was run; equal for replicates.
   */
  run_key: string
  /**
   * Ids of the data sets, sorted. RFC 8785 text.
   */
  dataset_ids_json: string
  /**
   * SHA-256 of strategy family and parameters.
   */
  strategy_spec_hash: string
  /**
   * Strategy family as requested. Null where unknown.
   */
  strategy_family: string | null
  /**
   * Strategy parameters. RFC 8785 text. Null where unknown.
   */
  strategy_params_json: string | null
  /**
   * Version of the engine.
   */
  engine_version: string
  /**
   * Seed of all randomness; 0 where there is none.
   */
  seed: number
  /**
   * SHA-256 of symbols, interval, window, execution, costs and cash. Null where unknown.
   */
  execution_assumptions_hash: string | null
  /**
   * Start of the simulated interval, inclusive. Null where unknown.
   */
  window_from: number | null
  /**
   * End of the simulated interval, exclusive. Null where unknown.
   */
  window_to: number | null
  /**
   * Declared universe: callers, chains, venues, tokenSources, minMarketCap, maxMarketCap, minVolume. RFC 8785 text. Null where unknown.
   */
  universe_json: string | null
  /**
   * Alert window policy. Null where unknown.
   */
  alert_window_policy: string | null
  /**
   * Fingerprint of the run manifest. Null where unknown.
   */
  fingerprint: string | null
  /**
   * When it was made.
   */
  created_at: number
  /**
   * When it ended. Null where unknown.
   */
  completed_at: number | null
  /**
   * pending, running, completed, failed or cancelled.
   */
  status: string
  /**
   * Tags, sorted. RFC 8785 text.
   */
  tags_json: string
  /**
   * Artifacts registered with it: artifact_id, kind, role, uri, content_hash, bytes, row_count, schema_version_data. RFC 8785 text.
   */
  artifacts_json: string
  /**
   * Trials behind it. Null where unknown.
   */
  trial_count: number | null
  /**
   * Mean Sharpe ratio of the trials, per bar. Null where unknown.
   */
  trial_sharpe_mean: number | null
  /**
   * Sum of squared deviations of the Sharpe ratios of the trials from their mean. Null where unknown.
   */
  trial_sharpe_m2: number | null
  /**
   * Identity of the set of trials. Null where unknown.
   */
  trials_hash: string | null
  /**
   * Summary figures. RFC 8785 text. Null where unknown.
   */
  metrics_json: string | null
  /**
   * Anything else. RFC 8785 text. Null where unknown.
   */
  metadata_json: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * Something that happened to a RunSet; each sequence number is taken once. A row of lake/registry/runsets_events.
 *
 */
export interface RegistryRunSetEventRow {
  /**
   * Id of the RunSet.
   */
  runset_id: string
  /**
   * Sequence number, from 1.
   */
  seq: number
  /**
   * What happened.
   */
  event: string
  /**
   * SHA-256 of the normalised selection. Null where unknown.
   */
  spec_hash: string | null
  /**
   * SHA-256 of the answer. Null where unknown.
   */
  resolution_id: string | null
  /**
   * Log record that a pin holds. Null where unknown.
   */
  log_seq: number | null
  /**
   * Label added or removed. Null where unknown.
   */
  label: string | null
  /**
   * Name, description, notes, labels and spelling of what was asked. RFC 8785 text. Null where unknown.
   */
  details_json: string | null
  /**
   * When it happened.
   */
  at: number
  /**
   * Who did it. Null where unknown.
   */
  actor: string | null
  /**
   * Why, as given. Null where unknown.
   */
  reason: string | null
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * The selection of a RunSet, normalised. A row of lake/registry/runsets_spec.
 *
 */
export interface RegistryRunSetSpecRow {
  /**
   * Id of the RunSet.
   */
  runset_id: string
  /**
   * SHA-256 of the normalised selection.
   */
  spec_hash: string
  /**
   * The normalised selection. RFC 8785 text.
   */
  select_json: string
  /**
   * Version of this layout.
   */
  schema_version: number
  /**
   * When the fact was written.
   */
  recorded_at: number
  /**
   * Who wrote the fact. Null where unknown.
   */
  recorded_by: string | null
  /**
   * Version of the program that wrote it.
   */
  tool_version: string
}
/**
 * Buy when the close falls below the lower Bollinger band, sell when it is back at the middle band; with `allow_short` the mirror image above the upper band. Warm-up window - 1 bars.
 *
 */
export interface BollingerReversionParams {
  /**
   * Window of the mean and of the standard deviation of closes.
   */
  window: number
  /**
   * Distance of each band from the mean, in standard deviations (divisor: the window).
   */
  width: number
  /**
   * Also go short (exposure -1) above the upper band, until the close is back at the middle band.
   */
  allow_short: boolean
}
/**
 * Fully invested from the first bar on: the benchmark. No parameters, no warm-up.
 *
 */
export interface BuyAndHoldParams {}
/**
 * Buy when the close breaks above the highest high of the previous `entry` bars, sell when it breaks below the lowest low of the previous `exit` bars; with `allow_short` the mirror image too. Needs high and low. Warm-up max(entry, exit) bars.
 *
 */
export interface DonchianBreakoutParams {
  /**
   * Number of previous bars whose extreme must be broken to enter.
   */
  entry: number
  /**
   * Number of previous bars whose opposite extreme closes the position.
   */
  exit: number
  /**
   * Also go short (exposure -1) when the close breaks below the lowest low of the previous `entry` bars.
   */
  allow_short: boolean
}
/**
 * Long from the bar where the fast exponential mean of closes crosses above the slow one until it crosses below. Warm-up slow - 1 bars.
 *
 */
export interface EmaCrossParams {
  /**
   * Window of the fast exponential moving average; must be below `slow`.
   */
  fast: number
  /**
   * Window of the slow exponential moving average.
   */
  slow: number
  /**
   * On a sell signal go short (exposure -1) instead of flat.
   */
  allow_short: boolean
}
/**
 * Long from the bar where the MACD line crosses above its signal line until it crosses below. Warm-up slow + signal - 2 bars.
 *
 */
export interface MacdParams {
  /**
   * Window of the fast exponential mean; must be below `slow`.
   */
  fast: number
  /**
   * Window of the slow exponential mean.
   */
  slow: number
  /**
   * Window of the exponential mean of the MACD line.
   */
  signal: number
  /**
   * On a sell signal go short (exposure -1) instead of flat.
   */
  allow_short: boolean
}
/**
 * Buy when the close crosses above its 20-bar mean while RSI(14) is low enough; sell when it crosses below, or when RSI(14) is high. Long or flat; warm-up 99 bars.
 *
 */
export interface RsiMaCrossV2Params {
  /**
   * Buy only while RSI(14) is below this value (0 to 100).
   */
  rsi_buy_max: number
  /**
   * Sell as soon as RSI(14) is above this value (0 to 100).
   */
  rsi_sell_min: number
  /**
   * Bars (not days, whatever the name says) during which every signal is ignored after a buy and after a sell.
   */
  cooldown_days: number
}
/**
 * A strategy written as data: conditions over prices and indicators say when to enter and leave a long and a short side, with stops, position size and waiting times. Every decision is taken at the close of a bar from that bar and earlier ones. On each bar the exit of the open position is looked at first (stops and time, then the exit condition), then entries, which are read only while no position is open: so one bar can leave one side and enter the other, but never leave and enter the same side again. Where the entries of both sides hold on one bar, neither is taken. A condition that is undefined, because a number in it is, triggers nothing. Warm-up: the largest one needed by any indicator, lag or volatility in use, or `warmup_bars` if that is more. At most 256 conditions and operands, nested at most 32 deep. The first example is `rsi_ma_cross_v2` with its default parameters.
 *
 */
export interface RulesParams {
  long?: RulesSide
  short?: RulesSide
  stops?: RulesStops
  sizing: RulesSizing
  /**
   * Bars after an entry on which the exit condition is not read. Stops and time exit always work.
   */
  min_hold_bars: number
  /**
   * Bars after an exit, whatever its cause, on which nothing is entered. 0 lets the other side be entered on the very bar of the exit; 1 or more does not.
   */
  cooldown_bars: number
  /**
   * Least warm-up: bars that are computed and then dropped, if this is more than the indicators need.
   */
  warmup_bars: number
}
/**
 * When one side, long or short, is entered and left. At least one side is needed.
 *
 */
export interface RulesSide {
  entry: RulesCondition
  exit?: RulesCondition
}
/**
 * One condition, by its only key. It is true, false or undefined on each bar: a comparison with an undefined number is undefined, and so is its `not` (three-valued logic of Kleene).
 *
 */
export interface RulesCondition {
  gt?: RulesPair
  gte?: RulesPair
  lt?: RulesPair
  lte?: RulesPair
  cross_above?: RulesPair
  cross_below?: RulesPair
  /**
   * True where every one is true, false where any is false, else undefined.
   *
   * @minItems 1
   */
  all?: [RulesCondition, ...RulesCondition[]]
  /**
   * True where any one is true, false where every one is false, else undefined.
   *
   * @minItems 1
   */
  any?: [RulesCondition, ...RulesCondition[]]
  not?: RulesCondition
}
/**
 * Exits measured from the fill of the entry, for both sides. The fill is the close of the entry bar (execution `signal_close`) or the next open (`next_open`). Stops are checked at the close of each later bar, at or beyond the level, and filled like any other exit: a price touched within a bar does not trigger them. Each is off unless given.
 *
 */
export interface RulesStops {
  /**
   * Leave when the close is this fraction of the fill price on the losing side of it.
   */
  stop_loss?: number
  /**
   * Leave when the close is this fraction of the fill price on the winning side of it.
   */
  take_profit?: number
  /**
   * Leave when the close is this fraction worse than the best of the fill price and all closes since.
   */
  trailing_stop?: number
  /**
   * Leave this many bars after the bar of the entry.
   */
  time_exit_bars?: number
}
/**
 * Size of a position.
 *
 */
export interface RulesSizing {
  /**
   * Exposure of a position as a fraction of equity, without sign; with a volatility target the largest it may get.
   */
  fraction: number
  volatility_target?: RulesVolatilityTarget
}
/**
 * Size each position so that its volatility would have been the target: target / realised volatility, at most `fraction`. Realised is the sample standard deviation of the last log returns times the square root of the bars in a year, by the interval and calendar of the data. Where it is undefined nothing is entered; a volatility of 0 gives `fraction`.
 *
 */
export interface RulesVolatilityTarget {
  /**
   * Volatility to aim at, per year.
   */
  annual_volatility: number
  /**
   * Number of returns the realised volatility is taken over.
   */
  lookback_bars: number
  /**
   * entry: the size of the entry bar is kept until the exit. every_bar: the size follows the volatility on every bar of the position.
   */
  rebalance: 'entry' | 'every_bar'
}
/**
 * Long from the bar where the fast simple mean of closes crosses above the slow one until it crosses below. Warm-up slow - 1 bars.
 *
 */
export interface SmaCrossParams {
  /**
   * Window of the fast simple moving average; must be below `slow`.
   */
  fast: number
  /**
   * Window of the slow simple moving average.
   */
  slow: number
  /**
   * On a sell signal go short (exposure -1) instead of flat.
   */
  allow_short: boolean
}

/** Every request of every command: `<command>` or `<command>.<action>` → its parameters. */
export interface Requests {
  'artifact.list': ArtifactListRequest
  'artifact.read': ArtifactReadRequest
  'artifact.get': ArtifactGetRequest
  'artifact.verify': ArtifactVerifyRequest
  'artifact.export': ArtifactExportRequest
  'artifact.register': ArtifactRegisterRequest
  'artifact.compare': ArtifactCompareRequest
  'dataset.register': DatasetRegisterRequest
  'dataset.generate': DatasetGenerateRequest
  'dataset.list': DatasetListRequest
  'dataset.get': DatasetGetRequest
  'dataset.verify': DatasetVerifyRequest
  'experiment.create': ExperimentCreateRequest
  'experiment.execute': ExperimentExecuteRequest
  'experiment.list': ExperimentListRequest
  'experiment.get': ExperimentGetRequest
  'experiment.find_by_inputs': ExperimentFindByInputsRequest
  'experiment.compare': ExperimentCompareRequest
  forward: ForwardRequest
  'lab.query': LabQueryRequest
  'lab.report': LabReportRequest
  'model.train': ModelTrainRequest
  'model.evaluate': ModelEvaluateRequest
  'model.list': ModelListRequest
  'model.get': ModelGetRequest
  paper: PaperRequest
  'paper_sessions.list': PaperSessionsListRequest
  'paper_sessions.show': PaperSessionsShowRequest
  'paper_sessions.health': PaperSessionsHealthRequest
  'paper_sessions.alerts': PaperSessionsAlertsRequest
  'paper_sessions.promotion': PaperSessionsPromotionRequest
  'paper_sessions.index': PaperSessionsIndexRequest
  'paper_sessions.recover': PaperSessionsRecoverRequest
  portfolio: PortfolioRequest
  'registry.rebuild': RegistryRebuildRequest
  'registry.check': RegistryCheckRequest
  'registry.compact': RegistryCompactRequest
  'registry.gc': RegistryGcRequest
  'registry.export': RegistryExportRequest
  'registry.import': RegistryImportRequest
  replay: ReplayRequest
  run: RunRequest
  'runs.list': RunsListRequest
  'runs.show': RunsShowRequest
  'runs.best': RunsBestRequest
  'runs.compare': RunsCompareRequest
  'runs.report': RunsReportRequest
  'runs.repair': RunsRepairRequest
  'runs.register': RunsRegisterRequest
  'runs.get': RunsGetRequest
  'runs.tag': RunsTagRequest
  'runs.finish': RunsFinishRequest
  'runs.delete': RunsDeleteRequest
  'runset.create': RunsetCreateRequest
  'runset.resolve': RunsetResolveRequest
  'runset.freeze': RunsetFreezeRequest
  'runset.unfreeze': RunsetUnfreezeRequest
  'runset.list': RunsetListRequest
  'runset.get': RunsetGetRequest
  'runset.delete': RunsetDeleteRequest
  'runset.history': RunsetHistoryRequest
  'runset.status': RunsetStatusRequest
  'runset.diff': RunsetDiffRequest
  'runset.verify': RunsetVerifyRequest
  'runset.explain': RunsetExplainRequest
  'runset.lineage': RunsetLineageRequest
  'runset.cite': RunsetCiteRequest
  'runset.alias': RunsetAliasRequest
  'runset.export': RunsetExportRequest
  'runset.import': RunsetImportRequest
  sweep: SweepRequest
}

export type RequestName = keyof Requests

export type CommandName = 'artifact' | 'dataset' | 'experiment' | 'forward' | 'lab' | 'model' | 'paper' | 'paper_sessions' | 'portfolio' | 'registry' | 'replay' | 'run' | 'runs' | 'runset' | 'sweep'

/** Every strategy → its parameters. */
export interface StrategyParams {
  bollinger_reversion: BollingerReversionParams
  buy_and_hold: BuyAndHoldParams
  donchian_breakout: DonchianBreakoutParams
  ema_cross: EmaCrossParams
  learned_model: LearnedModelParams
  macd: MacdParams
  rsi_ma_cross_v2: RsiMaCrossV2Params
  rules: RulesParams
  sma_cross: SmaCrossParams
}

export type StrategyName = keyof StrategyParams
