/** The bar loop on numbers worked by hand: cost, fractional and short exposure, ruin; and the slippage model. */

import { describe, expect, it } from 'vitest'
import { type Costs, slippageFraction } from '../../src/engine/costs.ts'
import { type SimulationInput, simulate, simulationOutput } from '../../src/engine/simulate.ts'
import { expectClose, FREE } from './fixtures.ts'

/** Simulate closes and targets; the columns as plain arrays. */
function run(close: number[], targets: number[], more: Partial<SimulationInput> = {}) {
  const out = simulationOutput(close.length)
  const counts = simulate(
    {
      close: Float64Array.from(close),
      open: null,
      targets: Float64Array.from(targets),
      atr: null,
      from: 0,
      execution: 'signal_close',
      costs: FREE,
      ...more,
    },
    out,
  )
  return { ...counts, net: [...out.netReturn], equity: [...out.equity], position: [...out.position] }
}

describe('signal_close', () => {
  it('earns from the bar after the signal and subtracts costs on the bar of the fill', () => {
    // Bought at 100 and sold at 121; cost per fill 0.002 + 8 bps = 0.0028.
    const { net, equity, position, tradeCount } = run([90, 100, 110, 121, 60], [0, 1, 1, 0, 0], {
      costs: { ...FREE, fee: 0.002, slippage_bps: 8 },
    })
    const expected = [0, -0.0028, 0.1, 0.1 - 0.0028, 0]
    for (const [i, value] of expected.entries()) expectClose(net[i], value, `net ${i}`)
    expectClose(equity[4], 0.9972 * 1.1 * 1.0972, 'equity')
    expect(position).toEqual([0, 1, 1, 0, 0])
    expect(tradeCount).toBe(2)
  })

  it('charges a fraction of the cost for a fraction of exposure, twice for a change of sides', () => {
    const { net, tradeCount, buySignals, sellSignals } = run([100, 110, 99, 108.9], [0.5, 1, -1, 0], {
      costs: { ...FREE, fee: 0.01 },
    })
    const expected = [-0.005, 0.05 - 0.005, -0.1 - 0.02, -0.1 - 0.01]
    for (const [i, value] of expected.entries()) expectClose(net[i], value, `net ${i}`)
    expect([tradeCount, buySignals, sellSignals]).toEqual([4, 3, 1])
  })

  it('ignores everything before the frame', () => {
    const { bars, net, position } = run([1, 1000, 100, 110], [0, 0, 1, 1], { from: 2 })
    expect(bars).toBe(2)
    expect(position.slice(0, 2)).toEqual([1, 1])
    expectClose(net[0], 0, 'first bar')
    expectClose(net[1], 0.1, 'second bar')
  })

  it('reads the slippage of the bar of the fill', () => {
    // 0.5 · 0.2 / 100 = 10 bps at the entry; 0.5 · 0.1 / 100 = 5 bps at the exit.
    const { net } = run([100, 100, 100], [1, 1, 0], {
      atr: Float64Array.of(0.2, 9, 0.1),
      costs: { ...FREE, slippage_mode: 'atr', k_atr: 0.5 },
    })
    expectClose(net[0], -0.001, 'entry')
    expectClose(net[2], -0.0005, 'exit')
  })

  it('keeps the published arithmetic for a long account, even where costs pass 100 %', () => {
    const { net } = run([100, 110], [1, 1], { costs: { ...FREE, fee: 1, slippage_bps: 8 } })
    expectClose(net[0], -1.0008, 'entry')
  })

  it('ends a short account at zero when the price more than doubles', () => {
    const { net, equity } = run([100, 250, 100, 90], [-1, -1, -1, -1])
    expect(net.slice(0, 2)).toEqual([0, -1])
    expect(equity).toEqual([1, 0, 0, 0])
  })
})

describe('next_open', () => {
  const execution = 'next_open' as const

  it('holds the old exposure overnight and the new one from the open', () => {
    const open = Float64Array.of(100, 102, 88)
    const { net, position } = run([100, 110, 99], [1, -1, 0], { open, execution, costs: { ...FREE, fee: 0.01 } })
    // Bar 1: long from 102 to 110. Bar 2: long from 110 to 88, then short from 88 to 99, 2 % of cost between.
    expectClose(net[1], 0.99 * (110 / 102) - 1, 'entry')
    expectClose(net[2], 0.8 * 0.98 * (1 - 0.125) - 1, 'change of sides')
    expect(position).toEqual([0, 1, -1])
  })

  it('equals close to close where nothing is traded', () => {
    const { net } = run([100, 110, 99], [0.5, 0.5, 0.5], { open: Float64Array.of(1, 100, 7), execution })
    expect(net[2]).toBe(0.5 * (99 / 110 - 1))
  })

  it('uses the slippage known before the open', () => {
    const { net } = run([100, 100, 100], [1, 1, 1], {
      open: Float64Array.of(100, 100, 100),
      execution,
      atr: Float64Array.of(0.2, 900, 900),
      costs: { ...FREE, slippage_mode: 'atr', k_atr: 0.5 },
    })
    expectClose(net[1], -0.001, 'entry')
  })

  it('counts the signal of the last bar, which stays unfilled', () => {
    const { tradeCount, buySignals } = run([100, 110], [0, 1], { open: Float64Array.of(100, 105), execution })
    expect([tradeCount, buySignals]).toEqual([0, 1])
  })

  it('cannot lose more than everything', () => {
    const { equity } = run([100, 100, 400, 50], [-1, -1, -1, 1], { open: Float64Array.of(9, 100, 300, 400), execution })
    expect(equity).toEqual([1, 1, 0, 0])
    // Ruined at the open; a second loss beyond 100 % during the bar must not turn the sign.
    const twice = run([100, 100, 900], [-1, -0.5, -0.5], { open: Float64Array.of(9, 100, 250), execution })
    expect(twice.equity).toEqual([1, 1, 0])
  })
})

describe('slippage', () => {
  const atr = (k_atr: number): Costs => ({ fee: 0, slippage_bps: 7, slippage_mode: 'atr', k_atr })

  it.each([
    ['fixed basis points', { ...atr(1), slippage_mode: 'fixed' as const }, 50, 100, 0.0007],
    ['between the bounds', atr(0.05), 2, 100, 0.001],
    ['the floor of 2 bps', atr(0.05), 0.1, 100, 0.0002],
    ['the cap of 30 bps', atr(0.05), 50, 100, 0.003],
    ['the floor where the ATR is not warm', atr(0.05), Number.NaN, 100, 0.0002],
    ['the floor where the close is not positive', atr(0.05), 2, 0, 0.0002],
  ])('%s', (_, costs, range, close, expected) => {
    expectClose(slippageFraction(costs, range, close), expected, 'fraction')
  })
})
