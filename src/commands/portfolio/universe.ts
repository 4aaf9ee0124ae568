/** The sessions of a portfolio: scanned, without copies, selected, on one time axis; and the portfolio in one mode. */

import type { PortfolioModeResult, PortfolioScan, PortfolioSelection } from '../../../contracts/types.ts'
import { isSession } from '../../artifacts/forward-session.ts'
import { type ScannedSession, scanSessions } from '../../artifacts/portfolio-sessions.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { isFolder } from '../../base/files.ts'
import { sum } from '../../base/stats.ts'
import { curveOf, timestampOf } from '../../engine/forward-record.ts'
import {
  type CommonAxis,
  collapseCopies,
  combinedCurve,
  commonAxis,
  contributions,
  type Member,
  memberOf,
  NORMALISED_CASH,
  type PortfolioSession,
  portfolioSummary,
  selectMembers,
} from '../../engine/portfolio.ts'
import {
  type CommonReturns,
  commonReturns,
  type PortfolioMode,
  riskShares,
  weightsOf,
} from '../../engine/portfolio-weights.ts'

/** The sessions that every mode weighs. */
export interface Universe {
  members: Member[]
  axis: CommonAxis
  returns: CommonReturns
  stats: PortfolioScan
  warnings: string[]
}

/** A portfolio in one mode: what is reported, the curve, and the money in each session at the start. */
export interface ModeResult {
  block: PortfolioModeResult
  value: Float64Array
  capital: number[]
}

/**
 * Scan `root`, collapse copies, apply the rules. NOT_FOUND where the root does not exist, holds no session, or the rules keep none;
 * `named` is the root as the caller named it and what for.
 */
export function universeOf(
  root: string,
  named: { root: string; mode: 'report' | 'compare' },
  rules: PortfolioSelection,
  supplied: Readonly<Record<string, number>> | null,
): Universe {
  if (!isFolder(root)) throw notFound(`Portfolio root directory not found: ${named.root}`)
  const scanned = scanSessions(root)
  const sessions: PortfolioSession[] = []
  const warnings: string[] = []
  for (const each of scanned) {
    const session = each.fault === null ? sessionOf(each) : each.fault
    if (typeof session === 'string') warnings.push(`Session ${each.path} is left out: ${session}`)
    else sessions.push(session)
  }
  const complete = sessions.map(memberOf)
  const unique = collapseCopies(complete)
  const members = selectMembers(unique, rules)
  const counts = [scanned, complete, unique, members].map(list => list.length)
  if (members.length === 0) throw nothingLeft(named, isSession(root), counts, warnings)
  const unknown = Object.keys(supplied ?? {}).filter(id => !sessions.some(session => session.session_id === id))
  if (unknown.length > 0) warnings.push(`portfolio_weights names sessions that are not there: ${unknown.join(', ')}.`)
  warnings.push(...sharedIds(members))
  const axis = commonAxis(members)
  return {
    members,
    axis,
    returns: commonReturns(axis),
    warnings,
    stats: {
      sessions_scanned: counts[0],
      sessions_included: counts[3],
      sessions_excluded_incomplete: counts[0] - counts[1],
      sessions_collapsed_duplicates: counts[1] - counts[2],
      sessions_after_hygiene: counts[1],
      sessions_after_dedup: counts[2],
      sessions_after_selection: counts[3],
    },
  }
}

/** The portfolio in one mode; errors as `weightsOf`. */
export function weighed(
  mode: PortfolioMode,
  { members, axis, returns }: Universe,
  supplied: Readonly<Record<string, number>> | null,
): ModeResult {
  const weights = weightsOf(mode, members, supplied, returns)
  const raw = mode === 'raw_capital'
  const cash = members.map(({ figures }) => figures.starting_cash)
  const capital = raw ? cash : weights.map(weight => weight * NORMALISED_CASH)
  const value = combinedCurve(axis, capital)
  const portfolio_summary = portfolioSummary(value, raw ? sum(cash) : NORMALISED_CASH)
  const ids = members.map(({ figures }) => figures.session_id)
  return {
    value,
    capital,
    block: {
      candidates: contributions(members, weights, capital, portfolio_summary, riskShares(weights, returns)),
      portfolio_summary,
      allocation: {
        mode,
        weights_supplied: { ...supplied },
        weights_used: Object.fromEntries(ids.map((id, k) => [id, weights[k]])),
        normalized_weights: !raw,
      },
    },
  }
}

/** Sessions that were copied and then went different ways have one id, and so one weight each of the same name. */
function sharedIds(members: readonly Member[]): string[] {
  const ids = members.map(({ figures }) => figures.session_id)
  const shared = [...new Set(ids.filter((id, k) => ids.indexOf(id) !== k))]
  return shared.map(id => {
    const paths = members.filter(({ figures }) => figures.session_id === id).map(({ figures }) => figures.path)
    return `Several sessions have the id ${id} (${paths.join(', ')}): they are weighed alike and share one line of weights_used.`
  })
}

/** A session, or why it cannot be used. Rows behind the state's last bar are of an update that was interrupted. */
function sessionOf({ path, state, equity }: Extract<ScannedSession, { fault: null }>): PortfolioSession | string {
  const until = text(state['last_timestamp'])
  try {
    const end = (until === null ? null : timestampOf(until)) ?? Number.POSITIVE_INFINITY
    const curve = curveOf(equity, `${path}/forward_equity_curve.csv`, 'equity', end)
    if (curve.ts.length === 0) return 'no bar is evaluated yet'
    const candidate = objectOf(state['candidate'])
    const { ticker } = objectOf(candidate['params'])
    const cash = state['starting_cash'] ?? NORMALISED_CASH
    if (typeof cash !== 'number' || !(cash > 0)) return `its starting_cash ${JSON.stringify(cash)} is no sum above 0`
    if (curve.equity.some(value => value < 0)) return 'its equity falls below 0'
    return {
      path,
      session_id: text(state['session_id']) ?? path,
      ticker: text(state['ticker'], candidate['ticker'], ticker) ?? 'N/A',
      strategy: text(candidate['strategy_name']) ?? 'N/A',
      source_run_id: text(candidate['source_run_id']) ?? 'N/A',
      starting_cash: cash,
      eval_start: text(state['eval_start']),
      eval_end: text(state['eval_end']),
      updated_at: text(state['updated_at']),
      ...curve,
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return error.message
  }
}

/** The first of the values that is a text with something in it. */
function text(...values: unknown[]): string | null {
  return (values.find(value => typeof value === 'string' && value !== '') as string | undefined) ?? null
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function nothingLeft(
  { mode, root }: { mode: string; root: string },
  itself: boolean,
  counts: number[],
  warnings: string[],
): Error {
  const [all, complete, unique] = counts
  if (all === 0) {
    const inside = itself ? ' It is a session itself: name the directory that holds it.' : ''
    return notFound(`There is no forward session directly below ${root}.${inside}`, warnings)
  }
  if (mode === 'compare') return notFound('No eligible sessions found for comparison.', warnings)
  return notFound(
    'No portfolio sessions remain after applying selection rules. ' +
      `(scanned=${all}, after_hygiene=${complete}, after_dedup=${unique}, after_selection=0)`,
    warnings,
  )
}

function notFound(message: string, warnings: string[] = []): Error {
  const pointer = '/params/portfolio_report'
  const details = [{ pointer, message }, ...warnings.map(warning => ({ pointer, message: warning }))]
  return fail('NOT_FOUND', { message }, { details })
}
