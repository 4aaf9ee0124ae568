/** Calendar: instants that exist, intervals that are said, annualisation by convention. */

import { describe, expect, it } from 'vitest'
import {
  barsBetween,
  barsPerYear,
  intervalMs,
  isIsoDate,
  isoDate,
  isoInstant,
  parseInstant,
  parseInterval,
  sameInterval,
} from '../../src/market/calendar.ts'

describe('instants', () => {
  it.each([
    ['1970-01-01', 0],
    ['2020-02-29', Date.UTC(2020, 1, 29)],
    ['2000-02-29', 951_782_400_000],
    ['2020-01-01T00:00:00Z', 1_577_836_800_000],
    ['2020-01-01T00:00Z', 1_577_836_800_000],
    ['2020-01-01T00:00:00.001Z', 1_577_836_800_001],
    ['2020-01-01T00:00:00.5Z', 1_577_836_800_500],
    ['2020-01-01T00:00:00.123000Z', 1_577_836_800_123],
    ['2020-01-01 02:00:00+02:00', 1_577_836_800_000],
    ['2019-12-31T19:30:00-0430', 1_577_836_800_000],
    ['0001-01-01', -62_135_596_800_000],
    ['9999-12-31', 253_402_214_400_000],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms)
  })

  it.each([
    '2025-11-31',
    '2019-02-29',
    '1900-02-29',
    '2020-13-01',
    '2020-00-10',
    '2020-01-00',
    '2020-1-1',
    '20200101',
    '2020/01/01',
    '01.02.2020',
    '2020-01-01T00:00:00',
    '2020-01-01 00:00:00',
    '2020-01-01T24:00:00Z',
    '2020-01-01T23:59:60Z',
    '2020-01-01T00:60:00Z',
    '2020-01-01T00:00:00.0001Z',
    '2020-01-01T00:00:00+24:00',
    '2020-01-01T00:00:00+02',
    '2020-01-01Z',
    ' 2020-01-01',
    '2020-01-01T00:00:00Z ',
    '',
  ])('refuses %j', text => {
    expect(parseInstant(text)).toBeNull()
  })

  it('writes them back', () => {
    expect(isoInstant(1_577_836_800_001)).toBe('2020-01-01T00:00:00.001Z')
    expect(isoDate(1_577_836_799_999)).toBe('2019-12-31')
    expect(isIsoDate('2020-02-29')).toBe(true)
    expect(isIsoDate('2019-02-29')).toBe(false)
    expect(isIsoDate('2020-01-01T00:00:00Z')).toBe(false)
  })
})

describe('intervals', () => {
  it.each([
    ['1m', 60_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['4h', 14_400_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
  ])('%s', (interval, ms) => {
    expect(intervalMs(interval)).toBe(ms)
  })

  it('tells minutes from months, and equal lengths', () => {
    expect(parseInterval('1M')).toEqual({ count: 1, unit: 'M' })
    expect(sameInterval('60m', '1h')).toBe(true)
    expect(sameInterval('1m', '1M')).toBe(false)
    expect(sameInterval('7d', '1w')).toBe(true)
  })

  it.each(['', '1', 'd', '0d', '1D', '1 d', '-1d', '1.5h', '1wk', '10000m'])('refuses %j', interval => {
    expect(() => intervalMs(interval)).toThrow(/Interval/)
  })

  it.each([
    // crypto: 365 · 24 h over the interval
    ['1d', 'crypto', 365],
    ['1h', 'crypto', 8760],
    ['5m', 'crypto', 105_120],
    ['4h', 'crypto', 2190],
    ['1w', 'crypto', 365 / 7],
    ['1M', 'crypto', 12],
    // exchange: 252 sessions of 6.5 h
    ['1d', 'exchange', 252],
    ['1h', 'exchange', 1638],
    ['30m', 'exchange', 3276],
    ['1m', 'exchange', 98_280],
    ['12h', 'exchange', 252],
    ['2d', 'exchange', 126],
    ['1w', 'exchange', 52],
    ['3M', 'exchange', 4],
  ] as const)('%s of %s: %d bars a year', (interval, calendar, bars) => {
    expect(barsPerYear(interval, calendar)).toBe(bars)
  })

  it('counts what is missing between two bars', () => {
    const day = parseInterval('1d')
    expect(barsBetween(Date.UTC(2020, 0, 3), Date.UTC(2020, 0, 6), day)).toBe(2)
    expect(barsBetween(Date.UTC(2020, 0, 3), Date.UTC(2020, 0, 4), day)).toBe(0)
    // A clock change: 23 hours.
    expect(barsBetween(0, 23 * 3_600_000, day)).toBe(0)
    const month = parseInterval('1M')
    expect(barsBetween(Date.UTC(2020, 0, 31), Date.UTC(2020, 1, 29), month)).toBe(0)
    expect(barsBetween(Date.UTC(2019, 10, 30), Date.UTC(2020, 1, 29), month)).toBe(2)
  })
})
