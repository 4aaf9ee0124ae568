// Bundle the program into dist/: a tiny entry, and chunks that each command loads when it is asked for.
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: { main: 'main.ts' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['@duckdb/node-api'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Packages in CommonJS call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
chmodSync('dist/main.js', 0o755)
mkdirSync('dist/assets', { recursive: true })
const charts = 'node_modules/echarts/dist/echarts.min.js'
if (existsSync(charts)) cpSync(charts, 'dist/assets/echarts.min.js')
