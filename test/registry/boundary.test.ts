/** The resolver may only point: no finance in the registry, and no way to change a fact outside of collection. RS-01, RS-02, RS-31. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportRunSet } from '../../src/registry/bundle.ts'
import { closeCache } from '../../src/registry/cache.ts'
import { checkRegistry } from '../../src/registry/check.ts'
import { createRunSet } from '../../src/registry/create-runset.ts'
import { diffRunSets, explainMembership, verifyRunSet } from '../../src/registry/inspect.ts'
import { lineageOf } from '../../src/registry/lineage.ts'
import { rebuildCache } from '../../src/registry/rebuild.ts'
import { freezeRunSet, resolveRunSet, unfreezeRunSet } from '../../src/registry/resolve.ts'
import { deleteRunSet, setAlias } from '../../src/registry/runsets.ts'
import { runsetStatus } from '../../src/registry/status.ts'
import { BASELINE, guideRegistry } from './fixtures.ts'

const files = readdirSync('src/registry').map(name => `src/registry/${name}`)

describe('imports', () => {
  it.each(files)('%s reaches neither an engine nor a data reader (RS-02)', file => {
    const targets = [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)].map(match => match[1])
    for (const target of targets) expect(target).toMatch(/^\.\/|^\.\.\/base\/|^\.\.\/\.\.\/contracts\//)
  })
})

it('RS-02: what answers a selection reads no file, and only facts, archives and collection write one', () => {
  const pure = [
    'answer',
    'resolver',
    'conditions',
    'selection',
    'difference',
    'run-record',
    'run-filter',
    'ids',
    'set-expression',
  ]
  for (const name of pure) {
    const text = readFileSync(`src/registry/${name}.ts`, 'utf8')
    expect([
      name,
      /from '(node:fs|node:child_process|\.\.\/base\/(files|duckdb|parquet)\.ts)'/.test(
        text.replace(/import \{ sqlText \}.*/, ''),
      ),
    ]).toEqual([name, false])
  }
  const writing = /\b(createExclusive|writeNew|writeSynced|replaceFile|appendText|writeFileSync|NewFile)\b/
  const writers = files
    .filter(file => writing.test(readFileSync(file, 'utf8')))
    .map(file => file.slice('src/registry/'.length))
  // The two loaders fill a database of their own, which may be deleted at any time.
  expect(writers).toEqual(['cache-loader.ts', 'facts.ts', 'gc.ts', 'import-bundle.ts', 'lab-loader.ts'])
})

it('only collection, the cache and written-out archives rename or remove files (RS-31)', () => {
  // Archives are written beside the facts, and the laboratory's database is a temporary file of its own.
  const mayMove = ['gc', 'rebuild', 'cache-loader', 'bundle', 'registry-bundle', 'lab-loader'].map(
    name => `src/registry/${name}.ts`,
  )
  const movers = files.filter(file =>
    /\b(renameSync|unlinkSync|rmSync|truncateSync|removeQuietly|replaceFile|appendText)\(/.test(
      readFileSync(file, 'utf8'),
    ),
  )
  expect(movers.filter(file => !mayMove.includes(file))).toEqual([])
  const openers = files.filter(file => /openSync\([^)]*'(a|w|r\+|wx|a\+)'/.test(readFileSync(file, 'utf8')))
  expect(openers).toEqual(['src/registry/tar.ts'])
})

it('no sequence of verbs changes a file that was there (RS-01)', async () => {
  const { root, tick } = await guideRegistry(3)
  const id = BASELINE.runsetId
  const verbs: (() => Promise<unknown>)[] = [
    () => createRunSet(root, BASELINE, tick()),
    () => createRunSet(root, { ...BASELINE, tags: ['other'] }, tick()),
    () => resolveRunSet(root, id, tick()),
    () => freezeRunSet(root, id, tick()),
    () => resolveRunSet(root, id, tick(), { force: true }),
    () => runsetStatus(root, id, tick()),
    () => diffRunSets(root, id, undefined, tick()),
    () => verifyRunSet(root, id),
    () => explainMembership(root, id, 'run-0000'),
    () => setAlias(root, 'name', `${id}@pin.1`, tick()),
    () => exportRunSet(root, 'name', join(root, 'x.tar'), tick()),
    () => rebuildCache(root, tick()),
    () => lineageOf(root, id),
    () => checkRegistry(root),
    () => unfreezeRunSet(root, id, tick()),
    () => deleteRunSet(root, id, tick()),
  ]
  const look = () => {
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name =>
      statSync(join(root, name)).isFile(),
    )
    return new Map(
      names.map(name => [
        name,
        `${statSync(join(root, name)).mtimeMs} ${readFileSync(join(root, name)).toString('base64')}`,
      ]),
    )
  }
  for (const verb of verbs) {
    const before = look()
    await verb()
    const after = look()
    for (const [name, content] of before) expect(after.get(name) === content, `${verb} changed ${name}`).toBe(true)
    for (const name of after.keys()) {
      if (!before.has(name)) expect(name).toMatch(/^(lake\/registry\/|lake\/cache\/registry\.duckdb$|x\.tar$)/)
    }
  }
  closeCache(root)
})
