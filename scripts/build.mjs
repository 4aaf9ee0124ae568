/**
 * Bundle the program into dist/. One process per request is the common case, so start-up is what this is built for:
 *
 *   dist/main.js       a few lines: --version, or load the application
 *   dist/app.js        the application, CommonJS: the ES module loader alone costs 4 ms; see parts.mjs
 *   dist/more.js       what only some commands need
 *   dist/*.js.cache    V8's compiled form of both, made here for this Node; another Node just compiles
 *   dist/apart/        schemas, and validators of all but a plain run: loaded when one is needed
 *   dist/worker.js     the thread of a sweep
 *   dist/sql-child.js  the process in which the lab runs foreign SQL
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { buildParts } from './parts.mjs'

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['@duckdb/node-api'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__meta.url', 'import.meta.filename': '__filename' },
  banner: { js: 'const __meta={get url(){return require("node:url").pathToFileURL(__filename).href}};' },
}

/** Compiles a part of the application from V8's cache where that fits this Node, else from its source. */
const LOADER = `
const fs = require('node:fs'), vm = require('node:vm'), loaded = {}
const read = path => { try { return fs.readFileSync(path) } catch {} }
function part(name) {
  if (name in loaded) return loaded[name].exports
  const file = __dirname + '/' + name, module = { exports: {} }
  // The bundle is ASCII: read as such it takes half the memory.
  const script = new vm.Script(fs.readFileSync(file, 'latin1'), { filename: file, cachedData: read(file + '.cache') })
  script.runInThisContext()(module.exports, require, module, file, __dirname, part)
  // The build asks for the cache once its request is over, so that it holds what that request compiles.
  if (process.env.QUANTLAB_BUILD_CACHE === name) process.on('exit', () => fs.writeFileSync(file + '.cache', script.createCachedData()))
  return (loaded[name] = module).exports
}
module.exports = part('app.js')
`

const loadApplication = {
  name: 'load-application',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /gateway\/process\.ts$/ }, ({ importer, path }) =>
      importer.endsWith('main.ts') ? { path, namespace: 'loader' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'loader' }, () => ({ contents: LOADER, loader: 'js', resolveDir: '.' }))
  },
}

/** Validators that a plain run needs stay in the application, where V8's cache covers them. */
const AT_HAND =
  /^(commands-run|artifacts-(config|metrics|metadata|report|run-manifest|runs-index)|strategies-(rsi_ma_cross_v2|sma_cross))$/
const validators = readdirSync('contracts/validators').map(name => name.replace('.ts', ''))
const apart = validators.filter(name => !AT_HAND.test(name)).map(name => `contracts/validators/${name}.ts`)

const keepApart = {
  name: 'keep-apart',
  setup({ onResolve }) {
    onResolve({ filter: /(contracts\/schemas|\.\/validators\/[\w.-]+)\.ts$/ }, ({ path }) => {
      const name = basename(path, '.ts')
      return AT_HAND.test(name) ? undefined : { path: `./apart/${name}.js`, external: true }
    })
  },
}

rmSync('dist', { recursive: true, force: true })
mkdirSync('dist/assets', { recursive: true })
writeFileSync('dist/package.json', '{"type":"commonjs"}\n')
await Promise.all([
  build({ ...common, entryPoints: ['main.ts'], outfile: 'dist/main.js', plugins: [loadApplication] }),
  buildParts('dist', {
    ...common,
    charset: 'ascii',
    plugins: [keepApart],
    banner: { js: `(function(exports,require,module,__filename,__dirname,__part){${common.banner.js}` },
    footer: { js: '})' },
  }),
  build({ ...common, entryPoints: ['contracts/schemas.ts'], outfile: 'dist/apart/schemas.js', banner: {} }),
  // The application imports their default: for a CommonJS file that is all it exports.
  build({
    ...common,
    entryPoints: apart,
    outdir: 'dist/apart',
    banner: {},
    footer: { js: 'module.exports=module.exports.default;' },
  }),
  ...(existsSync('src/sweep/worker.ts')
    ? [build({ ...common, entryPoints: ['src/sweep/worker.ts'], outfile: 'dist/worker.js' })]
    : []),
  build({ ...common, entryPoints: ['src/base/sql-child.ts'], outfile: 'dist/sql-child.js' }),
])
chmodSync('dist/main.js', 0o755)
const charts = 'node_modules/echarts/dist/echarts.min.js'
if (existsSync(charts)) cpSync(charts, 'dist/assets/echarts.min.js')
warmCaches()

/** Fill the cache of each part from a request that needs it: a run on made-up bars, and a short one. */
function warmCaches() {
  const root = mkdtempSync(join(tmpdir(), 'quantlab-build-'))
  const quantlab = (keep, ...argv) =>
    execFileSync(process.execPath, ['dist/main.js', '--root', root, ...argv], {
      stdio: 'ignore',
      env: { ...process.env, QUANTLAB_BUILD_CACHE: keep },
    })
  const day = index => new Date(Date.UTC(2023, 0, 1) + index * 86_400_000).toISOString().slice(0, 10)
  const rows = Array.from({ length: 400 }, (_, i) => {
    const close = 100 + 10 * Math.sin(i / 9) + (i % 7)
    return [day(i), close, close + 1, close - 1, close, 1000].join(',')
  })
  try {
    const path = join(root, 'bars.csv')
    writeFileSync(path, `date,open,high,low,close,volume\n${rows.join('\n')}\n`)
    quantlab('', 'dataset', 'register', '--id', 'x', '--path', path, '--symbol', 'X', '--interval', '1d')
    quantlab('more.js', 'dataset', 'list')
    const params = { ticker: 'X', end: '2024-02-01' }
    quantlab('app.js', '--json-request', JSON.stringify({ schema_version: '1.0', command: 'run', params }))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
