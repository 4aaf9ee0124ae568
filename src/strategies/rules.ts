/** `rules`: a strategy given as JSON, compiled once to typed-array code paths; the language is in its schema. */

import type { RulesParams } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import type { ColumnName } from '../indicators/index.ts'
import type { Bars } from '../market/bars.ts'
import { barsPerYear } from '../market/calendar.ts'
import { compileRules } from './rules-compile.ts'
import { type Frame, seriesOf, truthOf } from './rules-evaluate.ts'
import { type SideSignals, writePositions } from './rules-positions.ts'
import type { Program, Side } from './rules-program.ts'
import { type Execution, type Strategy, targetBuffer } from './strategy.ts'

export const rules: Strategy<RulesParams> = {
  name: 'rules',
  family: 'rules',

  check: params => {
    programOf(params)
  },

  warmup: params => programOf(params).warmup,

  targets(bars, params, context) {
    const { warmup: from, reads, long, short, stops, sizing, minHoldBars, cooldownBars } = programOf(params)
    requireColumns(bars, context.execution, reads)
    const frame: Frame = { cache: context.indicators, from }
    const { fraction, target } = sizing
    const out = targetBuffer(bars, from, context)
    writePositions(
      {
        from,
        close: bars.close,
        open: context.execution === 'next_open' ? bars.open : null,
        long: signalsOf(long, frame),
        short: signalsOf(short, frame),
        stops,
        minHoldBars,
        cooldownBars,
        fraction,
        volatility: target === null ? null : seriesOf(target.volatility, frame),
        target: target === null ? 0 : target.annual / Math.sqrt(barsPerYear(bars.interval, bars.calendar)),
        resize: target?.everyBar ?? false,
      },
      out,
    )
    return out
  },
}

/** The last program by the text of its parameters: a trial asks for it three times, a sweep over data for each data set. */
const last: { text: string; program: Program | null } = { text: '', program: null }

function programOf(params: RulesParams): Program {
  const text = JSON.stringify(params)
  if (last.program === null || last.text !== text) {
    last.program = compileRules(params)
    last.text = text
  }
  return last.program
}

function signalsOf(side: Side | null, frame: Frame): SideSignals | null {
  if (side === null) return null
  return { entry: truthOf(side.entry, frame), exit: side.exit === null ? null : truthOf(side.exit, frame) }
}

/** DATA_ERROR that names every column that is read and missing, with the place that reads it. */
function requireColumns(bars: Bars, execution: Execution, reads: ReadonlyMap<ColumnName, string>): void {
  const needed: [ColumnName, string][] = [...reads]
  if (execution === 'next_open') needed.push(['open', ''])
  const absent = needed.filter(([column]) => bars[column] === null)
  if (absent.length === 0) return
  const names = [...new Set(absent.map(([column]) => column))].join(', ')
  throw fail(
    'DATA_ERROR',
    {
      message: `The rules read columns that the data of ${bars.symbol} do not have: ${names}; use a data set with them.`,
    },
    { details: absent.map(([column, pointer]) => ({ pointer, message: `the data have no column ${column}` })) },
  )
}
