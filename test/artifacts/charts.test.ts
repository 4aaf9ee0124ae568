import { afterEach, describe, expect, it } from 'vitest'
import {
  equityFigure,
  heatMap,
  histogram,
  histogramBins,
  positionChanges,
  priceFigure,
} from '../../src/artifacts/charts.ts'
import { niceStep, niceTicks, tickTexts, valueText } from '../../src/artifacts/charts-scale.ts'
import { civilDate, timeTicks, utcText } from '../../src/artifacts/charts-time.ts'
import { Random } from '../../src/base/random.ts'
import { expectWellFormed, HOSTILE } from './markup.ts'

const DAY = 86_400_000
const START = Date.UTC(2021, 0, 1)

/** A seeded random walk with a position that now and then changes. */
function walk(bars: number, step = DAY) {
  const random = new Random(7)
  const ts = new Float64Array(bars)
  const close = new Float64Array(bars)
  const equity = new Float64Array(bars)
  const drawdown = new Float64Array(bars)
  const position = new Float64Array(bars)
  for (let i = 0, price = 100, value = 1, peak = 1; i < bars; i++) {
    const change = i === 0 ? 0 : 0.02 * random.normal() * Math.sqrt(step / DAY)
    price *= 1 + change
    if (i > 0) value *= 1 + change * position[i - 1]
    peak = Math.max(peak, value)
    ts[i] = START + i * step
    close[i] = price
    equity[i] = value
    drawdown[i] = value / peak - 1
    position[i] = i > 0 && random.next() < 0.05 ? 1 - position[i - 1] : (position[i - 1] ?? 0)
  }
  return { title: 'A · b', subtitle: 'c', ts, close, equity, drawdown, ...positionChanges(position) }
}

describe('equityFigure', () => {
  const zone = process.env.TZ
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  it('is well-formed, titled and described, and draws each panel', () => {
    const input = walk(500)
    const svg = equityFigure(input)
    expectWellFormed(svg)
    expect(svg).toContain('<title>A · b</title>')
    expect(svg).toMatch(/<desc>2021-01-01 to 2022-05-15 UTC, 500 bars, \d+ entries, \d+ exits\./)
    for (const panel of ['Price', 'Equity', 'Drawdown']) expect(svg).toContain(`>${panel}</tspan>`)
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('puts points where the scale puts them', () => {
    // Three bars over 1040 px from x = 78; drawdown 0, −50 %, 0 on a 110 px panel from 0 % down to −52.5 %:
    // −50 % stands 110 · 0.5 / 0.525 = 104.76 px below the top, which is at 78 + (24 + 230) + 14 + (24 + 230) + 14 + 24 = 638.
    const svg = equityFigure({
      ...walk(3),
      close: Float64Array.of(100, 50, 100),
      equity: Float64Array.of(1, 0.5, 1),
      drawdown: Float64Array.of(0, -0.5, 0),
      entries: [0],
      exits: [2],
    })
    expect(svg).toContain('d="M78 638L598 742.8 1118 638"')
    expect(svg).toContain('>deepest −50.00% on 2021-01-02</tspan>')
  })

  it('has the same bytes in every time zone', () => {
    const drawn = ['UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'].map(name => {
      process.env.TZ = name
      return equityFigure(walk(400, 3_600_000))
    })
    expect(new Set(drawn).size).toBe(1)
  })

  it('stays small for 100,000 bars and still shows a spike of one bar', () => {
    const input = walk(100_000, 3_600_000)
    input.drawdown.fill(-0.01)
    input.drawdown[54_321] = -0.9
    const svg = equityFigure(input)
    expect(svg.length).toBeLessThan(400_000)
    // The spike is the lowest point of its panel: 110 · 0.9 / 0.945 px below 638.
    expect(svg).toContain(` ${(638 + (110 * 0.9) / (0.9 + 0.9 * 0.05)).toFixed(1)}`)
  })

  it('breaks the curve at NaN instead of drawing through it', () => {
    const input = walk(4)
    const svg = equityFigure({ ...input, drawdown: Float64Array.of(0, NaN, -0.5, -0.5), entries: [], exits: [] })
    expectWellFormed(svg)
    expect(svg).not.toContain('NaN')
    expect(svg).toMatch(/d="M78 638h0M771\.3 742\.8L1118 742\.8"/)
  })

  it('draws a single bar, a constant price and an account without loss', () => {
    const one = Float64Array.of(1)
    const single = { ...walk(1), close: one, equity: one, drawdown: Float64Array.of(0), entries: [], exits: [] }
    for (const svg of [equityFigure(single), priceFigure(single)]) {
      expectWellFormed(svg)
      expect(svg).not.toMatch(/NaN|Infinity/)
    }
  })

  it('turns to a log axis from an eightfold range on', () => {
    const flat = walk(3)
    const prices = (last: number) => ({ ...flat, close: Float64Array.of(10, 20, last), entries: [], exits: [] })
    expect(priceFigure(prices(79))).not.toContain('log scale')
    expect(priceFigure(prices(80))).toContain('log scale')
    expect(priceFigure(prices(-80))).not.toContain('log scale')
  })

  it('keeps hostile names inert', () => {
    const svg = equityFigure({ ...walk(20), title: HOSTILE, subtitle: HOSTILE })
    expectWellFormed(svg)
    expect(svg).not.toMatch(/<script|<img|onerror="/)
  })

  it.each([
    ['no bar', { ...walk(0) }, /no bar/],
    ['a short column', { ...walk(5), drawdown: new Float64Array(4) }, /4 values for 5 bars/],
    ['a mark outside', { ...walk(5), entries: [5] }, /stands at bar 5/],
  ])('refuses %s', (_, input, message) => {
    expect(() => equityFigure(input)).toThrow(message)
  })
})

it('finds entries where exposure rises and exits where it falls', () => {
  expect(positionChanges(Float64Array.of(1, 1, 0, 0.5, 0, -1))).toEqual({ entries: [0, 3], exits: [2, 4, 5] })
})

describe('histogram', () => {
  it('counts into round bins with an edge at zero', () => {
    const { edges, counts } = histogramBins(Float64Array.of(-0.011, -0.001, 0, 0.001, 0.019, NaN, Infinity))
    // Span 0.03 in at most 8 bins: width 0.00375, the next round step is 0.005.
    expect([...edges]).toEqual([-0.015, -0.01, -0.005, 0, 0.005, 0.01, 0.015, 0.02])
    expect([...counts]).toEqual([1, 0, 1, 2, 0, 0, 1])
  })

  it('counts every finite value once, whatever the tails', () => {
    const random = new Random(3)
    const values = Float64Array.from({ length: 5000 }, () => random.normal())
    values[0] = -400
    values[1] = 900
    const { edges, counts } = histogramBins(values)
    expect(counts.reduce((a, b) => a + b, 0)).toBe(5000)
    expect(counts.length).toBeLessThanOrEqual(300)
    expect([...edges]).toContain(0)
    expect(edges[0]).toBeLessThanOrEqual(-400)
    expect(edges[counts.length]).toBeGreaterThanOrEqual(900)
  })

  it('takes equal values and refuses none', () => {
    expect([...histogramBins(Float64Array.of(2, 2, 2)).counts]).toEqual([3])
    expect(() => histogram({ title: 't', subtitle: '', values: new Float64Array(0), format: 'number' })).toThrow(
      /no finite/,
    )
  })

  it('draws a bar for each filled bin, inert and well-formed', () => {
    const values = Float64Array.of(-0.011, -0.001, 0, 0.001, 0.019)
    const marks = [{ label: HOSTILE, at: 0.002 }]
    const svg = histogram({ title: HOSTILE, subtitle: HOSTILE, values, format: 'percent', marks })
    expectWellFormed(svg)
    expect(svg).not.toMatch(/<script|<img/)
    const bars = [...svg.matchAll(/<path d="([^"]*)" fill="#/g)].flatMap(path => path[1].match(/Z/g) ?? [])
    expect(bars).toHaveLength(4)
  })
})

describe('heatMap', () => {
  const input = {
    title: 't',
    subtitle: '',
    columns: ['a', 'b'],
    rows: ['x'],
    format: 'percent',
    colours: 'diverging',
  } as const

  it('colours the extremes fully and leaves NaN empty', () => {
    const svg = heatMap({ ...input, columns: ['a', 'b', 'c'], values: Float64Array.of(-0.1, 0.1, NaN) })
    expectWellFormed(svg)
    expect(svg).toContain('fill="#c43d33"')
    expect(svg).toContain('fill="#16885a"')
    expect(svg.match(/rx="2"/g)).toHaveLength(2)
    expect(svg).toContain('>−10.0%<')
  })

  it('keeps hostile names inert and refuses a wrong number of values', () => {
    const svg = heatMap({ ...input, title: HOSTILE, rows: [HOSTILE], values: Float64Array.of(1, 2) })
    expectWellFormed(svg)
    expect(svg).not.toMatch(/<script|<img/)
    expect(() => heatMap({ ...input, values: Float64Array.of(1) })).toThrow(/1 × 2 values/)
  })
})

describe('axes', () => {
  it('takes round steps and ticks', () => {
    expect([niceStep(10, 5), niceStep(0.3, 4), niceStep(7, 3), niceStep(101, 10)]).toEqual([2, 0.1, 2.5, 20])
    const scale = { kind: 'linear', low: -0.12, high: 0.31, from: 0, to: 1 } as const
    expect(niceTicks(scale, 5)).toEqual([-0.1, 0, 0.1, 0.2, 0.3])
    expect(niceTicks({ kind: 'log', low: 8, high: 2100, from: 0, to: 1 }, 8)).toEqual([
      10, 20, 50, 100, 200, 500, 1000, 2000,
    ])
  })

  it('writes ticks with the decimals they need', () => {
    expect(tickTexts([-0.1, 0, 0.25], 'percent')).toEqual(['−10%', '0%', '25%'])
    expect(tickTexts([0, 0.5, 1], 'number')).toEqual(['0.0', '0.5', '1.0'])
    expect(tickTexts([0, 2500, 5000], 'number')).toEqual(['0', '2,500', '5,000'])
    expect(tickTexts([0, 500000, 1000000], 'number')).toEqual(['0.0M', '0.5M', '1.0M'])
    expect(tickTexts([1, 1000, 1e6], 'number')).toEqual(['1', '1,000', '1M'])
  })

  it('writes values for labels', () => {
    expect(valueText(-0.4873675, 'percent')).toBe('−48.74%')
    expect(valueText(0.12, 'percent', true)).toBe('+12.00%')
    expect(valueText(1817.6049, 'number')).toBe('1,817.6')
    expect(valueText(-0.00001, 'percent')).toBe('0.00%')
    expect(valueText(123456789, 'number')).toBe('123M')
    expect([valueText(null, 'number'), valueText(NaN, 'percent')]).toEqual(['–', '–'])
  })

  it('knows the calendar', () => {
    expect(civilDate(Date.UTC(2024, 1, 29, 23, 59))).toEqual({ year: 2024, month: 2, day: 29 })
    expect(civilDate(-1)).toEqual({ year: 1969, month: 12, day: 31 })
    expect(utcText(Date.UTC(2023, 3, 1))).toBe('2023-04-01')
    expect(utcText(Date.UTC(2023, 3, 1, 6, 30))).toBe('2023-04-01 06:30')
    expect(utcText(Date.UTC(2023, 3, 1, 6, 30, 5))).toBe('2023-04-01 06:30:05')
  })

  it('places time ticks on calendar boundaries and names the larger unit where it changes', () => {
    const months = timeTicks(Date.UTC(2021, 10, 3), Date.UTC(2022, 2, 5), 6)
    expect(months.map(tick => `${utcText(tick.at)} ${tick.label} ${tick.context}`)).toEqual([
      '2021-12-01 Dec 2021',
      '2022-01-01 Jan 2022',
      '2022-02-01 Feb ',
      '2022-03-01 Mar ',
    ])
    // 4 and 11 January 2021 are Mondays.
    const weeks = timeTicks(Date.UTC(2021, 0, 1), Date.UTC(2021, 0, 17), 5)
    expect(weeks.map(tick => tick.label)).toEqual(['Jan 4', 'Jan 11'])
    const hours = timeTicks(Date.UTC(2021, 0, 1, 5), Date.UTC(2021, 0, 2, 1), 8)
    expect(hours.map(tick => `${tick.label} ${tick.context}`)).toEqual([
      '06:00 2021-01-01',
      '09:00 ',
      '12:00 ',
      '15:00 ',
      '18:00 ',
      '21:00 ',
      '00:00 2021-01-02',
    ])
    const years = timeTicks(Date.UTC(1899, 5, 1), Date.UTC(2025, 0, 1), 8)
    expect(years.map(tick => tick.label)).toEqual(['1900', '1920', '1940', '1960', '1980', '2000', '2020'])
  })
})
