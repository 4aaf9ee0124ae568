import { expect, it } from 'vitest'
import { resolveConfig } from '../../src/regime/config.ts'
import type { Features } from '../../src/regime/features.ts'
import { compositeScore, weightedScore } from '../../src/regime/score.ts'

const NAN = Number.NaN

function featuresOf(columns: Record<string, number[]>, valid: number[]): Features {
  return {
    columns: Object.fromEntries(Object.entries(columns).map(([name, z]) => [name, Float64Array.from(z)])),
    hasFunding: new Uint8Array(valid.length),
    valid: Uint8Array.from(valid),
  }
}

it('weighs what is known, scaled to the whole, and stays silent below the coverage or before the burn-in', () => {
  const features = featuresOf(
    {
      z_alt_breadth_pct_up: [1, 1, NAN, 1, 1],
      z_btc_dominance: [2, 2, 2, NAN, 2],
      z_momentum_spread_7d: [3, NAN, NAN, 3, 3],
    },
    [0, 1, 1, 1, 1],
  )
  const weights = { alt_breadth: 0.25, btc_dominance: 0.5, momentum: -0.25 }
  expect(Array.from(weightedScore(features, weights, 0.5))).toEqual([
    NAN,
    // (0.25 + 1) / 0.75
    expect.closeTo(1.25 / 0.75, 12),
    // Exactly half of the weights is known.
    expect.closeTo(2, 12),
    // Half of it again, with a negative weight: (0.25 − 0.75) / 0.5.
    expect.closeTo(-1, 12),
    expect.closeTo(0.5, 12),
  ])
  expect(Array.from(weightedScore(features, weights, 0.51)).map(Number.isNaN)).toEqual([true, false, true, true, false])
})

it('cuts a high score to the threshold after a violent week of BTC, up or down', () => {
  const { regime } = resolveConfig({ regime: { weights: { momentum: 1 } } })
  const z = (score: number) => featuresOf({ z_momentum_spread_7d: new Array(8).fill(score) }, new Array(8).fill(1))
  const after = (score: number, first: number, last: number) => {
    const {
      raw,
      score: gated,
      highVolGate,
    } = compositeScore(z(score), Float64Array.of(first, 1, 1, 1, 1, 1, 1, last), regime)
    expect(raw[7]).toBe(score)
    return [gated[7], highVolGate[7]]
  }
  expect(after(2, 1, 1.16)).toEqual([0.5, 1])
  expect(after(2, 1, 0.84)).toEqual([0.5, 1])
  expect(after(2, 1, 1.14)).toEqual([2, 0])
  expect(after(0.4, 1, 1.16)).toEqual([0.4, 0])
  expect(after(-2, 1, 0.5)).toEqual([-2, 0])
  expect(after(2, NAN, 9)).toEqual([2, 0])
})
