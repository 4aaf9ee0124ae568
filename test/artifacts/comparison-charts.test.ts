/** What is drawn of two curves: all of short ones, the extremes of long ones, nothing that is not there. */

import { expect, it } from 'vitest'
import { drawnCurves } from '../../src/artifacts/comparison-charts.ts'

const curve = (ts: number[], equity: number[]) => ({ ts: Float64Array.from(ts), equity: Float64Array.from(equity) })

it('draws every instant of short curves, each side where it has bars', () => {
  const drawn = drawnCurves(curve([1, 2, 4], [1, 2, 1]), curve([2, 3, 4], [1, 1.5, 3]))
  expect(drawn).toMatchObject({ instants: 4, drawn: 4 })
  expect(drawn?.columns).toEqual({
    time: [1, 2, 3, 4],
    equityA: [1, 2, null, 1],
    equityB: [null, 1, 1.5, 3],
    drawdownA: [0, 0, null, -0.5],
    drawdownB: [null, 0, 0, 0],
    difference: [null, -1, null, 2],
  })
})

it('draws one side alone, and nothing of none', () => {
  expect(drawnCurves(null, curve([1, 2], [1, 2]))?.columns['equityA']).toEqual([null, null])
  expect(drawnCurves(null, null)).toBeNull()
  expect(drawnCurves(curve([], []), null)).toBeNull()
})

it('keeps first, last and every extreme of long curves, also where the other side has no bars, and says how many it draws', () => {
  const bars = 200_000
  const times = Array.from({ length: bars }, (_, bar) => bar)
  const a = times.map(bar => (bar === 54_321 ? 9 : 1 + (bar % 7) / 100))
  // B has every third bar of the second half.
  const later = times.filter(bar => bar > bars / 2 && bar % 3 === 0)
  const b = later.map(bar => (bar === 150_000 ? 0.01 : 2))
  const drawn = drawnCurves(curve(times, a), curve(later, b))
  expect(drawn?.instants).toBe(bars)
  expect(drawn?.drawn).toBeLessThan(30_000)
  const { time, equityA, equityB } = drawn?.columns ?? {}
  expect(time).toHaveLength(drawn?.drawn as number)
  expect([time[0], time.at(-1)]).toEqual([0, bars - 1])
  expect(equityA[time.indexOf(54_321)]).toBe(9)
  expect(equityB[time.indexOf(150_000)]).toBe(0.01)
})
