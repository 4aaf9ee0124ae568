/** The package says what it is: one version, exact dependencies, only the agreed packages. */

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { VERSION } from '../src/base/version.ts'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

it('has one version', () => {
  expect(VERSION).toBe(manifest.version)
  expect(JSON.parse(readFileSync('package-lock.json', 'utf8')).version).toBe(VERSION)
})

it('pins every dependency exactly', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)])
})

it('uses only the agreed packages', () => {
  expect(Object.keys(manifest.dependencies)).toEqual([
    '@duckdb/node-api',
    'canonicalize',
    'hyparquet',
    'hyparquet-compressors',
    'hyparquet-writer',
    'ndjson',
    'pure-rand',
    'yaml',
  ])
  expect(Object.keys(manifest.devDependencies)).toEqual([
    '@biomejs/biome',
    '@types/ndjson',
    '@types/node',
    'ajv',
    'echarts',
    'esbuild',
    'fast-check',
    'json-schema-to-typescript',
    'typescript',
    'vega-datasets',
    'vitest',
  ])
})

it('asks for no install script of a dependency', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  const scripted = Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.hasInstallScript)
    .map(([path]) => path)
  // esbuild's only links its binary in place, fsevents is for another system: both work when scripts are held back.
  expect(scripted.filter(path => !/node_modules\/(esbuild|fsevents)$/.test(path))).toEqual([])
})
