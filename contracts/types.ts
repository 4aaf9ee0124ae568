// GENERATED from schemas/ by `npm run contracts`. Do not edit.

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
  dataset: DatasetReference
  summary: Summary
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
   * SHA-256 over summary, best_result, trades.csv and the equity columns.
   */
  result_hash: string
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
export interface ArtifactListRequest {
  /**
   * The verb.
   */
  action: 'list'
  /**
   * Run id, or path of a run directory.
   */
  run_id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ArtifactListResult {
  /**
   * Run.
   */
  runId: string
  /**
   * Absolute directory.
   */
  path: string
  /**
   * Files of the run.
   */
  artifacts: ArtifactFile[]
}
export interface ArtifactGetRequest {
  /**
   * The verb.
   */
  action: 'get'
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
export interface ArtifactGetResult {
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
export interface ArtifactVerifyRequest {
  /**
   * The verb.
   */
  action: 'verify'
  /**
   * Run id, or path of a run directory.
   */
  run_id: string
  /**
   * W3C trace id written to signals and artifacts; else TRACEPARENT, else a new one.
   */
  trace_id?: string
}
export interface ArtifactVerifyResult {
  /**
   * Run.
   */
  runId: string
  /**
   * Absolute directory.
   */
  path: string
  /**
   * True: every file is as it was written.
   */
  verified: boolean
  /**
   * Files checked.
   */
  files: number
}
/**
 * Import a file as an immutable dataset, or declare one that lies elsewhere.
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
   * Kind of data; only ohlcv can be imported, any other is declared.
   */
  kind: string
  /**
   * CSV or Parquet file to copy in; without it the dataset is only declared and cannot be run on.
   */
  path?: string
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
   * Symbols held.
   */
  symbolCount: number
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols; null where only declared.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root.
   */
  root: string
  /**
   * False where the data lie elsewhere.
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
   * Bars of all symbols.
   */
  rowCount: number
  /**
   * Places where bars are missing, seen from the interval.
   */
  gapCount: number
  /**
   * Bars missing in all gaps.
   */
  missingBarCount: number
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
  provenance: DatasetProvenance1
  coverage: DatasetCoverage1
  /**
   * Symbols held.
   */
  symbolCount: number
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols; null where only declared.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root.
   */
  root: string
  /**
   * False where the data lie elsewhere.
   */
  materialised: boolean
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
   * Bars of all symbols.
   */
  rowCount: number
  /**
   * Places where bars are missing, seen from the interval.
   */
  gapCount: number
  /**
   * Bars missing in all gaps.
   */
  missingBarCount: number
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
  provenance: DatasetProvenance2
  coverage: DatasetCoverage2
  /**
   * Symbols held.
   */
  symbolCount: number
  /**
   * When it was registered, UTC.
   */
  createdAt: string
  /**
   * SHA-256 of the columns of all symbols; null where only declared.
   */
  contentHash: string | null
  /**
   * Folder of the dataset, relative to the root.
   */
  root: string
  /**
   * False where the data lie elsewhere.
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
   * Bars of all symbols.
   */
  rowCount: number
  /**
   * Places where bars are missing, seen from the interval.
   */
  gapCount: number
  /**
   * Bars missing in all gaps.
   */
  missingBarCount: number
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
  'artifact.get': ArtifactGetRequest
  'artifact.verify': ArtifactVerifyRequest
  'dataset.register': DatasetRegisterRequest
  'dataset.list': DatasetListRequest
  'dataset.get': DatasetGetRequest
  'dataset.verify': DatasetVerifyRequest
  run: RunRequest
  'runs.list': RunsListRequest
  'runs.show': RunsShowRequest
  'runs.best': RunsBestRequest
  'runs.compare': RunsCompareRequest
}

export type RequestName = keyof Requests

export type CommandName = 'artifact' | 'dataset' | 'run' | 'runs'

/** Every strategy → its parameters. */
export interface StrategyParams {
  bollinger_reversion: BollingerReversionParams
  buy_and_hold: BuyAndHoldParams
  donchian_breakout: DonchianBreakoutParams
  ema_cross: EmaCrossParams
  macd: MacdParams
  rsi_ma_cross_v2: RsiMaCrossV2Params
  rules: RulesParams
  sma_cross: SmaCrossParams
}

export type StrategyName = keyof StrategyParams
