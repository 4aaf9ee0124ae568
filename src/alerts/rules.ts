/** The rules of `multi_trade` as the simulation reads them: a switched-off rule is a number that never applies. */

import type { MultiTradeParams } from '../../contracts/types.ts'
import { fail } from '../base/errors.ts'
import { MINUTE_MS } from '../market/calendar.ts'

/** Times in ms, shares as ratios. */
export interface Rules {
  entry: MultiTradeParams['entry']
  pullback: number
  confirmation: number
  confirmationCandles: number
  entryAttempts: number
  /** Look at highs and lows, not at closes alone. */
  touch: boolean
  stake: number
  /** 0: off. */
  trailingStop: number
  trailingActivation: number
  /** 0: off. */
  stopLoss: number
  takeProfit: readonly { gain: number; share: number }[]
  /** Infinity: off. */
  timeLimit: number
  window: number
  /** 0: no re-entry. */
  reentryDrop: number
  reentryRebound: number
  maxTrades: number
}

/** The rules of complete parameters. STRATEGY_ERROR for a ladder that does not rise or sells more than there is. */
export function rulesOf(params: MultiTradeParams): Rules {
  checkLadder(params.take_profit)
  return {
    entry: params.entry,
    pullback: params.entry_pullback,
    confirmation: params.entry_confirmation,
    confirmationCandles: params.confirmation_candles,
    entryAttempts: params.entry_attempts,
    touch: params.trigger === 'touch',
    stake: params.stake,
    trailingStop: params.trailing_stop ?? 0,
    trailingActivation: params.trailing_activation,
    stopLoss: params.stop_loss ?? 0,
    takeProfit: params.take_profit,
    timeLimit: (params.time_limit_minutes ?? Number.POSITIVE_INFINITY) * MINUTE_MS,
    window: params.window_minutes * MINUTE_MS,
    reentryDrop: params.reentry_drop ?? 0,
    reentryRebound: params.reentry_rebound,
    maxTrades: params.max_trades,
  }
}

function checkLadder(ladder: MultiTradeParams['take_profit']): void {
  let sold = 0
  ladder.forEach(({ gain, share }, i) => {
    if (i > 0 && gain <= ladder[i - 1].gain)
      throw refused(i, 'gain', `gain ${gain} is not above that of the rung before; sort the ladder`)
    sold += share
    // Shares such as ten times 0.1 sum to a little more than 1.
    if (sold > 1 + 1e-9) throw refused(i, 'share', 'the shares up to here sum to more than 1')
  })
}

function refused(rung: number, name: string, message: string): Error {
  const details = [{ pointer: `/params/strategy_params/take_profit/${rung}/${name}`, message }]
  return fail('STRATEGY_ERROR', { message: `take_profit rung ${rung + 1}: ${message}` }, { details })
}
