/** Data rules: each kind of damage is refused with its row; gaps are counted as the catalogue of the sources counts them. */

import { describe, expect, it } from 'vitest'
import type { Bars } from '../../src/market/bars.ts'
import { barFaults, gapsOf, intervalFault } from '../../src/market/validate.ts'
import { noteAbsent, readColumns, sharedAvailable } from '../reference.ts'

const DAY = 86_400_000

/** Five sound daily bars, with some cells replaced. */
function bars(
  damage: Partial<Record<'ts' | 'open' | 'high' | 'low' | 'close' | 'volume', [number, number]>> = {},
): Bars {
  const columns = {
    ts: Float64Array.of(0, DAY, 2 * DAY, 3 * DAY, 4 * DAY),
    open: Float64Array.of(10, 11, 12, 13, 14),
    high: Float64Array.of(11, 12, 13, 14, 15),
    low: Float64Array.of(9, 10, 11, 12, 13),
    close: Float64Array.of(10.5, 11.5, 12.5, 13.5, 14.5),
    volume: Float64Array.of(1, 0, Number.NaN, 2, 3),
  }
  for (const [name, [row, value]] of Object.entries(damage)) columns[name as 'ts'][row] = value
  return { symbol: 'X', interval: '1d', calendar: 'crypto', ...columns }
}

describe('faults', () => {
  it('finds none in sound bars, nor where optional columns are absent', () => {
    expect(barFaults(bars(), 'x')).toBeNull()
    expect(barFaults({ ...bars(), open: null, high: null, low: null, volume: null }, 'x')).toBeNull()
  })

  it.each([
    ['a duplicate timestamp', { ts: [2, DAY] }, 3, /repeats/],
    ['a timestamp that goes back', { ts: [2, DAY / 2] }, 3, /out of order/],
    ['a missing timestamp', { ts: [0, Number.NaN] }, 1, /timestamp is missing/],
    ['a fraction of a millisecond', { ts: [4, 4 * DAY + 0.5] }, 5, /whole millisecond/],
    ['nanoseconds taken for milliseconds', { ts: [4, 4e17] }, 5, /outside the years/],
    ['a missing close', { close: [1, Number.NaN] }, 2, /close is missing/],
    ['a zero price', { low: [1, 0] }, 2, /low 0 is not above zero/],
    ['a negative price', { open: [1, -1] }, 2, /open -1/],
    ['an infinite price', { high: [3, Number.POSITIVE_INFINITY] }, 4, /high is infinite/],
    ['high below low', { high: [3, 11.9] }, 4, /high 11.9 is below low 12/],
    ['open above high', { open: [0, 11.01] }, 1, /open 11.01 is above high 11/],
    ['open below low', { open: [0, 8.99] }, 1, /open 8.99 is below low 9/],
    ['close above high', { close: [4, 15.5] }, 5, /close 15.5 is above high 15/],
    ['close below low', { close: [4, 12] }, 5, /close 12 is below low 13/],
    ['a negative volume', { volume: [2, -1] }, 3, /volume -1/],
    ['an infinite volume', { volume: [2, Number.POSITIVE_INFINITY] }, 3, /volume Infinity/],
  ] as const)('refuses %s', (_, damage, row, message) => {
    const error = barFaults(bars(damage as Parameters<typeof bars>[0]), 'x.csv')
    expect(error).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: `row ${row}` }] })
    expect(error?.details[0].message).toMatch(message)
  })

  it('lists the first twenty and counts all', () => {
    const close = Float64Array.from({ length: 30 }, () => -1)
    const ts = Float64Array.from({ length: 30 }, (_, i) => i * DAY)
    const error = barFaults({ ...bars(), ts, close, open: null, high: null, low: null, volume: null }, 'x.csv')
    expect(error?.details.length).toBe(20)
    expect(error?.message).toMatch(/^x.csv: 30 faults, the first 20 are listed; row 1: close -1/)
  })
})

describe('gaps', () => {
  it('counts places and bars', () => {
    expect(gapsOf(Float64Array.of(0, DAY, 4 * DAY, 5 * DAY, 7 * DAY), '1d')).toEqual({ gaps: 2, missing_bars: 3 })
    expect(gapsOf(new Float64Array(0), '1d')).toEqual({ gaps: 0, missing_bars: 0 })
  })

  // Gaps and missing bars as the catalogue of the reference data lists them for each source.
  it.each([
    ['BT2006_1d_backtrader', '1d', 51, 107],
    ['BTC-USD_1h_2017-08_2019-06', '1h', 1, 4],
    ['GOOG_1d_backtestingpy', '1d', 463, 969],
    ['SPY_1d_502_default', '1d', 110, 226],
    ['SPY_1m_intraday', '1m', 3, 3147],
    ['TTRC_1d_ttr', '1d', 1198, 2482],
    ['UNITTEST-BTC_1m_freqtrade', '1m', 538, 717],
    ['BTCUSD_1M_backtestingpy', '1M', 0, 0],
    ['XLM-BTC_5m_freqtrade', '5m', 0, 0],
  ])('%s', async (name, interval, gaps, missing) => {
    if (!sharedAvailable) return noteAbsent(`gaps of ${name}`)
    const { numbers } = await readColumns(`ohlcv/${name}.parquet`)
    expect(gapsOf(numbers['ts'], interval)).toEqual({ gaps, missing_bars: missing })
    expect(intervalFault(numbers['ts'], interval)).toBeNull()
    const { ts, open, high, low, close, volume } = numbers
    const whole: Bars = { symbol: 'X', interval, calendar: 'crypto', ts, open, high, low, close, volume }
    expect(barFaults(whole, name)).toBeNull()
  })

  it('says where bars stand closer than the interval', () => {
    const hourly = Float64Array.of(0, 1, 2, 3, 30).map(hour => hour * 3_600_000)
    expect(intervalFault(hourly, '1d')).toMatch(/3600 seconds apart/)
    expect(intervalFault(hourly, '1h')).toBeNull()
  })
})
