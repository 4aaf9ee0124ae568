/** The dashboard of the regime monitor: its series, spans and intervals by hand, and a page that nothing can break out of. */

import { describe, expect, it } from 'vitest'
import type { RegimeEvaluation, RegimeForwardStats, RegimeReport } from '../../contracts/types.ts'
import { type DashboardInput, dashboardPage } from '../../src/artifacts/dashboard.ts'
import { historyOption, type RegimeHistory, runsOf } from '../../src/artifacts/dashboard-charts.ts'
import { regimeLooks } from '../../src/artifacts/dashboard-colours.ts'
import {
  edgeRows,
  forwardOption,
  forwardRows,
  halfWidth,
  studentQuantile,
} from '../../src/artifacts/dashboard-forward.ts'
import { heatMapOption } from '../../src/artifacts/dashboard-heat.ts'
import { HOSTILE } from './markup.ts'

const DAY = 86_400_000
const N = Number.NaN

const stats = (over: Partial<RegimeForwardStats>): RegimeForwardStats => ({
  mean_return: 0.02,
  std_return: 0.1,
  count: 25,
  hit_rate: 0.6,
  t_stat: 1,
  p_value: 0.3,
  t_stat_nw: 0.5,
  p_value_nw: 0.6,
  ...over,
})

const evaluation: RegimeEvaluation = {
  horizon_5d: {
    regime_stats: {
      WEAK_RISK_ON_MAJORS: stats({}),
      BALANCED: stats({ mean_return: -0.01, t_stat_nw: -2, count: 11 }),
      STRONG_RISK_ON_ALTS: stats({ count: 1, std_return: 0, t_stat_nw: 0 }),
    },
    edge_stats: {
      edge_best: 0.01,
      edge_worst: null,
      spread_1_5: null,
      mean_all: 0.01,
      mean_1: 0,
      mean_5: 0.02,
      n1: 0,
      n5: 25,
      n_all: 37,
      worst_regime: null,
      best_regime: 'WEAK_RISK_ON_MAJORS',
    },
  },
}

describe('intervals of forward returns', () => {
  // Student's t, two-sided 95 %: the printed tables (e.g. NIST/SEMATECH e-Handbook, 1.3.6.7.2).
  it.each([
    [1, 12.706],
    [10, 2.228],
    [24, 2.064],
    [30, 2.042],
    [100, 1.984],
  ])('take the quantile of %i degrees of freedom', (degrees, value) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(value, 3)
  })

  it('are mean over statistic times the quantile; without a statistic the plain error; none for one day', () => {
    // 0.02 / 0.5 = 0.04 is the error; t(24) = 2.0639.
    expect(halfWidth(stats({}))).toBeCloseTo(0.04 * 2.0639, 5)
    expect(halfWidth(stats({ mean_return: 0, t_stat_nw: 0 }))).toBeCloseTo((0.1 / 5) * 2.0639, 5)
    expect(halfWidth(stats({ count: 1, std_return: 0 }))).toBeNull()
  })

  it('stand in rows from alts to majors, and draw only those that there are', () => {
    const rows = forwardRows(evaluation)
    expect(rows.map(row => [row.horizon_days, row.regime, row.count])).toEqual([
      [5, 'STRONG_RISK_ON_ALTS', 1],
      [5, 'BALANCED', 11],
      [5, 'WEAK_RISK_ON_MAJORS', 25],
    ])
    // −0.01 ± 0.005 · t(10).
    expect(rows[1].lower).toBeCloseTo(-0.01 - 0.005 * 2.2281, 5)
    expect(rows[1].upper).toBeCloseTo(-0.01 + 0.005 * 2.2281, 5)
    expect([rows[0].lower, rows[0].upper]).toEqual([null, null])
    const { xAxis, series } = forwardOption(evaluation) as {
      xAxis: { data: string[] }[]
      series: { data: { name: string; value: unknown }[] }[]
    }
    expect(xAxis[0].data).toEqual(['Balanced', 'Weak majors'])
    expect(series[1].data.map(item => item.value)).toEqual([-0.01, 0.02])
    expect(series[0].data[0].name).toMatch(/^Balanced: −1\.00% \(−2\.11% to \+0\.11%\), 11 days$/)
    expect(edgeRows(evaluation)[0]).toMatchObject({
      best: 'WEAK_RISK_ON_MAJORS',
      worst: null,
      spread: null,
      p_value: null,
    })
    expect(forwardOption({})).toBeNull()
  })
})

it('finds the spans of a regime, to the end of their last day', () => {
  const ts = Float64Array.from({ length: 6 }, (_, i) => i * DAY)
  const regime = [null, 'BALANCED', 'BALANCED', 'RISK_ON_ALTS', 'BALANCED', 'BALANCED']
  expect(runsOf(ts, regime, 'BALANCED')).toEqual([
    [DAY, 3 * DAY],
    [4 * DAY, 6 * DAY],
  ])
  expect(runsOf(ts, regime, 'RISK_ON_ALTS')).toEqual([[3 * DAY, 4 * DAY]])
  expect(runsOf(ts, regime, 'RISK_ON_MAJORS')).toEqual([])
})

it('orders regimes from alts to majors and gives each a colour of its own', () => {
  const looks = regimeLooks(['RISK_ON_MAJORS', null, 'BALANCED', 'STRONG_RISK_ON_ALTS'])
  expect(looks.map(({ label }) => label)).toEqual(['Strong alts', 'Balanced', 'Majors'])
  expect(new Set(looks.map(({ colour }) => colour)).size).toBe(3)
})

describe('the heat map', () => {
  const ts = (days: number) => Float64Array.from({ length: days }, (_, i) => i * DAY)
  type Heat = { xAxis: { data: string[] }; yAxis: { data: string[] }; series: { name: string; data: number[][] }[] }

  it('has a cell a day and the first feature at the top', () => {
    const features = [
      { name: 'z_btc_dominance', values: Float64Array.of(1, N, -2) },
      { name: 'z_oi_risk', values: Float64Array.of(0.12345, 0, N) },
    ]
    const { option, note } = heatMapOption(ts(3), features)
    const { xAxis, yAxis, series } = option as Heat
    expect(xAxis.data).toEqual(['1970-01-01', '1970-01-02', '1970-01-03'])
    expect(yAxis.data).toEqual(['oi risk', 'btc dominance'])
    expect(series.map(({ name, data }) => [name, data])).toEqual([
      [
        'btc dominance',
        [
          [0, 1, 1],
          [2, 1, -2],
        ],
      ],
      [
        'oi risk',
        [
          [0, 0, 0.123],
          [1, 0, 0],
        ],
      ],
    ])
    expect(note).toContain('one day')
  })

  it('joins days where there are many, by the mean of what is known', () => {
    // 600 days into at most 260 columns: three days a cell.
    const values = Float64Array.from({ length: 600 }, (_, i) => (i % 3 === 1 ? N : i % 3))
    const { option, note } = heatMapOption(ts(600), [{ name: 'z_x', values }])
    const { xAxis, series } = option as Heat
    expect(xAxis.data.slice(0, 2)).toEqual(['1970-01-01', '1970-01-04'])
    expect(series[0].data).toHaveLength(200)
    expect(series[0].data.every(([, , value]) => value === 1)).toBe(true)
    expect(note).toContain('3 days')
  })
})

const history: RegimeHistory = {
  ts: Float64Array.of(0, DAY, 2 * DAY),
  score: Float64Array.of(N, 0.7, 0.2),
  regime: [null, 'WEAK_RISK_ON_MAJORS', 'BALANCED'],
  thresholds: [{ label: 'high', value: 0.5 }],
  equity: Float64Array.of(N, 1, 1.1),
  btc: Float64Array.of(N, 1, 1.05),
  alts: Float64Array.of(N, N, 1),
  drawdown: Float64Array.of(N, 0, 0),
  alt_exposure: Float64Array.of(N, 0, -0.5),
  major_exposure: Float64Array.of(N, 0, 0.5),
  net_exposure: Float64Array.of(N, 0, 0),
  turnover: Float64Array.of(N, 0, 1),
  cost: Float64Array.of(N, 0, 0.001),
  funding: Float64Array.of(N, 0, 0),
}

function input(
  over: { title?: string; warnings?: string[]; evaluation?: RegimeEvaluation | null } = {},
): DashboardInput {
  const summary = { total_return: 0.1, sharpe_simple: 1, max_drawdown: 0, trades: 1, win_rate: 1 }
  const kpis = {
    n_days: 2,
    total_return: 0.1,
    cagr: 5,
    sharpe: 2,
    max_drawdown: 0,
    calmar: 0,
    hit_rate: 1,
    n_active: 1,
  }
  return {
    report: {
      header: { run_id: '20240101_000000_majors-alts_abc1234' },
      config_resolved: {
        mode: 'msm',
        dataset_id: 'panel',
        experiment: over.title === undefined ? null : { experiment_id: 'e', title: over.title },
        settings: { universe: { majors: ['BTC', 'ETH'] } },
      },
      warnings: over.warnings,
      dataset: { dataset_id: 'panel', snapshot_hash: 'dada' },
    } as unknown as RegimeReport,
    figures: {
      summary,
      best_result: { ...summary, days: 2 },
      kpis: kpis as DashboardInput['figures']['kpis'],
      stability: {
        total_switches: 1,
        total_days: 2,
        switches_per_year: 182.6,
        avg_regime_duration_days: 1,
        regime_distribution: { BALANCED: 50, WEAK_RISK_ON_MAJORS: 50 },
      },
      regime_metrics: [],
      test_windows: [],
      evaluation: over.evaluation ?? null,
    },
    history,
    features: [{ name: 'z_momentum_spread_7d', values: Float64Array.of(N, 1, 2) }],
    baskets: [
      {
        date: '1970-01-02',
        members: [
          { asset_id: 'SOL', weight: 0.25 },
          { asset_id: 'XRP', weight: 0.75 },
        ],
      },
    ],
  }
}

/** The data block of a page. */
function dataOf(html: string) {
  return JSON.parse(/<script type="application\/json"[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '')
}

/** The page without its scripts and styles. */
function bodyOf(html: string): string {
  return html.replace(/<script[\s\S]*?<\/script>/gi, '').replace(/<style>[\s\S]*?<\/style>/g, '')
}

describe('the page', () => {
  const html = dashboardPage(input({ evaluation, warnings: ['NO_FUNDING: none'] }))
  const data = dataOf(html)

  it('carries the series as JSON, null where nothing is known', () => {
    expect(data.columns.score).toEqual([null, 0.7, 0.2])
    expect(data.columns.alt_exposure).toEqual([null, 0, -0.5])
    expect(data.columns.regime).toEqual([null, 'WEAK_RISK_ON_MAJORS', 'BALANCED'])
    expect(Object.keys(data.charts)).toEqual(['chart-history', 'chart-forward', 'chart-features'])
    for (const id of Object.keys(data.charts)) expect(html).toContain(`id="${id}"`)
    for (const name of data.charts['chart-history'].columns) expect(data.columns).toHaveProperty(name)
    for (const series of data.charts['chart-history'].series) {
      for (const column of Object.values(series.encode ?? {}).flat())
        expect(data.columns).toHaveProperty(column as string)
    }
  })

  it('shows regimes as bands that the legend names, and the score with its thresholds', () => {
    const { series, legend } = data.charts['chart-history']
    const bands = series.filter((one: { markArea?: object }) => one.markArea)
    expect(bands.map((one: { name: string }) => one.name)).toEqual(['Balanced', 'Weak majors'])
    expect(bands[1].markArea.data).toEqual([[{ xAxis: DAY }, { xAxis: 2 * DAY }]])
    const named = legend.data.map((one: { name: string }) => one.name)
    for (const { name } of series) if (name !== 'Regime' && name !== 'Drawdown') expect(named).toContain(name)
    expect(series.find((one: { name: string }) => one.name === 'Score').markLine.data[0].yAxis).toBe(0.5)
  })

  it('says the figures, the warnings and the basket in the markup too', () => {
    const body = bodyOf(html)
    expect(body).toContain('NO_FUNDING: none')
    expect(body).toContain('+10.00%')
    expect(body).toContain('SOL 25.00%, XRP 75.00%')
    expect(body).toContain('at the end: BALANCED, score 0.2')
    expect(body).not.toMatch(/\s(?:src|href)="(?!#)/)
  })

  it('leaves out what was not judged', () => {
    const plain = dashboardPage(input())
    expect(Object.keys(dataOf(plain).charts)).toEqual(['chart-history', 'chart-features'])
    expect(plain).not.toContain('chart-forward"')
  })

  it('lets no name break out of it', () => {
    const hostile = dashboardPage(input({ title: HOSTILE, warnings: [HOSTILE], evaluation }))
    expect(bodyOf(hostile)).not.toMatch(/<script|<img/)
    expect(bodyOf(hostile)).toContain('&lt;script&gt;')
    expect(hostile.match(/<script/g)?.length).toBe(html.match(/<script/g)?.length)
  })

  it('refuses series that do not fit together, and no day at all', () => {
    const short = input()
    short.history = { ...history, equity: Float64Array.of(1) }
    expect(() => dashboardPage(short)).toThrow("'equity' has 1 values for 3 days")
    const none = input()
    none.history = { ...history, ts: new Float64Array(0) }
    expect(() => dashboardPage(none)).toThrow('no day to show')
  })
})

it('gives no two series one name, whatever the regimes are called', () => {
  const regime = ['RISK_ON_ALTS', 'BALANCED', 'RISK_ON_MAJORS']
  const { series } = historyOption({ ...history, regime }) as { series: { name: string }[] }
  expect(new Set(series.map(({ name }) => name)).size).toBe(series.length)
})

it('takes a log axis for equity where the range is wide', () => {
  const option = (equity: Float64Array) =>
    historyOption({ ...history, equity }) as { yAxis: { type: string }[]; title: { text: string }[] }
  expect(option(history.equity).yAxis[1].type).toBe('value')
  const wide = option(Float64Array.of(N, 1, 40))
  expect([wide.yAxis[1].type, wide.title[1].text]).toEqual(['log', 'Equity (log scale)'])
})
