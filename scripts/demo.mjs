// The main job on real data: register the S&P 500 daily bars that the npm package vega-datasets carries, run one request, say where to look.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

const require = createRequire(import.meta.url)
const bars = join(dirname(require.resolve('vega-datasets')), '../data/sp500-2000.csv')

/** Run the built program; its standard output. */
function quantlab(...args) {
  return execFileSync(process.execPath, ['dist/main.js', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

const dataset = JSON.parse(
  quantlab(
    'dataset',
    'register',
    '--id',
    'sp500-daily',
    '--path',
    bars,
    '--symbol',
    'SPX',
    '--interval',
    '1d',
    '--calendar',
    'exchange',
    '--source',
    'npm:vega-datasets/data/sp500-2000.csv',
    '--license',
    'BSD-3-Clause',
    '--format',
    'json',
  ),
)
console.log(
  `Data set ${dataset.datasetId}: S&P 500, ${dataset.coverage.dateRange.from} to ${dataset.coverage.dateRange.to}`,
)

const request = {
  schema_version: '1.0',
  request_id: 'demo',
  command: 'run',
  params: {
    ticker: 'SPX',
    start: '2000-01-03',
    end: '2020-04-18',
    strategy: 'sma_cross',
    strategy_params: { fast: 50, slow: 200 },
    execution: 'next_open',
    fee: 0.0005,
    slippage_bps: 2,
    report: true,
  },
}
console.log(`\nquantlab --json-request '${JSON.stringify(request)}'\n`)
const answer = JSON.parse(quantlab('--json-request', JSON.stringify(request)))
console.log(JSON.stringify(answer, null, 2))

const at = name => relative('.', join(answer.artifacts_path, name))
console.log(`
Look at
  ${at('artifacts/report.html')}   interactive page: open it in a browser
  ${at('artifacts/equity.svg')}    picture
  ${at('report.json')}             the report with its machine_contract
  ${relative('.', answer.runs_index_json)}   the shared index of all runs`)
