// GENERATED from schemas/ by `npm run contracts`. Do not edit.

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
 * Extended metrics.
 *
 */
export interface ExtendedMetrics {
  [k: string]: unknown
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
  request_id: {
    [k: string]: unknown
  }
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
  expected?: {
    [k: string]: unknown
  }
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
  request_id: {
    [k: string]: unknown
  }
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
  request_id: {
    [k: string]: unknown
  }
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
  request_id: {
    [k: string]: unknown
  }
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
  content?: {
    [k: string]: unknown
  }
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
  request_id?: {
    [k: string]: unknown
  }
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
  request_id: {
    [k: string]: unknown
  }
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
  result?: {
    [k: string]: unknown
  }
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
  request_id: {
    [k: string]: unknown
  }
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
  exit_code?: number
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
  run: RunRequest
}

export type RequestName = keyof Requests

export type CommandName = 'artifact' | 'run'

/** Every strategy → its parameters. */
export interface StrategyParams {
  bollinger_reversion: BollingerReversionParams
  buy_and_hold: BuyAndHoldParams
  donchian_breakout: DonchianBreakoutParams
  ema_cross: EmaCrossParams
  macd: MacdParams
  rsi_ma_cross_v2: RsiMaCrossV2Params
  sma_cross: SmaCrossParams
}

export type StrategyName = keyof StrategyParams
