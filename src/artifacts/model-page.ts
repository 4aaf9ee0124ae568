/** The interactive page of a model run, `artifacts/report.html`. */

import type { ModelMarket } from '../../contracts/types.ts'
import { utcText } from './charts-time.ts'
import { bucketsOption, coefficientsOption, growthOption, skillsOption } from './model-charts.ts'
import type { ModelRun } from './model-run.ts'
import { htmlPage, type PageSection } from './page-html.ts'
import { markup } from './page-markup.ts'
import { type Card, cards, chartPlace, pairTable, sortableTable } from './page-parts.ts'
import { drawnBars, jsonColumn } from './page-series.ts'

type Row = Readonly<Record<string, unknown>>

/** What the page shows. */
export interface ModelPageInput {
  run: ModelRun
  /** Bars of the test split, epoch ms. */
  ts: Float64Array
  /** Growth of 1 of the model and its baselines on these bars; the model first. */
  curves: readonly { name: string; equity: Float64Array }[]
  /** Predictions on the rows of the test split, and the return that came. */
  predicted: Float64Array
  forward: Float64Array
}

const MOST_DRAWN_BARS = 12_000

/** The HTML text: verdict, criteria, figures, curves, calibration, permutations, weights, splits, provenance. */
export function modelPage(input: ModelPageInput): string {
  const { run, ts, curves } = input
  const { dataset_manifest: data, model_config: config, training_summary: summary, feature_manifest: features } = run
  const { promotion_assessment: promotion } = summary
  const bars = drawnBars(
    curves.map(curve => curve.equity),
    ts.length,
    MOST_DRAWN_BARS,
  )
  const charts = chartsOf(input)
  const chartSections = charts.map(
    ({ id, heading, label, note, height }, index): PageSection => ({
      ...{ id: id.replace('chart-', ''), heading, note, half: index > 0, body: chartPlace(id, label, height) },
    }),
  )
  return htmlPage({
    title: `${data.universe.join(', ')} · ${config.model_name}`,
    lead: [summary.model_run_id, promotion.research_verdict, `${data.target.name} ${data.target.horizon} ahead`].join(
      ' · ',
    ),
    sections: [
      ...listSection('warnings', 'Warnings', summary.warnings),
      { id: 'figures', heading: 'Key figures', body: cards(cardsOf(run)) },
      { id: 'criteria', heading: 'Criteria', body: sortableTable(CRITERIA, promotion.criteria as unknown as Row[]) },
      ...listSection('blocking', 'Blocking reasons', promotion.blocking_reasons),
      ...chartSections,
      { id: 'market', heading: 'Market on the test split', body: sortableTable(MARKETS, marketRows(run)) },
      {
        id: 'predictions',
        heading: 'Predictions',
        body: sortableTable(['figure', 'train', 'validation', 'test'], figureRows(run)),
      },
      { id: 'checks', heading: 'Leakage checks', body: pairTable(Object.entries(checksOf(run))) },
      {
        id: 'features',
        heading: 'Features',
        body: sortableTable(
          ['name', 'definition', 'lookback_bars', 'mean', 'scale'],
          features.features as unknown as Row[],
        ),
      },
      { id: 'splits', heading: 'Splits', half: true, body: pairTable(Object.entries(data.split)) },
      { id: 'configuration', heading: 'Configuration', half: true, body: pairTable(Object.entries(run.config)) },
      { id: 'provenance', heading: 'Provenance', body: pairTable(Object.entries(summary.reproducibility)) },
      {
        id: 'files',
        heading: 'Files',
        body: sortableTable(['file_name', 'size_bytes', 'sha256'], summary.artifacts as unknown as Row[]),
      },
    ],
    data: {
      columns: {
        time: Array.from(bars, bar => ts[bar]),
        ...Object.fromEntries(curves.map(({ name, equity }) => [name, jsonColumn(equity, bars)])),
      },
      charts: Object.fromEntries(charts.map(({ id, option }) => [id, option])),
    },
  })
}

/** The charts in order; the first is as wide as the page. */
function chartsOf({ run, ts, curves, predicted, forward }: ModelPageInput) {
  const { leakage_guards: guards, coefficients } = run.training_summary
  return [
    {
      id: 'chart-growth',
      heading: 'Growth on the test split',
      label: `Growth of 1 of the model and its baselines, ${utcText(ts[0])} to ${utcText(ts[ts.length - 1])} UTC.`,
      note: 'After costs. The run of the model has its fills, metrics and page of its own.',
      option: growthOption(curves.map(({ name }) => name)),
      height: 360,
    },
    {
      id: 'chart-buckets',
      heading: 'Forward return by prediction',
      label: 'Mean forward return of the test rows in ten equal groups from the lowest to the highest prediction.',
      note: 'Test rows in ten groups of equal size, from the lowest to the highest prediction.',
      option: bucketsOption(predicted, forward),
      height: 300,
    },
    {
      id: 'chart-skills',
      heading: 'Skill where nothing can be known',
      label: 'Test skill of every permutation, sorted, and that of the model.',
      note: 'The pipeline on bars in random order, sorted, and the model (line). A leak would lift all of them above 0.',
      option: skillsOption(guards.shuffled_target.skills, guards.shuffled_target.model_skill),
      height: 300,
    },
    {
      id: 'chart-coefficients',
      heading: 'Weights',
      label: 'Weights of the standardised features.',
      note: 'Of standardised features, so they compare.',
      option: coefficientsOption(coefficients),
      height: Math.max(160, 60 + 22 * coefficients.length),
    },
  ]
}

const CRITERIA = ['name', 'value', 'comparison', 'threshold', 'passed', 'description']
const MARKETS = [
  'strategy',
  'total_return',
  'max_drawdown',
  'sharpe_ratio',
  'trades',
  'exposure_time',
  'turnover',
  'run_id',
]

function cardsOf({ training_summary: { metrics, leakage_guards: guards } }: ModelRun): Card[] {
  const { test, downstream_market: market } = metrics
  return [
    { label: 'Test skill', value: test.skill, format: 'percent', tone: true },
    { label: 'Information coefficient', value: test.information_coefficient, format: 'number' },
    { label: 'Accuracy', value: test.accuracy, format: 'percent' },
    { label: 'p-value', value: guards.shuffled_target.p_value, format: 'number' },
    { label: 'Return after costs', value: market.summary.total_return, format: 'percent', tone: true },
    { label: 'Sharpe ratio', value: market.sharpe_ratio, format: 'number' },
    { label: 'Max drawdown', value: market.summary.max_drawdown, format: 'percent', tone: true },
    { label: 'Test rows', value: test.rows, format: 'number' },
  ]
}

function listSection(id: string, heading: string, texts: readonly string[]): PageSection[] {
  if (texts.length === 0) return []
  const body = markup`<div class="warning"><ul>${texts.map(text => markup`<li>${text}</li>`)}</ul></div>`
  return [{ id, heading, body }]
}

function marketRows({ training_summary: { metrics, baseline_comparison: b } }: ModelRun): Row[] {
  const markets: ModelMarket[] = [metrics.downstream_market, b.rule_based_baseline, b.buy_and_hold, b.classical_market]
  return markets.map(({ summary, ...market }) => ({ ...summary, ...market }))
}

function figureRows({ training_summary: { metrics } }: ModelRun): Row[] {
  const { train, validation, test } = metrics
  return Object.keys(test)
    .filter(figure => figure !== 'undefined_reasons')
    .map(figure => ({
      figure,
      ...{ train: (train as unknown as Row)[figure], validation: (validation as unknown as Row)[figure] },
      test: (test as unknown as Row)[figure],
    }))
}

function checksOf({ training_summary: { leakage_guards } }: ModelRun): object {
  const { skills: _, ...shuffled_target } = leakage_guards.shuffled_target
  return { ...leakage_guards, shuffled_target }
}
