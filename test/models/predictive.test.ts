/** Figures of predictions worked by hand, and what they say where they are undefined. */

import { describe, expect, it } from 'vitest'
import { neweyWestError, predictiveOf } from '../../src/models/predictive.ts'
import { constantPredictor, lastValuePredictor } from '../../src/models/predictors.ts'
import { barsOf } from '../engine/fixtures.ts'

const near = (value: number | null, expected: number) => expect(value).toBeCloseTo(expected, 13)

describe('a regression', () => {
  // Errors 0.01, −0.01, 0, 0.02; returns 0.02, −0.01, 0.01, −0.02 have mean 0 and squares 0.001.
  const judged = {
    family: 'ridge' as const,
    predicted: Float64Array.from([0.01, 0, 0.01, -0.04]),
    label: Float64Array.from([0.02, -0.01, 0.01, -0.02]),
    forward: Float64Array.from([0.02, -0.01, 0.01, -0.02]),
    constant: 0.01,
    horizon: 2,
  }

  it('has its errors, skill, ranks and accuracy', () => {
    const figures = predictiveOf(judged)
    expect([figures.rows, figures.effective_rows]).toEqual([4, 2])
    near(figures.loss, 0.0006 / 4)
    near(figures.rmse, Math.sqrt(0.00015))
    near(figures.mae, 0.01)
    near(figures.r2, 1 - 0.0006 / 0.001)
    // The constant 0.01 errs by 0.01, −0.02, 0, −0.03: squares 0.0014.
    near(figures.skill, 1 - 0.0006 / 0.0014)
    // Ranks of the predictions 3.5 2 3.5 1, of the returns 4 2 3 1.
    near(figures.information_coefficient, 4.5 / Math.sqrt(4.5 * 5))
    // Signs agree but for the second, which is predicted as 0: not above 0, as the return: so all four.
    expect(figures.accuracy).toBe(1)
    expect(figures.auc).toBe(1)
    expect([figures.log_loss, figures.brier]).toEqual([null, null])
    expect(figures.undefined_reasons).toMatchObject({ log_loss: 'the model predicts no probability' })
  })

  it('says why a figure is undefined', () => {
    const flat = predictiveOf({ ...judged, predicted: new Float64Array(4).fill(0.01) })
    expect([flat.information_coefficient, flat.skill, flat.skill_t]).toEqual([null, 0, null])
    expect(flat.undefined_reasons).toMatchObject({
      information_coefficient: 'predictions or returns are constant',
      skill_t: 'the losses do not differ',
    })
    for (const [name, value] of Object.entries(flat))
      if (value === null) expect(flat.undefined_reasons[name]).toMatch(/\w/)
  })
})

describe('a classification', () => {
  it('has log loss, Brier score, area and accuracy', () => {
    const figures = predictiveOf({
      family: 'logistic',
      predicted: Float64Array.from([0.8, 0.6, 0.3, 0.5]),
      label: Float64Array.from([1, 0, 0, 1]),
      forward: Float64Array.from([0.02, -0.01, -0.03, 0.01]),
      constant: 0.5,
      horizon: 1,
    })
    const loss = -(Math.log(0.8) + Math.log(0.4) + Math.log(0.7) + Math.log(0.5)) / 4
    near(figures.log_loss, loss)
    near(figures.loss, loss)
    near(figures.skill, 1 - loss / Math.log(2))
    near(figures.brier, (0.04 + 0.36 + 0.09 + 0.25) / 4)
    // Of the four pairs of a 1 and a 0 three are ranked rightly. 0.5 is not above 0.5, so its row is predicted as 0.
    expect([figures.auc, figures.accuracy]).toEqual([0.75, 0.5])
    near(figures.accuracy_error, 0.25)
    expect([figures.rmse, figures.r2, figures.mae]).toEqual([null, null, null])
  })

  it('has no area for one class, and a finite loss for a certainty that was wrong', () => {
    const figures = predictiveOf({
      family: 'logistic',
      predicted: Float64Array.from([1, 0.5]),
      label: Float64Array.from([0, 0]),
      forward: Float64Array.from([-0.1, -0.2]),
      constant: 0.5,
      horizon: 1,
    })
    expect(figures.auc).toBeNull()
    expect(figures.undefined_reasons['auc']).toBe('the split has one class')
    expect(figures.log_loss).toBeGreaterThan(17)
  })
})

it('Newey–West: without lags the plain error, with one lag half of the first autocovariance twice', () => {
  // Deviations −1, 0, 1 about 2: squares 2, first products 0.
  expect(neweyWestError(Float64Array.from([1, 2, 3]), 0)).toBeCloseTo(Math.sqrt(2) / 3, 14)
  // Deviations 1, −1, 1, −1: squares 4, first products −3, weight ½.
  expect(neweyWestError(Float64Array.from([1, -1, 1, -1]), 1)).toBeCloseTo(Math.sqrt(4 - 3) / 4, 14)
  expect(neweyWestError(Float64Array.from([5, 5, 5]), 1)).toBeNaN()
})

describe('simple predictors', () => {
  const bars = barsOf([100, 110, 121, 110, 121, 133.1, 121, 110])
  const forward = Float64Array.from([0.1, 0.1, -1 / 11, 0.1, 0.1, -1 / 11, -1 / 11, Number.NaN])
  const common = { bars, train: { from: 1, to: 4 }, judged: { from: 4, to: 7 }, modelLoss: 0.001 }

  it('of a return are the training mean and the last return', () => {
    const target = { kind: 'forward_return', horizon: 1, returns: 'simple', threshold: 0 } as const
    const compared = { ...common, family: 'ridge' as const, target, samples: { label: forward, forward } }
    const centre = (0.1 - 1 / 11 + 0.1) / 3
    const squares = (values: number[]) => values.reduce((total, value) => total + value * value, 0) / 3
    const [a, b] = [0.1, -1 / 11]
    near(constantPredictor(compared).loss, squares([a - centre, b - centre, b - centre]))
    // Before rows 4, 5, 6 came +, +, −.
    const last = lastValuePredictor(compared)
    near(last.loss, squares([a - a, b - a, b - b]))
    near(last.skill_of_model, 1 - 0.001 / squares([0, b - a, 0]))
  })

  it('of a direction are shares of the training rows, by the side of the last return', () => {
    const target = { kind: 'forward_return_positive', horizon: 1, returns: 'simple', threshold: 0 } as const
    const label = forward.map(value => (Number.isNaN(value) ? value : value > 0 ? 1 : 0))
    const compared = { ...common, family: 'logistic' as const, target, samples: { label, forward } }
    near(constantPredictor(compared).loss, -(Math.log(2 / 3) + 2 * Math.log(1 / 3)) / 3)
    // After a rise (rows 1, 2): one 1 and one 0 → (1+1)/(2+2); after a fall (row 3): one 1 → (1+1)/(1+2).
    near(lastValuePredictor(compared).loss, -(Math.log(1 / 2) + Math.log(1 / 2) + Math.log(1 / 3)) / 3)
  })
})
