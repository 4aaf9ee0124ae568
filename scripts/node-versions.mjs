// The same request on Node 20, 22, 24 and 26: the bytes of every result file must be equal. Needs the npm registry for the other Nodes.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const FILES = ['metrics.json', 'trades.csv', 'equity.parquet', 'artifacts/equity.svg']
const REQUESTS = [
  { strategy: 'rsi_ma_cross_v2', slippage_mode: 'atr' },
  { strategy: 'ema_cross', execution: 'next_open' },
  { strategy: 'macd' },
  { strategy: 'bollinger_reversion' },
  { strategy: 'donchian_breakout' },
  { strategy: 'buy_and_hold' },
]
const MODEL_FILES = ['model.json', 'predictions.csv']
const TRAININGS = [
  { family: 'ridge', selection: 'walk_forward' },
  { family: 'logistic', horizon: 5, positions: 'long_short' },
]
const main = resolve('dist/main.js')
const bars = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '../data/sp500-2000.csv')

/** SHA-256 of all result files under one Node. */
function hashesOn(node) {
  const root = mkdtempSync(join(tmpdir(), 'quantlab-nodes-'))
  const quantlab = (...argv) =>
    execFileSync(node[0], [...node.slice(1), main, '--root', root, ...argv], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  try {
    quantlab(
      'dataset',
      'register',
      '--id',
      'spx',
      '--path',
      bars,
      '--symbol',
      'SPX',
      '--interval',
      '1d',
      '--calendar',
      'exchange',
    )
    const hashes = (command, params, label, files) => {
      const given = { ticker: 'SPX', start: '2000-01-03', end: '2020-04-18', ...params }
      const request = { schema_version: '1.0', command, params: given }
      const { artifacts_path: folder } = JSON.parse(quantlab('--json-request', JSON.stringify(request)))
      return files.map(name => [`${label} ${name}`, hashOf(readFileSync(join(folder, name)))])
    }
    return [
      ...REQUESTS.flatMap(params => hashes('run', params, params.strategy, FILES)),
      ...TRAININGS.flatMap(params => hashes('model', { action: 'train', ...params }, params.family, MODEL_FILES)),
    ]
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const hashOf = bytes => createHash('sha256').update(bytes).digest('hex')

const expected = hashesOn([process.execPath])
let differing = 0
for (const major of [20, 22, 24, 26]) {
  const npx = ['npx', '--yes', '--quiet', '-p', `node@${major}`, 'node']
  const version = execFileSync(npx[0], [...npx.slice(1), '--version'], { encoding: 'utf8' }).trim()
  const found = hashesOn(npx)
  const wrong = expected.filter(([, hash], index) => found[index][1] !== hash).map(([name]) => name)
  differing += wrong.length
  console.log(
    `Node ${version}: ${wrong.length === 0 ? `${found.length} files, same bytes as on ${process.version}` : `differs in ${wrong.join(', ')}`}`,
  )
}
process.exitCode = differing === 0 ? 0 : 1
