/** Strategy names that say their parameters: `MultiTrade_20pctTrail_50pctDropRebound_24h`. */

import { fail } from '../base/errors.ts'

/** The parameters of `multi_trade` that a name can give; the take-profit ladder rung by rung. */
export interface NamedParams {
  trailing_stop?: number
  stop_loss?: number
  reentry_drop?: number
  reentry_rebound?: number
  entry?: 'pullback' | 'confirmation'
  entry_pullback?: number
  entry_confirmation?: number
  take_profit?: { gain: number; share: number }[]
  max_trades?: number
  window_minutes?: number
}

type Part = [pattern: RegExp, read: (numbers: number[]) => NamedParams]

const NUMBER = String.raw`(\d+(?:\.\d+)?)`
const part = (text: string) => new RegExp(`^${text.replaceAll('#', NUMBER)}$`)

/** Parts of a name, `#` a number; percentages are of 100. */
const PARTS: Record<string, Part> = {
  '20pctTrail': [part('#pctTrail'), ([percent]) => ({ trailing_stop: percent / 100 })],
  '20pctStop': [part('#pctStop'), ([percent]) => ({ stop_loss: percent / 100 })],
  '50pctDropRebound': [part('#pctDropRebound'), ([percent]) => ({ reentry_drop: percent / 100 })],
  '50pctDrop20pctRebound': [
    part('#pctDrop#pctRebound'),
    ([drop, rebound]) => ({ reentry_drop: drop / 100, reentry_rebound: rebound / 100 }),
  ],
  '10pctPullback': [part('#pctPullback'), ([percent]) => ({ entry: 'pullback', entry_pullback: percent / 100 })],
  '10pctConfirm': [part('#pctConfirm'), ([percent]) => ({ entry: 'confirmation', entry_confirmation: percent / 100 })],
  '2x50pctTP': [part('#x#pctTP'), ([multiple, percent]) => ({ take_profit: [rung(multiple, percent)] })],
  '3trades': [part('(\\d+)trades'), ([count]) => ({ max_trades: count })],
  '24h': [part('#h'), ([hours]) => ({ window_minutes: hours * 60 })],
  '90m': [part('#m'), ([minutes]) => ({ window_minutes: minutes })],
  '2d': [part('#d'), ([days]) => ({ window_minutes: days * 1440 })],
}

/** True for the strategies that are fed alerts instead of bars. */
export function tradesAlerts(name: string): boolean {
  return name === 'multi_trade' || isMultiTradeName(name)
}

/** True for a name of the family, whether its parts can be read or not. */
export function isMultiTradeName(name: string): boolean {
  return name === 'MultiTrade' || name.startsWith('MultiTrade_')
}

/**
 * The parameters a name gives: `MultiTrade` and parts joined by `_`, in any order, each kind once (take-profits as often as
 * there are rungs). STRATEGY_ERROR for a part that is unknown or says something a second time.
 */
export function paramsOfName(name: string): NamedParams {
  const params: NamedParams = {}
  for (const text of name.split('_').slice(1)) {
    const given = readPart(name, text)
    for (const [key, value] of Object.entries(given)) {
      const ladder = params.take_profit
      if (key === 'take_profit' && ladder !== undefined) ladder.push(...(value as typeof ladder))
      else if (Object.hasOwn(params, key)) throw refused(name, text, `gives ${key} a second time`)
      else Object.assign(params, { [key]: value })
    }
  }
  params.take_profit?.sort((a, b) => a.gain - b.gain)
  return params
}

/** Rounded to twelve decimals, so that 1.1x is a gain of 0.1 and not of 0.10000000000000009. */
function rung(multiple: number, percent: number): { gain: number; share: number } {
  return { gain: Number((multiple - 1).toFixed(12)), share: percent / 100 }
}

function readPart(name: string, text: string): NamedParams {
  for (const [pattern, read] of Object.values(PARTS)) {
    const match = pattern.exec(text)
    if (match !== null) return read(match.slice(1).map(Number))
  }
  throw refused(name, text, 'is none of the parts a name can have')
}

function refused(name: string, text: string, why: string): Error {
  const message = `Strategy ${name}: '${text}' ${why}`
  const hint = `Parts are such as ${Object.keys(PARTS).join(', ')}; or use multi_trade with strategy_params.`
  return fail(
    'STRATEGY_ERROR',
    { message },
    { details: [{ pointer: '/params/strategy', message: `'${text}' ${why}` }], hint },
  )
}
