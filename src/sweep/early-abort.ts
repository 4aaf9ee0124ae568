/** Rules that end a batch which does not go well, judged on the trials in their order, so that threads cannot change the verdict. */

import { TRIAL_METRICS } from './kernel.ts'

/** Each rule is judged after every trial from `after_runs` on; a trial that failed is no run. A mean is over the runs that have the figure. */
export interface EarlyAbortRules {
  /** Mean share of winning round trips below `threshold`. */
  min_win_rate?: { threshold: number; after_runs: number }
  /** Mean total return (a ratio, 0.1 = 10 %) below `threshold`. */
  min_avg_return?: { threshold: number; after_runs: number }
  /** Mean depth of the deepest drawdown, as a positive ratio, above `threshold`. */
  max_drawdown?: { threshold: number; after_runs: number }
  /** Fewer than `count` runs with a total return above 0. */
  min_profitable_runs?: { count: number; after_runs: number }
}

/** Why and when a batch was ended; means over the runs before. */
export interface EarlyAbort {
  reason: string
  after_runs: number
  metrics: { avg_win_rate: number; avg_return: number; avg_drawdown: number; profitable_runs: number }
}

const RETURN = TRIAL_METRICS.indexOf('total_return')
const DRAWDOWN = TRIAL_METRICS.indexOf('max_drawdown')
const WIN_RATE = TRIAL_METRICS.indexOf('win_rate_trades')

/** What is known of the runs so far. */
export interface AbortState {
  runs: number
  wins: Mean
  returns: Mean
  drawdowns: Mean
  profitable: number
}

/** Of the values that are not NaN. */
interface Mean {
  sum: number
  count: number
}

/** The state before the first trial. */
export function abortState(): AbortState {
  const none = () => ({ sum: 0, count: 0 })
  return { runs: 0, wins: none(), returns: none(), drawdowns: none(), profitable: 0 }
}

/** What a rule is judged by: ratios of one run, NaN where undefined; the drawdown is 0 or negative. */
export interface JudgedRun {
  win_rate: number
  total_return: number
  max_drawdown: number
}

/** Count one trial in (figures in the order of TRIAL_METRICS, all NaN for one that failed) and judge; null to go on. */
export function judgeTrial(rules: EarlyAbortRules, state: AbortState, figures: Float64Array): EarlyAbort | null {
  // A failed trial has not even a number of trades.
  if (Number.isNaN(figures[TRIAL_METRICS.indexOf('trades')])) return null
  return judgeRun(rules, state, {
    win_rate: figures[WIN_RATE],
    total_return: figures[RETURN],
    max_drawdown: figures[DRAWDOWN],
  })
}

/** Count one run in and judge; null to go on. */
export function judgeRun(rules: EarlyAbortRules, state: AbortState, run: JudgedRun): EarlyAbort | null {
  state.runs++
  count(state.wins, run.win_rate)
  count(state.returns, run.total_return)
  count(state.drawdowns, -run.max_drawdown)
  if (run.total_return > 0) state.profitable++

  const { runs, profitable } = state
  const [avg_win_rate, avg_return, avg_drawdown] = [state.wins, state.returns, state.drawdowns].map(meanOf)
  const { min_win_rate, min_avg_return, max_drawdown, min_profitable_runs } = rules
  const due = (rule: { after_runs: number } | undefined) => rule !== undefined && runs >= rule.after_runs
  const reasons: string[] = []
  if (due(min_win_rate) && avg_win_rate < min_win_rate!.threshold)
    reasons.push(`average win rate ${avg_win_rate} is below ${min_win_rate!.threshold}`)
  if (due(min_avg_return) && avg_return < min_avg_return!.threshold)
    reasons.push(`average return ${avg_return} is below ${min_avg_return!.threshold}`)
  if (due(max_drawdown) && avg_drawdown > max_drawdown!.threshold)
    reasons.push(`average drawdown ${avg_drawdown} is above ${max_drawdown!.threshold}`)
  if (due(min_profitable_runs) && profitable < min_profitable_runs!.count)
    reasons.push(`${profitable} profitable runs are fewer than ${min_profitable_runs!.count}`)
  if (reasons.length === 0) return null
  const metrics = { avg_win_rate, avg_return, avg_drawdown, profitable_runs: profitable }
  return { reason: reasons.join('; '), after_runs: runs, metrics }
}

function count(mean: Mean, value: number): void {
  if (Number.isNaN(value)) return
  mean.sum += value
  mean.count++
}

/** NaN where no run has the figure: then no rule fires. */
function meanOf({ sum, count }: Mean): number {
  return count === 0 ? Number.NaN : sum / count
}
