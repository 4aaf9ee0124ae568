/** What the dashboard compares the strategy with, by hand. */

import { describe, expect, it } from 'vitest'
import { assetGrowth, basketGrowth } from '../../src/commands/regime/dashboard.ts'
import { drawdownOf } from '../../src/commands/regime/files.ts'
import { panelOf } from '../regime/panels.ts'

const panel = panelOf({
  close: {
    BTC: [90, 100, 110, null, 121],
    AAA: [10, 10, 20, 20, 10],
    BBB: [5, 5, 5, null, 5],
  },
})
const btc = panel.assets.indexOf('BTC')

describe('growth of BTC', () => {
  it('starts at the last close before the first day and rests where there is none', () => {
    const growth = assetGrowth(panel, btc, 2)
    expect([...growth].map(value => Number(value.toFixed(12)))).toEqual([1.1, 1.1, 1.21])
  })

  it('starts at the first close where none is before', () => {
    expect([...assetGrowth(panel, btc, 0)].slice(0, 2)).toEqual([1, 100 / 90])
  })
})

describe('growth of the alt basket', () => {
  const basket_weekly = [
    { date: '1970-01-02', asset_id: 'AAA', weight: 0.25 },
    { date: '1970-01-02', asset_id: 'BBB', weight: 0.75 },
    { date: '1970-01-04', asset_id: 'AAA', weight: 1 },
  ]

  it('holds a basket from the day after its date, over members with both closes', () => {
    // Day 2: ¼·100 % + ¾·0 %. Day 3: BBB has no close, AAA alone, 0 %. Day 4: the second basket, AAA −50 %.
    const growth = basketGrowth(panel, { basket_weekly }, 1)
    expect([...growth]).toEqual([Number.NaN, 1.25, 1.25, 0.625])
  })

  it('is unknown without a basket', () => {
    expect([...basketGrowth(panel, { basket_weekly: [] }, 3)]).toEqual([Number.NaN, Number.NaN])
  })
})

it('measures drawdown from the starting 1', () => {
  expect([...drawdownOf(Float64Array.of(0.9, 1.2, 1.2, 0.6))].map(value => Number(value.toFixed(12)))).toEqual([
    -0.1, 0, 0, -0.5,
  ])
})
