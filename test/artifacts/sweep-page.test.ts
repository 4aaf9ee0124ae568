/** The page of a sweep: surfaces by hand, charts that show the tables, hostile names kept inert. */

import { beforeAll, describe, expect, it } from 'vitest'
import { heatMapOption, parallelOption, stitchedOption } from '../../src/artifacts/sweep-charts.ts'
import { sweepAxes, sweepSurface } from '../../src/artifacts/sweep-surface.ts'
import { type Answer, fileOf, GRID, rowsOf, sweepOf } from '../commands/sweeps.ts'
import { rootWithData } from '../harness.ts'
import { HOSTILE } from './markup.ts'

describe('a surface', () => {
  // Four trials in a square, one of them without a score.
  const columns = {
    fast: Float64Array.of(5, 5, 10, 10),
    slow: Float64Array.of(20, 50, 20, 50),
    kind: ['a', 'a', 'a', 'a'],
  }
  const scores = Float64Array.of(1, 2, 5, Number.NaN)

  it('has an axis for each parameter that varies, the one that says most first', () => {
    const axes = sweepAxes(columns, scores)
    expect(axes.map(({ name, labels }) => [name, labels])).toEqual([
      ['fast', ['5', '10']],
      ['slow', ['20', '50']],
    ])
    // By hand: mean 8/3, variance 26/9; fast 1.5 (2 trials) and 5 give 49/18, slow 3 (2 trials) and 2 give 2/9.
    expect(axes[0].influence).toBeCloseTo(49 / 18 / (26 / 9), 12)
    expect(axes[1].influence).toBeCloseTo(2 / 9 / (26 / 9), 12)
  })

  it('is the mean of each cell, and empty where there is none', () => {
    const [x, y] = sweepAxes(
      { ...columns, fast: Float64Array.of(5, 5, 10, 10), slow: Float64Array.of(20, 20, 20, 50) },
      scores,
    )
    const { means, counts } = sweepSurface(x, y, scores)
    expect(x.name).toBe('fast')
    expect([...means]).toEqual([1.5, 5, Number.NaN, Number.NaN])
    expect([...counts]).toEqual([2, 1, 0, 0])
    const option = heatMapOption(sweepSurface(x, y, scores), 'sharpe_simple') as Answer
    expect(option.series[0].data).toEqual([
      [0, 0, 1.5],
      [1, 0, 5],
    ])
    expect([option.visualMap.min, option.visualMap.max]).toEqual([1.5, 5])
  })

  it('puts many numbers into twenty bins, and leaves out many texts', () => {
    const many = Float64Array.from({ length: 101 }, (_, k) => k / 100)
    const texts = Array.from(many, String)
    const [axis, ...others] = sweepAxes({ many, texts }, many)
    expect([axis.name, axis.labels.length, others.length]).toEqual(['many', 20, 0])
    expect([axis.labels[0], axis.labels[19]]).toEqual(['0–0.05', '0.95–1'])
    expect([axis.places[0], axis.places[4], axis.places[6], axis.places[100]]).toEqual([0, 0, 1, 19])
  })

  it('is red to green around zero where scores have both signs', () => {
    const axes = sweepAxes(columns, Float64Array.of(-3, 1, 2, 0))
    const { visualMap } = heatMapOption(sweepSurface(axes[0], axes[1], Float64Array.of(-3, 1, 2, 0)), 's') as Answer
    expect([visualMap.min, visualMap.max, visualMap.inRange.color.length]).toEqual([-3, 3, 3])
  })
})

describe('parallel coordinates', () => {
  it('have a line a trial, and categories for text', () => {
    const option = parallelOption(
      { 'strategy_params.fast': Float64Array.of(5, 10), ticker: ['B', 'A'] },
      { sharpe_simple: Float64Array.of(1, Number.NaN) },
      [1, 0],
    ) as Answer
    expect(option.parallelAxis.map((axis: Answer) => [axis.name, axis.type])).toEqual([
      ['fast', 'value'],
      ['ticker', 'category'],
      ['sharpe_simple', 'value'],
    ])
    expect(option.series[0].data).toEqual([
      [10, 'A', null],
      [5, 'B', 1],
    ])
    expect(option.visualMap.dimension).toBe(2)
  })
})

it('marks where each test begins', () => {
  const option = stitchedOption([{ name: 's1', at: 0 }]) as Answer
  expect(option.series[0].markLine.data).toEqual([{ name: 's1', xAxis: 0 }])
})

describe('report.html', () => {
  let root: string
  beforeAll(async () => {
    root = await rootWithData()
  })

  const dataOf = (html: string): Answer =>
    JSON.parse(/<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '')

  it('draws heat maps and parallel coordinates of the trials', async () => {
    const answer = await sweepOf(root, GRID, { report: true })
    const html = fileOf(answer, 'artifacts/report.html')
    const { charts } = dataOf(html)
    expect(Object.keys(charts)).toEqual(['chart-map-0-1', 'chart-map-0-2', 'chart-map-1-2', 'chart-parallel'])
    const sound = rowsOf(answer, 'experiments.csv').filter(row => row['sharpe_simple'] !== '')
    expect(charts['chart-parallel'].series[0].data).toHaveLength(sound.length)
    // One cell of one map by hand: the mean over the other parameter.
    const map = (Object.values(charts) as Answer[]).find(
      one => one.xAxis?.name === 'slow' || one.yAxis?.name === 'slow',
    ) as Answer
    const [x, y, mean] = map.series[0].data[0]
    const [across, up] = [map.xAxis, map.yAxis].map(axis =>
      axis.name === 'fee' ? 'fee' : `strategy_params.${axis.name}`,
    )
    const cell = sound.filter(row => row[across] === map.xAxis.data[x] && row[up] === map.yAxis.data[y])
    expect(cell.length).toBeGreaterThan(0)
    expect(mean).toBeCloseTo(cell.reduce((sum, row) => sum + Number(row['sharpe_simple']), 0) / cell.length, 3)
    expect(html).toContain('Can the winner be believed?')
    expect(html).toContain(answer['run_id'])
  })

  it('draws the stitched equity of a walk-forward', async () => {
    const walk = {
      ...GRID,
      start: '2020-01-01',
      walk_forward: { scheme: 'rolling', train: 300, test: 100 },
      warmup: 'prefetch',
    }
    const answer = await sweepOf(root, walk, { report: true })
    const { charts, columns } = dataOf(fileOf(answer, 'artifacts/report.html'))
    const curve = rowsOf(answer, 'oos_equity_stitched.csv')
    expect(columns.equity).toHaveLength(curve.length)
    expect(columns.equity.at(-1)).toBeCloseTo(Number(curve.at(-1)?.['equity']), 5)
    expect(columns.time[0]).toBe(Date.parse(curve[0]['timestamp']))
    expect(charts['chart-equity'].series).toHaveLength(2)
    expect(charts['chart-parallel'].series[0].data.length).toBeGreaterThan(0)
  })

  it('keeps names inert, and draws the same each time', async () => {
    const named = {
      ...GRID,
      param_grid: {},
      variations: [
        { variationId: HOSTILE.slice(0, 60), overrides: { fee: 0.5 } },
        { variationId: 'b', overrides: {} },
      ],
    }
    const [a, b] = [await sweepOf(root, named, { report: true }), await sweepOf(root, named, { report: true })]
    const html = fileOf(a, 'artifacts/report.html')
    expect(html).not.toContain('<script>alert(1)')
    expect(dataOf(fileOf(b, 'artifacts/report.html'))).toEqual(dataOf(html))
  })
})
