/** Rules as JSON → program: every name resolved, every number checked, warm-ups added up. */

import type { RulesParams, RulesSide } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { indicatorFor } from '../indicators/index.ts'
import { type Compilation, compileCondition } from './rules-nodes.ts'
import type { Program, Series, Side, Sizing, Stops } from './rules-program.ts'

const OFF = Number.POSITIVE_INFINITY

/**
 * Compile parameters that their schema has accepted. STRATEGY_ERROR with all faults at once: no side, unknown column,
 * operation, indicator, parameter or output, a number out of bounds, too many or too deep conditions. Pointers are relative
 * to `params`.
 */
export function compileRules(params: RulesParams): Program {
  const to: Compilation = { faults: [], nodes: 0, reads: new Map() }
  if (params.long === undefined && params.short === undefined) {
    to.faults.push({ pointer: '', message: 'needs long, short or both', expected: ['long', 'short'] })
  }
  const long = compileSide(params.long, '/long', to)
  const short = compileSide(params.short, '/short', to)
  if (to.faults.length > 0) throw invalid(to)
  const sizing = sizingOf(params)
  const nodes = [long?.entry, long?.exit, short?.entry, short?.exit, sizing.target?.volatility]
  return {
    long,
    short,
    stops: stopsOf(params),
    sizing,
    minHoldBars: params.min_hold_bars,
    cooldownBars: params.cooldown_bars,
    warmup: Math.max(params.warmup_bars, ...nodes.map(node => node?.warmup ?? 0)),
    reads: to.reads,
  }
}

function compileSide(side: RulesSide | undefined, pointer: string, to: Compilation): Side | null {
  if (side === undefined) return null
  return {
    entry: compileCondition(side.entry, { pointer: `${pointer}/entry`, depth: 1 }, to),
    exit: side.exit === undefined ? null : compileCondition(side.exit, { pointer: `${pointer}/exit`, depth: 1 }, to),
  }
}

function stopsOf({ stops = {} }: RulesParams): Stops {
  return {
    stopLoss: stops.stop_loss ?? OFF,
    takeProfit: stops.take_profit ?? OFF,
    trailingStop: stops.trailing_stop ?? OFF,
    timeExitBars: stops.time_exit_bars ?? OFF,
  }
}

function sizingOf({ sizing: { fraction, volatility_target: target } }: RulesParams): Sizing {
  if (target === undefined) return { fraction, target: null }
  const indicator = indicatorFor('realised_volatility', { window: target.lookback_bars })
  const key = `realised_volatility(${target.lookback_bars})`
  const volatility: Series = {
    op: 'indicator',
    indicator,
    output: 'value',
    of: null,
    computation: key,
    key: `${key}.value`,
    warmup: indicator.warmup,
  }
  return {
    fraction,
    target: { annual: target.annual_volatility, volatility, everyBar: target.rebalance === 'every_bar' },
  }
}

function invalid({ faults }: Compilation): Error {
  const first = `${faults[0].pointer} ${faults[0].message}`.trim()
  const more = faults.length === 1 ? '' : ` (and ${faults.length - 1} more)`
  const hint = 'quantlab --schema strategies/rules prints the language, with examples.'
  return fail('STRATEGY_ERROR', { message: `Invalid rules: ${first}${more}` }, { details: faults, hint })
}
