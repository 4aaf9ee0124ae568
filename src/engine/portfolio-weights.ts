/** Weights of a portfolio: own money, equal, from a file, or equal risk; covariance, correlation and shares of risk. */

import type { PortfolioAllocation, PortfolioCorrelation } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { correlation, covariance, maximum, std, sum } from '../base/stats.ts'
import { isoInstant } from '../market/calendar.ts'
import { barReturns } from './forward-figures.ts'
import type { CommonAxis, Member } from './portfolio.ts'

export type PortfolioMode = PortfolioAllocation['mode']

/** Bar returns of each session over the time that all cover. */
export type CommonReturns = Float64Array[]

/** Rounds of the descent at most, and the change of weights that ends it. */
const MOST_ROUNDS = 10_000
const PRECISION = 1e-14

/** Bar returns of the sessions over their common time; empty columns where there is none. */
export function commonReturns({ curves, from, to }: CommonAxis): CommonReturns {
  return curves.map(curve => barReturns(curve.subarray(from, to)))
}

/**
 * Weights of the sessions in `mode`, of sum 1. `supplied` are those of the weights file by session id. INVALID_CONFIG where the
 * file is missing, knows none of the sessions, has a negative weight or nothing but zeros; DATA_ERROR where equal risk is undefined.
 */
export function weightsOf(
  mode: PortfolioMode,
  members: readonly Member[],
  supplied: Readonly<Record<string, number>> | null,
  returns: CommonReturns,
): number[] {
  switch (mode) {
    case 'raw_capital': {
      const total = sum(members.map(({ figures }) => figures.starting_cash))
      return members.map(({ figures }) => figures.starting_cash / total)
    }
    case 'equal_weight':
      return members.map(() => 1 / members.length)
    case 'custom_weight':
      return customWeights(members, supplied)
    case 'risk_parity':
      return riskParity(members, returns)
  }
}

/** Why equal risk is undefined for these sessions, or null where it is defined. */
export function riskParityFault(members: readonly Member[], returns: CommonReturns): string | null {
  const count = returns[0]?.length ?? 0
  if (count < 2) return `the sessions have ${count === 0 ? 'no' : 'one'} bar return in common; two are needed`
  const still = members.filter((_, k) => !(std(returns[k], 1) > 0)).map(({ figures }) => figures.session_id)
  return still.length === 0 ? null : `nothing moves in ${still.join(', ')} over the common time`
}

/** Sample covariance of the returns, row by row. */
export function covarianceMatrix(returns: CommonReturns): number[][] {
  return returns.map(x => returns.map(y => covariance(x, y, 1)))
}

/**
 * Share of each session in the variance of the portfolio: wᵢ·(Σw)ᵢ / w′Σw (Maillard, Roncalli & Teïletche 2010); the shares add
 * up to 1. Null where the variance is 0 or undefined.
 */
export function riskShares(weights: readonly number[], returns: CommonReturns): (number | null)[] {
  const matrix = covarianceMatrix(returns)
  const marginal = matrix.map(row => sum(row.map((value, k) => value * weights[k])))
  const variance = sum(marginal.map((value, k) => value * weights[k]))
  return weights.map((weight, k) => (variance > 0 ? (weight * marginal[k]) / variance : null))
}

/** Correlation matrix of the sessions over their common time; null where a session does not move or there is too little of it. */
export function correlations(
  members: readonly Member[],
  axis: CommonAxis,
  returns: CommonReturns,
): PortfolioCorrelation {
  const count = returns[0]?.length ?? 0
  const defined = (value: number) => (Number.isFinite(value) ? value : null)
  const met = axis.to > axis.from
  return {
    session_ids: members.map(({ figures }) => figures.session_id),
    matrix: returns.map((x, i) =>
      returns.map((y, j) => (count < 2 ? null : i === j ? self(x) : defined(correlation(x, y)))),
    ),
    n_returns: count,
    from: met ? isoInstant(axis.ts[axis.from]) : null,
    to: met ? isoInstant(axis.ts[axis.to - 1]) : null,
  }
}

function self(x: Float64Array): number | null {
  return std(x, 1) > 0 ? 1 : null
}

function customWeights(members: readonly Member[], supplied: Readonly<Record<string, number>> | null): number[] {
  if (supplied === null) throw badWeights('custom_weight needs portfolio_weights, a JSON file {session_id: weight}.')
  const ids = members.map(({ figures }) => figures.session_id)
  const own = ids.map(id => (Object.hasOwn(supplied, id) ? supplied[id] : 0))
  if (!ids.some(id => Object.hasOwn(supplied, id)))
    throw badWeights(`portfolio_weights names none of the sessions: ${ids.join(', ')}.`)
  const negative = ids.filter((_, k) => own[k] < 0)
  if (negative.length > 0) throw badWeights(`portfolio_weights has negative weights for ${negative.join(', ')}.`)
  const largest = maximum(own)
  if (!(largest > 0)) throw badWeights('The weights of the sessions add up to 0; give at least one above 0.')
  const total = sum(own)
  if (Number.isFinite(total)) return own.map(weight => weight / total)
  // The largest numbers there are have a sum that is none.
  const scaled = own.map(weight => weight / largest)
  return scaled.map(weight => weight / sum(scaled))
}

/**
 * Equal risk contributions: the w ≥ 0 with equal wᵢ·(Σw)ᵢ, by cyclical coordinate descent on ½·w′Σw − Σ ln wᵢ / n, whose
 * minimum is unique (Griveau-Billion, Richard & Roncalli 2013); scaled to sum 1.
 */
function riskParity(members: readonly Member[], returns: CommonReturns): number[] {
  const fault = riskParityFault(members, returns)
  if (fault !== null) {
    const hint = 'Leave such sessions out, or choose another portfolio_mode.'
    throw fail('DATA_ERROR', { message: `risk_parity is undefined: ${fault}.` }, { hint })
  }
  const scale = returns.map(x => std(x, 1))
  // In units of each session's own deviation the matrix is that of correlations: well scaled whatever the returns are.
  const matrix = covarianceMatrix(returns).map((row, i) => row.map((value, j) => value / (scale[i] * scale[j])))
  const count = members.length
  const x = members.map(() => 1 / Math.sqrt(count))
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let moved = 0
    for (let i = 0; i < count; i++) {
      const others = sum(matrix[i].map((value, j) => (j === i ? 0 : value * x[j])))
      const next = (Math.sqrt(others * others + (4 * matrix[i][i]) / count) - others) / (2 * matrix[i][i])
      moved = Math.max(moved, Math.abs(next - x[i]))
      x[i] = next
    }
    if (moved < PRECISION) break
  }
  const weights = x.map((value, i) => value / scale[i])
  const total = sum(weights)
  return weights.map(weight => weight / total)
}

function badWeights(message: string): Error {
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/portfolio_weights', message }] })
}
