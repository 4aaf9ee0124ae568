/** `portfolio`: combine forward sessions into one portfolio, or compare the ways to weigh them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  PortfolioCompare,
  PortfolioContract,
  PortfolioReport,
  PortfolioRequest,
  PortfolioSelection,
} from '../../../contracts/types.ts'
import { prettyJson } from '../../artifacts/artifact-dir.ts'
import { compareChart, PORTFOLIO_CHARTS, portfolioCharts } from '../../artifacts/portfolio-charts.ts'
import { compareMarkdown, portfolioMarkdown } from '../../artifacts/portfolio-markdown.ts'
import { replaceFiles } from '../../artifacts/portfolio-sessions.ts'
import { fail } from '../../base/errors.ts'
import { removeQuietly } from '../../base/files.ts'
import { scanJson } from '../../base/json.ts'
import { insideRoot, resolvePath } from '../../base/paths.ts'
import { firstFault, loadValidator, type ValidatorName } from '../../base/schema.ts'
import { csvText, tableOf } from '../../base/table.ts'
import { isoInstant } from '../../base/time.ts'
import { CONTRACT_VERSION } from '../../base/version.ts'
import { drawdowns } from '../../engine/forward-figures.ts'
import type { PortfolioMode } from '../../engine/portfolio-weights.ts'
import { correlations, riskParityFault } from '../../engine/portfolio-weights.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { type ModeResult, type Universe, universeOf, weighed } from './universe.ts'

export const portfolio: Command<PortfolioRequest> = {
  async run(request, context) {
    const named = rootOf(request)
    const root = insideRoot(context.root, context.cwd, named.root)
    const supplied = weightsFile(request, context)
    const rules = rulesOf(request)
    const universe = universeOf(root, named, rules, supplied)
    if (context.abort.aborted) throw fail('ABORTED', {})
    return named.mode === 'report'
      ? report(root, request.portfolio_mode, universe, rules, supplied, context)
      : compare(root, universe, rules, supplied, context)
  },
}

const CONTRACT = 'quantlab.portfolio.result'
const REPORT_FILES = {
  report: 'report.json',
  portfolio_report: 'portfolio_report.json',
  markdown: 'portfolio_report.md',
}
const COMPARE_FILES = { compare: 'portfolio_compare.json', markdown: 'portfolio_compare.md' }
const CURVE = 'portfolio_equity_curve.csv'

/** Exactly one of report and compare. */
function rootOf({ portfolio_report, portfolio_compare }: PortfolioRequest): {
  mode: 'report' | 'compare'
  root: string
} {
  if (portfolio_report !== undefined && portfolio_compare === undefined)
    return { mode: 'report', root: portfolio_report }
  if (portfolio_compare !== undefined && portfolio_report === undefined)
    return { mode: 'compare', root: portfolio_compare }
  const message =
    portfolio_report === undefined
      ? 'portfolio needs portfolio_report or portfolio_compare: the directory that holds the forward sessions.'
      : 'portfolio takes one of portfolio_report and portfolio_compare, not both.'
  throw fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/portfolio_report', message }] })
}

async function report(
  root: string,
  mode: PortfolioMode,
  universe: Universe,
  rules: PortfolioSelection,
  supplied: Record<string, number> | null,
  context: Context,
): Promise<Outcome> {
  const { members, axis, returns, stats, warnings } = universe
  const result = weighed(mode, universe, supplied)
  const { portfolio_summary, candidates } = result.block
  const { total_return, max_drawdown } = portfolio_summary
  const summary = { total_return, sharpe_simple: null, max_drawdown, trades: 0, win_rate: null }
  const correlation = correlations(members, axis, returns)
  const charts = portfolioCharts({
    title: `Portfolio · ${mode}`,
    ts: axis.ts,
    value: result.value,
    drawdown: drawdowns(result.value),
    correlation,
    sessions: members.map(({ figures }, k) => ({
      label: `${figures.ticker} ${figures.session_id}`,
      growth: axis.curves[k],
      contribution: axis.curves[k].map(v => ((v - 1) * result.capital[k]) / portfolio_summary.starting_value),
    })),
  })
  const content: PortfolioReport = {
    generated_at: isoInstant(context.clock.now()),
    n_candidates: candidates.length,
    ...result.block,
    selection: rules,
    scanning_stats: stats,
    ...stats,
    summary,
    correlation,
    ...tail(context, warnings, Object.keys(charts), 'report', summary, { ...REPORT_FILES, curve: CURVE }),
  }
  const text = await validText('artifacts/portfolio-report', content)
  const times = Array.from(axis.ts, isoInstant)
  // One session has no correlation: a picture of an earlier portfolio would mislead.
  if (!Object.hasOwn(charts, PORTFOLIO_CHARTS.correlation)) removeQuietly(join(root, PORTFOLIO_CHARTS.correlation))
  replaceFiles(root, [
    ...Object.entries(charts),
    [CURVE, csvText({ columns: { timestamp: times, value: result.value }, rows: times.length })],
    [REPORT_FILES.markdown, portfolioMarkdown(content)],
    [REPORT_FILES.portfolio_report, text],
    [REPORT_FILES.report, text],
  ])
  return outcomeOf(root, content, REPORT_FILES.report, REPORT_FILES.markdown, candidates)
}

async function compare(
  root: string,
  universe: Universe,
  rules: PortfolioSelection,
  supplied: Record<string, number> | null,
  context: Context,
): Promise<Outcome> {
  const { members, axis, returns, stats } = universe
  const modes: PortfolioMode[] = ['raw_capital', 'equal_weight']
  if (supplied !== null) modes.push('custom_weight')
  const undefinedRisk = riskParityFault(members, returns)
  if (undefinedRisk === null) modes.push('risk_parity')
  const warnings = [...universe.warnings]
  if (undefinedRisk !== null) warnings.push(`risk_parity is left out: ${undefinedRisk}.`)
  const results = new Map<PortfolioMode, ModeResult>(modes.map(mode => [mode, weighed(mode, universe, supplied)]))
  const growths = modes.map(mode => {
    const { value, block } = results.get(mode)!
    return { mode, growth: value.map(v => v / block.portfolio_summary.starting_value) }
  })
  const charts = { [PORTFOLIO_CHARTS.compare]: compareChart(axis.ts, growths) }
  const content: PortfolioCompare = {
    generated_at: isoInstant(context.clock.now()),
    n_sessions: members.length,
    selection_stats: stats,
    comparison: Object.fromEntries(
      [...results].map(([mode, { block }]) => [mode, block]),
    ) as PortfolioCompare['comparison'],
    selection_criteria: rules,
    ...tail(context, warnings, Object.keys(charts), 'compare', null, COMPARE_FILES),
  }
  const text = await validText('artifacts/portfolio-compare', content)
  replaceFiles(root, [
    ...Object.entries(charts),
    [COMPARE_FILES.markdown, compareMarkdown(content)],
    [COMPARE_FILES.compare, text],
  ])
  const rows = [...results].map(([mode, { block }]) => ({ mode, ...block.portfolio_summary }))
  return outcomeOf(root, content, COMPARE_FILES.compare, COMPARE_FILES.markdown, rows)
}

function tail(
  context: Context,
  warnings: string[],
  charts: string[],
  mode: PortfolioContract['mode'],
  summary: PortfolioContract['summary'],
  artifacts: Record<string, string>,
) {
  const machine_contract: PortfolioContract = {
    schema_version: CONTRACT_VERSION,
    contract_type: CONTRACT,
    command: 'portfolio',
    status: 'success',
    request_id: context.requestId,
    mode,
    summary,
    artifacts,
  }
  return { schema_version: CONTRACT_VERSION, trace_id: context.traceId, warnings, charts, machine_contract } as const
}

function outcomeOf(
  root: string,
  report: PortfolioReport | PortfolioCompare,
  json: string,
  markdown: string,
  rows: readonly object[],
): Outcome {
  const { mode } = report.machine_contract
  const paths = { report_path: join(root, json), markdown_path: join(root, markdown) }
  const head =
    mode === 'report' ? '=== STAGE M: PORTFOLIO AGGREGATION ===' : '=== STAGE M.4: PORTFOLIO MODE COMPARISON ==='
  return {
    answer: { result: { contract_type: CONTRACT, mode, root, ...paths, report } },
    signal: {},
    warnings: report.warnings,
    text: () => `\n${head}\n  Scanning: ${root}\n    -> ${paths.report_path}\n    -> ${paths.markdown_path}\n`,
    table: () => tableOf(Object.keys(rows[0]), rows as Record<string, string | number | null>[]),
  }
}

async function validText(schema: ValidatorName, value: object): Promise<string> {
  await loadValidator(schema)
  const fault = firstFault(schema, value)
  if (fault !== undefined) throw new Error(`the portfolio breaks ${schema}: ${fault}`)
  return prettyJson(value)
}

function rulesOf(request: PortfolioRequest): PortfolioSelection {
  const list = (text: string | undefined) =>
    text === undefined
      ? null
      : text
          .split(',')
          .map(item => item.trim())
          .filter(item => item !== '')
  return {
    rank_metric: request.portfolio_rank_metric,
    top_n: request.portfolio_top_n ?? null,
    min_return: request.portfolio_min_return ?? null,
    max_drawdown: request.portfolio_max_drawdown ?? null,
    include_tickers: list(request.portfolio_include_tickers),
    exclude_tickers: list(request.portfolio_exclude_tickers),
    include_strategies: list(request.portfolio_include_strategies),
    exclude_strategies: list(request.portfolio_exclude_strategies),
    latest_per_source_run: request.portfolio_latest_per_source_run,
  }
}

/** The weights file as {session_id: number}; INVALID_CONFIG where it is absent or anything else. */
function weightsFile({ portfolio_weights }: PortfolioRequest, context: Context): Record<string, number> | null {
  if (portfolio_weights === undefined) return null
  const path = resolvePath(context.root, context.cwd, portfolio_weights)
  const refuse = (why: string) => {
    const message = `portfolio_weights ${path} ${why}`
    return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/portfolio_weights', message }] })
  }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  }
  const scanned = scanJson(text)
  if (scanned.state !== 'complete') throw refuse(`is not JSON: ${scanned.message}`)
  if (scanned.faults.length > 0)
    throw refuse(`has a fault: ${scanned.faults[0].message} at ${scanned.faults[0].pointer}`)
  const { value } = scanned
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('must be an object {session_id: weight}')
  const bad = Object.entries(value).find(([, weight]) => typeof weight !== 'number' || !Number.isFinite(weight))
  if (bad !== undefined)
    throw refuse(`gives ${JSON.stringify(bad[0])} a weight that is no number: ${JSON.stringify(bad[1])}`)
  return value as Record<string, number>
}
