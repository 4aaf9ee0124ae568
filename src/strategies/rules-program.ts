/** What a strategy written as rules compiles to: plain nodes with their warm-up, ready to be evaluated over columns. */

import type { BoundIndicator, ColumnName } from '../indicators/index.ts'

/** What every node knows: its text, equal for equal nodes, and the bars before the first one at which it can be defined. */
interface Node {
  key: string
  warmup: number
}

export type Arithmetic = 'add' | 'sub' | 'mul' | 'div'

/** A number on each bar. `computation` is the text of an indicator without its output, which all its outputs share. */
export type Series = Node &
  (
    | { op: 'constant'; value: number }
    | { op: 'column'; column: ColumnName }
    | { op: 'indicator'; indicator: BoundIndicator; output: string; of: Series | null; computation: string }
    | { op: 'lag'; source: Series; bars: number }
    | { op: Arithmetic; left: Series; right: Series }
    | { op: 'bars_since'; condition: Condition }
  )

/** True, false or undefined on each bar. The other comparisons are these with their operands exchanged. */
export type Condition = Node &
  (
    | { op: 'gt' | 'gte' | 'cross_above'; left: Series; right: Series }
    | { op: 'all' | 'any'; items: Condition[] }
    | { op: 'not'; item: Condition }
  )

/** Conditions of one side; a side without an exit is left by its stops alone. */
export interface Side {
  entry: Condition
  exit: Condition | null
}

/** Levels as fractions of a price, time in bars; Infinity where the stop is off. */
export interface Stops {
  stopLoss: number
  takeProfit: number
  trailingStop: number
  timeExitBars: number
}

/** Exposure of a position: `fraction`, or less where the volatility is above the target. */
export interface Sizing {
  fraction: number
  /** Null without a volatility target. `volatility` is per bar, `annual` the target per year. */
  target: { annual: number; volatility: Series; everyBar: boolean } | null
}

/** A whole strategy. */
export interface Program {
  long: Side | null
  short: Side | null
  stops: Stops
  sizing: Sizing
  minHoldBars: number
  cooldownBars: number
  warmup: number
  /** Every column that is read, with the JSON pointer of the first place that reads it. */
  reads: Map<ColumnName, string>
}
