import { describe, expect, it } from 'vitest'
import { Random } from '../../src/base/random.ts'
import { resolveConfig } from '../../src/regime/config.ts'
import type { Features } from '../../src/regime/features.ts'
import { fitHmm, forwardFilter } from '../../src/regime/hmm.ts'
import type { HiddenMarkovModel, Observations } from '../../src/regime/hmm-model.ts'
import type { Regime } from '../../src/regime/regimes.ts'
import { SCORE_INPUTS, SCORE_KEYS } from '../../src/regime/score-inputs.ts'
import { persistent, unsupervisedRegimes } from '../../src/regime/unsupervised.ts'

const CENTRES = [-1.6, 0, 1.6]

/** Rows drawn from states that stay for about 30 days, their centres apart in every dimension; `absent` of the values missing. */
function planted(
  seed: number,
  rows: number,
  dims: number,
  absent: number,
  states = 3,
): Observations & { truth: number[] } {
  const random = new Random(seed)
  const truth: number[] = []
  const values = new Float64Array(rows * dims)
  let state = 1
  for (let t = 0; t < rows; t++) {
    if (random.next() < 1 / 30) state = random.below(states)
    truth.push(state)
    for (let d = 0; d < dims; d++) {
      values[t * dims + d] =
        random.next() < absent ? Number.NaN : CENTRES[state] * (d % 2 === 0 ? 1 : -1) + random.normal()
    }
  }
  return { values, rows, dims, truth }
}

/** Share of rows whose most likely state is the planted one, states matched by their mean in dimension 0. */
function accuracy(x: ReturnType<typeof planted>, model: HiddenMarkovModel, probabilities: Float64Array): number {
  const order = [...model.mean.keys()].filter(i => i % model.dims === 0).sort((a, b) => model.mean[a] - model.mean[b])
  const rank = (s: number) => order.indexOf(s * model.dims)
  let right = 0
  for (let t = 0; t < x.rows; t++) {
    const row = Array.from(probabilities.subarray(t * model.states, (t + 1) * model.states))
    if (rank(row.indexOf(Math.max(...row))) === x.truth[t]) right++
  }
  return right / x.rows
}

describe.each([
  ['complete rows', 0],
  ['a fifth of the values absent', 0.2],
])('with %s', (_, absent) => {
  const x = planted(7, 900, 6, absent)
  const fit = fitHmm(x, { states: 3, seed: 1 })

  it('finds planted regimes, smoothed and filtered', () => {
    expect(accuracy(x, fit.model, fit.smoothed)).toBeGreaterThanOrEqual(0.95)
    expect(accuracy(x, fit.model, forwardFilter(x, fit.model))).toBeGreaterThanOrEqual(0.95)
  })

  it('never lets the likelihood fall', () => {
    expect(fit.logLikelihood.length).toBeGreaterThan(2)
    for (let i = 1; i < fit.logLikelihood.length; i++) {
      expect(fit.logLikelihood[i]).toBeGreaterThanOrEqual(
        fit.logLikelihood[i - 1] - 1e-9 * Math.abs(fit.logLikelihood[i]),
      )
    }
  })

  it('recovers how long states stay', () => {
    // A move draws anew among three states, so a state is left on one day in 45.
    for (let s = 0; s < 3; s++) {
      const stay = fit.model.transition[s * 3 + s]
      expect(stay).toBeGreaterThan(0.93)
      expect(stay).toBeLessThan(1)
    }
  })

  it('filters without reading a later row', () => {
    const whole = forwardFilter(x, fit.model)
    for (const rows of [1, 137, 500]) {
      const cut = forwardFilter({ ...x, values: x.values.subarray(0, rows * x.dims), rows }, fit.model)
      expect(cut).toEqual(whole.subarray(0, rows * 3))
    }
  })
})

it('keeps the likelihood from falling on noise without regimes, from every start', () => {
  const random = new Random(3)
  const x = { values: Float64Array.from({ length: 600 }, () => random.normal()), rows: 200, dims: 3 }
  for (let seed = 0; seed < 10; seed++) {
    const { logLikelihood } = fitHmm(x, { states: 3, seed, starts: 1 })
    for (let i = 1; i < logLikelihood.length; i++) {
      expect(logLikelihood[i]).toBeGreaterThanOrEqual(logLikelihood[i - 1] - 1e-9 * Math.abs(logLikelihood[i]))
    }
  }
})

it('gives the likelihood and filter that enumerating every path gives', () => {
  const x = { values: Float64Array.of(0.3, Number.NaN, -1, 0.4, 1.2, 0.1), rows: 3, dims: 2 }
  const fit = fitHmm(x, { states: 2, seed: 0, starts: 1, steps: 0 })
  const { initial, transition, mean, variance } = fit.model
  const density = (t: number, s: number) => {
    let product = 1
    for (let d = 0; d < 2; d++) {
      const [value, v] = [x.values[t * 2 + d], variance[s * 2 + d]]
      if (Number.isNaN(value)) continue
      const off = value - mean[s * 2 + d]
      product *= Math.exp((-off * off) / (2 * v)) / Math.sqrt(2 * Math.PI * v)
    }
    return product
  }
  const ending = [0, 0]
  for (const a of [0, 1])
    for (const b of [0, 1])
      for (const c of [0, 1]) {
        ending[c] +=
          initial[a] * density(0, a) * transition[a * 2 + b] * density(1, b) * transition[b * 2 + c] * density(2, c)
      }
  expect(fit.logLikelihood).toEqual([expect.closeTo(Math.log(ending[0] + ending[1]), 12)])
  const filtered = forwardFilter(x, fit.model)
  expect(filtered[4]).toBeCloseTo(ending[0] / (ending[0] + ending[1]), 12)
})

it('fits the same bits from the same seed', () => {
  const x = planted(5, 300, 3, 0.1)
  expect(fitHmm(x, { states: 2, seed: 9 })).toEqual(fitHmm(x, { states: 2, seed: 9 }))
})

describe('as the classifier of the monitor', () => {
  const NAMES: Regime[] = ['RISK_ON_ALTS', 'BALANCED', 'RISK_ON_MAJORS']
  const config = resolveConfig({ regime: { mode: 'unsupervised' } })
  const days = 800
  const x = planted(11, days, SCORE_KEYS.length, 0.05)
  const features: Features = {
    columns: Object.fromEntries(
      SCORE_KEYS.map((key, d) => [
        SCORE_INPUTS[key],
        Float64Array.from({ length: days }, (_, t) => x.values[t * x.dims + d]),
      ]),
    ),
    hasFunding: new Uint8Array(days),
    valid: Uint8Array.from({ length: days }, (_, t) => (t >= 60 ? 1 : 0)),
  }
  const score = Float64Array.from(x.truth, (state, t) => (t < 60 ? Number.NaN : state - 1))
  const regimes = unsupervisedRegimes(features, score, config, 0)

  it('names the states by the score, from the end of the look-back on', () => {
    expect(regimes.slice(0, 252).every(regime => regime === null)).toBe(true)
    const judged = regimes.flatMap((regime, t) => (t >= 252 ? [{ regime, t }] : []))
    // A switch counts two days late; those days are no fault of the model.
    const settled = judged.filter(({ t }) => x.truth[t] === x.truth[t - 1] && x.truth[t] === x.truth[t - 2])
    const right = settled.filter(({ regime, t }) => regime === NAMES[x.truth[t]]).length
    expect(right / settled.length).toBeGreaterThanOrEqual(0.95)
  })

  it('takes nothing from outliers to come, not even the scale of the inputs', () => {
    for (const from of [260, 330]) {
      const wild: Features = {
        ...features,
        columns: Object.fromEntries(
          Object.entries(features.columns).map(([name, z]) => [
            name,
            z.map((value, t) => (t < from ? value : value * 1e3)),
          ]),
        ),
      }
      expect(unsupervisedRegimes(wild, score, config, 0).slice(0, from)).toEqual(regimes.slice(0, from))
    }
  })

  it('reads no later row', () => {
    for (const cut of [252, 300, 315, 316, 640]) {
      const shorter: Features = {
        ...features,
        columns: Object.fromEntries(Object.entries(features.columns).map(([name, z]) => [name, z.slice(0, cut)])),
        valid: features.valid.slice(0, cut),
      }
      expect(unsupervisedRegimes(shorter, score.slice(0, cut), config, 0)).toEqual(regimes.slice(0, cut))
    }
  })

  it('counts a switch once it has held', () => {
    const [a, b, m] = NAMES
    expect(persistent([null, a, b, b, a, b, b, b, m], 3)).toEqual([null, a, a, a, a, a, a, b, b])
    expect(persistent([a, b, null, b, b], 3)).toEqual([a, a, a, a, b])
    expect(persistent([a, b], 1)).toEqual([a, b])
  })
})
