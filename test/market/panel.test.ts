import { expect, it } from 'vitest'
import { dayOf, dayText, panelDates, panelFromLong, slicePanel } from '../../src/market/panel.ts'
import { longOf, panelOf } from '../regime/panels.ts'

const DAY = 86_400_000

it('lays assets out by id and days without gaps, absent values as NaN', () => {
  const panel = panelOf({ close: { ETH: [10, null, null, 13], BTC: [null, 101, null, 103] } })
  expect(panel.assets).toEqual(['BTC', 'ETH'])
  expect(panel.days).toBe(4)
  expect(Array.from(panel.close)).toEqual([Number.NaN, 10, 101, Number.NaN, Number.NaN, Number.NaN, 103, 13])
  expect(panelDates(panel)).toEqual(['1970-01-01', '1970-01-02', '1970-01-03', '1970-01-04'])
})

it('spans the days with prices only and marks what it knows of each asset', () => {
  const panel = panelOf({
    close: { BTC: [null, 1, 2], USDT: [null, 1, 1], WBTC: [null, 1, 2] },
    marketCap: { BTC: [5, 6, 7], GHOST: [1, 1, 1] },
  })
  expect([panel.firstDay, panel.days]).toEqual([1, 2])
  expect(panel.assets).toEqual(['BTC', 'GHOST', 'USDT', 'WBTC'])
  expect([...panel.stable]).toEqual([0, 0, 1, 0])
  expect([...panel.wrapped]).toEqual([0, 0, 0, 1])
  expect([...panel.priced]).toEqual([1, 0, 1, 1])
  expect(Array.from(panel.marketCap).filter(Number.isFinite)).toEqual([6, 1, 7, 1])
})

it('takes the mean of the instruments of one asset and day', () => {
  const close = longOf({ BTC: [1, 1] })
  const funding = {
    asset: ['BTC', 'BTC', 'BTC'],
    date: Float64Array.of(0, 0, DAY),
    value: Float64Array.of(1, 3, -1),
  }
  const panel = panelFromLong({ close, marketCap: close, volume: close, funding, stable: [], wrapped: [] })
  expect(panel.funding).toEqual(Float64Array.of(2, -1))
})

it.each([
  [
    'a day given twice',
    { asset: ['BTC', 'BTC'], date: Float64Array.of(0, 0), value: Float64Array.of(1, 2) },
    'BTC has this day twice',
  ],
  ['an instant inside a day', { asset: ['BTC'], date: Float64Array.of(5), value: Float64Array.of(1) }, 'not midnight'],
  ['a price of 0', { asset: ['BTC'], date: Float64Array.of(0), value: Float64Array.of(0) }, 'out of range'],
  ['an infinite price', { asset: ['BTC'], date: Float64Array.of(0), value: Float64Array.of(Infinity) }, 'out of range'],
  ['no price', { asset: [], date: Float64Array.of(), value: Float64Array.of() }, 'no price'],
])('refuses %s', (_, close, message) => {
  const build = () => panelFromLong({ close, marketCap: close, volume: close, stable: [], wrapped: [] })
  expect(build).toThrow(message)
})

it('cuts days as views that keep the assets', () => {
  const panel = panelOf({ close: { BTC: [1, 2, 3, 4], NEW: [null, null, null, 9] } })
  const cut = slicePanel(panel, 1, 3)
  expect([cut.firstDay, cut.days, cut.close.buffer === panel.close.buffer]).toEqual([1, 2, true])
  expect(Array.from(cut.close)).toEqual([2, Number.NaN, 3, Number.NaN])
  expect([...cut.priced]).toEqual([1, 1])
})

it('converts dates', () => {
  expect(dayText(dayOf('2024-02-29'))).toBe('2024-02-29')
  expect(dayOf('1970-01-02')).toBe(1)
  expect(dayOf('soon')).toBeNaN()
})
