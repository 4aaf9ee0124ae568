/** Stops, holding and waiting times, reversals and sizes of rules, worked by hand. */

import { describe, expect, it } from 'vitest'
import type { Bars } from '../../src/market/bars.ts'
import { barsOf } from '../engine/fixtures.ts'
import { ALWAYS, targetsOf } from './rules-fixtures.ts'

describe('stops, worked by hand', () => {
  const long = { entry: { cross_above: ['close', 95] } }
  const short = { entry: { cross_below: ['close', 105] } }
  const falling = [90, 100, 96, 95, 97, 94, 92]
  const peak = [90, 100, 120, 109, 108, 130, 117]
  const trough = [110, 100, 80, 87, 88, 70]

  it.each<[string, object, number[], number[]]>([
    // Filled at 100: out at 95. In again at 97: out at or below 92.15.
    ['stop_loss, long', { long, stops: { stop_loss: 0.05 } }, falling, [0, 1, 1, 0, 1, 1, 0]],
    ['take_profit, long', { long, stops: { take_profit: 0.1 } }, [90, 100, 109, 110, 111], [0, 1, 1, 0, 0]],
    // The best close is 120: out at 108. No cross at 130.
    ['trailing_stop, long', { long, stops: { trailing_stop: 0.1 } }, peak, [0, 1, 1, 1, 0, 0, 0]],
    ['time_exit_bars', { long, stops: { time_exit_bars: 3 } }, [90, 100, 101, 102, 103, 104], [0, 1, 1, 1, 0, 0]],
    ['stop_loss, short', { short, stops: { stop_loss: 0.05 } }, [110, 100, 104, 105, 106], [0, -1, -1, 0, 0]],
    ['take_profit, short', { short, stops: { take_profit: 0.1 } }, [110, 100, 91, 90, 89], [0, -1, -1, 0, 0]],
    // The best close is 80: out at 88.
    ['trailing_stop, short', { short, stops: { trailing_stop: 0.1 } }, trough, [0, -1, -1, -1, 0, 0]],
    [
      'the first of several',
      { long, stops: { stop_loss: 0.5, trailing_stop: 0.2, time_exit_bars: 3 } },
      peak,
      [0, 1, 1, 1, 0, 0, 0],
    ],
    [
      'min_hold_bars does not hold a stop back',
      { long, stops: { stop_loss: 0.05 }, min_hold_bars: 9 },
      falling,
      [0, 1, 1, 0, 1, 1, 0],
    ],
    [
      'cooldown_bars follow a stop',
      { long, stops: { stop_loss: 0.05 }, cooldown_bars: 1 },
      falling,
      [0, 1, 1, 0, 0, 0, 0],
    ],
  ])('%s', (_, spec, closes, expected) => {
    expect(targetsOf(spec, barsOf(closes))).toEqual(expected)
  })

  it.each<[string, object, number[], number[], number[]]>([
    // Filled at the open of bar 2, 98: the level is 93.1, and the second cross finds a position.
    ['stop_loss', { long, stops: { stop_loss: 0.05 } }, falling, [90, 99, 98, 95, 96, 96, 93], [0, 1, 1, 1, 1, 1, 0]],
    // Filled at 125, which is the best price too: out at 112.5.
    [
      'trailing_stop',
      { long, stops: { trailing_stop: 0.1 } },
      peak,
      [90, 91, 125, 119, 109, 110, 130],
      [0, 1, 1, 0, 0, 0, 0],
    ],
    [
      'take_profit',
      { long, stops: { take_profit: 0.1 } },
      [90, 100, 114, 115, 116],
      [90, 91, 105, 114, 115],
      [0, 1, 1, 1, 0],
    ],
    [
      'short',
      { short, stops: { stop_loss: 0.05 } },
      [110, 100, 104, 105, 99],
      [110, 109, 99, 104, 105],
      [0, -1, 0, 0, -1],
    ],
    [
      'time_exit_bars',
      { long, stops: { time_exit_bars: 3 } },
      [90, 100, 101, 102, 103],
      [90, 90, 100, 101, 102],
      [0, 1, 1, 1, 0],
    ],
  ])('measured from the next open: %s', (_, spec, closes, open, expected) => {
    expect(targetsOf(spec, barsOf(closes, { open }), 'next_open')).toEqual(expected)
  })
})

describe('positions, worked by hand', () => {
  const flat = barsOf([99, 101, 99, 100, 98, 102, 99, 101])

  it('never enters again on the bar of the exit', () => {
    const spec = { long: { entry: ALWAYS }, stops: { time_exit_bars: 2 } }
    expect(targetsOf(spec, flat)).toEqual([1, 1, 0, 1, 1, 0, 1, 1])
    expect(targetsOf({ ...spec, cooldown_bars: 1 }, flat)).toEqual([1, 1, 0, 0, 1, 1, 0, 0])
    expect(targetsOf({ ...spec, cooldown_bars: 2 }, flat)).toEqual([1, 1, 0, 0, 0, 1, 1, 0])
  })

  it('min_hold_bars keep the exit condition waiting', () => {
    const spec = { long: { entry: ALWAYS, exit: ALWAYS }, min_hold_bars: 2 }
    expect(targetsOf(spec, flat)).toEqual([1, 1, 1, 0, 1, 1, 1, 0])
  })

  it('one bar may leave one side and enter the other, unless there is a cooldown', () => {
    const low = { lt: ['close', 100] }
    const high = { gte: ['close', 100] }
    const spec = { long: { entry: low, exit: high }, short: { entry: high, exit: low } }
    expect(targetsOf(spec, flat)).toEqual([1, -1, 1, -1, 1, -1, 1, -1])
    // Out at 1, nothing at 2, in at 3 (high), out at 4, nothing at 5, in at 6 (low), out at 7.
    expect(targetsOf({ ...spec, cooldown_bars: 1 }, flat)).toEqual([1, 0, 0, -1, 0, 0, 1, 0])
  })

  it('entries of both sides on one bar cancel out, and an open position ignores entries', () => {
    const entry = { gt: ['close', 100.5] }
    expect(targetsOf({ long: { entry }, short: { entry } }, flat)).toEqual(new Array(8).fill(0))
    expect(targetsOf({ long: { entry }, short: { entry: { lt: ['close', 98.5] } } }, flat)).toEqual([
      0, 1, 1, 1, 1, 1, 1, 1,
    ])
  })

  it('fraction', () => {
    const spec = { long: { entry: { gt: ['close', 100] } }, sizing: { fraction: 0.25 } }
    expect(targetsOf(spec, barsOf([99, 101, 99]))).toEqual([0, 0.25, 0.25])
    expect(targetsOf({ short: spec.long, sizing: spec.sizing }, barsOf([99, 101, 99]))).toEqual([0, -0.25, -0.25])
  })

  describe('volatility target', () => {
    // Log returns r, −r, r, 2r, −2r: of two returns a and b the sample deviation is |a − b| / √2.
    const r = Math.log(1.25)
    const bars = barsOf([80, 100, 80, 100, 156.25, 100])
    const size = (deviation: number, days = 365) => 0.5 / ((deviation / Math.SQRT2) * Math.sqrt(days))
    const spec = (more: object = {}, fraction = 1) => ({
      long: { entry: ALWAYS },
      sizing: { fraction, volatility_target: { annual_volatility: 0.5, lookback_bars: 2, ...more } },
    })
    const near = (values: number[]) => values.map(value => expect.closeTo(value, 12))

    it('keeps the size of the entry', () => {
      expect(targetsOf(spec(), bars)).toEqual(near([0, 0, size(2 * r), size(2 * r), size(2 * r), size(2 * r)]))
    })

    it('follows the volatility where asked to', () => {
      const expected = [0, 0, size(2 * r), size(2 * r), size(r), size(4 * r)]
      expect(targetsOf(spec({ rebalance: 'every_bar' }), bars)).toEqual(near(expected))
    })

    it('never exceeds the fraction', () => {
      expect(size(r)).toBeGreaterThan(0.1)
      expect(size(4 * r)).toBeLessThan(0.1)
      const expected = [0, 0, size(2 * r), size(2 * r), 0.1, size(4 * r)].map(value => Math.min(value, 0.1))
      expect(targetsOf(spec({ rebalance: 'every_bar' }, 0.1), bars)).toEqual(near(expected))
    })

    it('reads the year from the calendar and the interval', () => {
      const first = (change: Partial<Bars>) => targetsOf(spec(), { ...bars, ...change })[2]
      expect(first({ calendar: 'exchange' })).toBeCloseTo(size(2 * r, 252), 12)
      expect(first({ interval: '12h' })).toBeCloseTo(size(2 * r, 730), 12)
    })

    it('gives the fraction where nothing moves', () => {
      expect(targetsOf(spec({}, 0.7), barsOf([5, 5, 5, 5]))).toEqual([0, 0, 0.7, 0.7])
    })
  })
})
