/** Imports point one way, packages have one door, and time, randomness and standard output stay behind theirs. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { expect, it } from 'vitest'

/** Folder → folders it may import. Read top-down: data flows left to right, imports point down. */
const MAY_IMPORT: Record<string, string[]> = {
  main: ['gateway', 'base'],
  gateway: ['commands', 'base', 'contracts'],
  commands: [
    'lake',
    'registry',
    'artifacts',
    'sweep',
    'regime',
    'alerts',
    'models',
    'engine',
    'strategies',
    'market',
    'base',
    'contracts',
  ],
  // compute: pure, never reads or writes a file
  sweep: ['engine', 'strategies', 'market', 'base', 'contracts'],
  regime: ['engine', 'indicators', 'market', 'base', 'contracts'],
  alerts: ['engine', 'indicators', 'market', 'base', 'contracts'],
  models: ['strategies', 'market', 'base', 'contracts'],
  engine: ['strategies', 'market', 'base', 'contracts'],
  strategies: ['indicators', 'market', 'base', 'contracts'],
  indicators: ['market', 'base'],
  // stores: one owner per directory on disk, never compute
  artifacts: ['base', 'contracts'],
  registry: ['base', 'contracts'],
  lake: ['market', 'base', 'contracts'],
  // vocabulary
  market: ['base', 'contracts'],
  base: ['contracts'],
  contracts: [],
  scripts: ['base', 'contracts'],
}

const PARQUET = ['parquet', 'parquet-numbers', 'parquet-values', 'parquet-stream'].map(name => `src/base/${name}.ts`)

/** Package → the files that may import it. */
const DOORS: Record<string, string[]> = {
  ajv: ['scripts/contracts.ts'],
  'json-schema-to-typescript': ['scripts/contracts.ts'],
  esbuild: ['scripts/contracts.ts'],
  canonicalize: ['src/base/canonical.ts'],
  hyparquet: PARQUET,
  'hyparquet-writer': PARQUET,
  'hyparquet-compressors': ['src/base/parquet.ts'],
  '@duckdb/node-api': ['src/base/duckdb.ts'],
  ndjson: ['src/gateway/session.ts'],
  'pure-rand': ['src/base/random.ts'],
  yaml: ['src/base/yaml.ts'],
}

/** Clocks and streams of the process have one door each; a bare `new Date(number)` is a conversion, not a clock. */
const FORBIDDEN: [RegExp, string[]][] = [
  [/\bDate\.now\(|\bnew Date\(\)|performance\.now\(/, ['src/gateway/process.ts']],
  [/\bMath\.random\(/, []],
  [/\bconsole\./, []],
  [/process\.stdout/, ['src/gateway/process.ts']],
  // Differs between Node versions for exponents that are not whole numbers; base/stats has the stand-in.
  [/\bMath\.pow\(|[\w)\]]\s*\*\*\s*(?!\d+\b(?!\.))[\w(]/, []],
  [/toLocale|\bIntl\.|localeCompare/, []],
]

const files = [
  'main.ts',
  ...['src', 'contracts', 'scripts'].flatMap(root =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => posix.join(root, name.split('\\').join('/'))),
  ),
]

const folderOf = (file: string) => (file.startsWith('src/') ? file.split('/')[1] : file.split(/[/.]/)[0])

/** Static and dynamic imports of a file, type imports included. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"=;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
  return [...text.matchAll(pattern)].map(match => match[1] ?? match[2] ?? match[3])
}

const packageOf = (target: string) =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')

/** Comments and texts say what they like. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
}

it.each(files)('%s imports only what its folder may', file => {
  for (const target of importsOf(file)) {
    if (target.startsWith('node:')) continue
    if (!target.startsWith('.')) {
      expect(DOORS[packageOf(target)] ?? [], `${file} imports ${target}`).toContain(file)
      continue
    }
    const folder = folderOf(posix.join(dirname(file), target))
    const own = folderOf(file)
    if (folder !== own) expect(MAY_IMPORT[own], `${file} imports ${target}`).toContain(folder)
  }
})

it('has no import cycle', () => {
  const done = new Set<string>()
  const walk = (file: string, path: string[]): void => {
    expect(path, [...path, file].join(' → ')).not.toContain(file)
    if (done.has(file)) return
    // The validators and the command table are loaded when needed: no cycle of loading.
    for (const target of importsOf(file))
      if (target.startsWith('.')) walk(posix.join(dirname(file), target), [...path, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
})

it('keeps clocks, randomness, streams and locale behind their doors', () => {
  const found: string[] = []
  for (const file of files.filter(name => name.startsWith('src/'))) {
    const code = codeOf(file)
    for (const [pattern, doors] of FORBIDDEN) {
      const match = pattern.exec(code)
      if (match !== null && !doors.includes(file)) found.push(`${file}: ${match[0]}`)
    }
  }
  expect(found).toEqual([])
})

it('catches a planted violation', () => {
  const pattern = FORBIDDEN[0][0]
  expect(pattern.test('const now = Date.now()')).toBe(true)
  expect(MAY_IMPORT['registry']).not.toContain('engine')
  expect(MAY_IMPORT['engine']).not.toContain('lake')
})
