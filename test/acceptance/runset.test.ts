/** The life of a RunSet through the built program, from the first registration to another machine. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { emptyFolder } from '../harness.ts'
import { asked, BASELINE, CREATE, guideRoot, quantlab, registerRuns } from './quantlab.ts'

it('creates, resolves, freezes, drifts, rebuilds, moves on, verifies and travels', () => {
  const root = guideRoot()
  expect(asked(root, CREATE)).toMatchObject({ created: true, runset: { mode: 'exploration' } })
  expect(asked(root, CREATE)).toMatchObject({ created: false, message: `RunSet unchanged: ${BASELINE}` })

  const first = asked(root, ['runset', 'resolve', BASELINE])
  expect(first['resolution'].metadata).toMatchObject({ runCount: 47, artifactCount: 235 })
  const text = quantlab(root, ['runset', 'resolve', BASELINE]).stdout
  expect(text).toContain('Resolved: 47 runs, 235 artifacts\nMode: exploration\n')
  const kinds = [...text.matchAll(/^ {2}- \w+: (\d+) artifacts$/gm)].map(match => Number(match[1]))
  expect(kinds).toEqual([47, 47, 47, 47, 47])

  const frozen = quantlab(root, ['runset', 'freeze', BASELINE])
  expect(frozen.stdout).toMatch(
    /^RunSet frozen: brook_baseline_2025Q4 \(47 runs, resolution_hash=[0-9a-f]{8}\.\.\.\)\nMode: reproducible\n/,
  )
  expect(frozen.stdout).toContain('\n\nFuture resolves will return this pinned resolution.\n')
  const again = quantlab(root, ['runset', 'freeze', BASELINE])
  expect([again.code, again.stderr]).toEqual([5, expect.stringContaining(`RunSet already frozen: ${BASELINE}`)])

  registerRuns(root, 47, 52)
  const pinned = asked(root, ['runset', 'resolve', BASELINE])
  expect(pinned).toMatchObject({ mode: 'reproducible', cached: true })
  expect(pinned['resolution'].runIds).toEqual(first['resolution'].runIds)
  const preview = asked(root, ['runset', 'resolve', BASELINE, '--force'])
  expect(preview).toMatchObject({ preview: true, message: 'Resolved: 52 runs, 260 artifacts' })
  expect(preview['diff'].runs.added).toEqual(['run-0047', 'run-0048', 'run-0049', 'run-0050', 'run-0051'])

  const got = asked(root, ['runset', 'get', BASELINE])
  expect(got).toMatchObject({ mode: 'reproducible', resolution: { frozen: true }, pin: { pin: 1, active: true } })
  expect(got['resolution'].runIds).toHaveLength(47)
  const status = quantlab(root, ['runset', 'status', BASELINE, '--exit-code'])
  expect(status.code).toBe(9)
  expect(status.stdout).toContain('+5 newly matching')
  expect(quantlab(root, ['runset', 'status', BASELINE]).code).toBe(0)

  rmSync(join(root, 'lake/cache'), { recursive: true, force: true })
  const rebuilt = quantlab(root, ['registry', 'rebuild'])
  expect(rebuilt.stdout).toContain(
    [
      'Rebuilding registry from Parquet...',
      '  Loaded: 1 runsets',
      '  Loaded: 52 runs',
      '  Loaded: 260 artifacts',
      '  Loaded: 2 resolutions',
      '  Derived: 47 membership records',
      'Registry rebuilt successfully (',
    ].join('\n'),
  )
  expect(quantlab(root, ['registry', 'rebuild']).stdout).toBe('Registry up to date\n')
  expect(asked(root, ['runset', 'resolve', BASELINE])['resolution']).toEqual(pinned['resolution'])

  const open = quantlab(root, ['runset', 'unfreeze', BASELINE])
  expect(open.stdout).toBe(`RunSet unfrozen: ${BASELINE}\nMode: exploration\nPrevious pin kept as ${BASELINE}@pin.1\n`)
  expect(asked(root, ['runset', 'resolve', BASELINE])['resolution'].runIds).toHaveLength(52)
  expect(asked(root, ['runset', 'freeze', BASELINE])).toMatchObject({ pin: { pin: 2 } })
  const diff = asked(root, ['runset', 'diff', `${BASELINE}@pin.1`, `${BASELINE}@pin.2`])
  expect([diff['runs'].added.length, diff['runs'].removed.length]).toEqual([5, 0])
  expect(quantlab(root, ['runset', 'diff', `${BASELINE}@pin.1`, `${BASELINE}@pin.2`, '--exit-code']).code).toBe(9)

  const file = join(root, 'external/run-0007/trades.txt')
  writeFileSync(file, 'trades of run-0008\n')
  const changed = quantlab(root, ['runset', 'verify', BASELINE])
  expect(changed.code).toBe(7)
  expect(changed.stderr).toContain('Artifact content changed: external/run-0007/trades.txt')
  writeFileSync(file, 'trades of run-0007\n')
  const whole = asked(root, ['runset', 'verify', BASELINE])
  expect(whole).toMatchObject({ intact: true, runs: { checked: 52 }, artifacts: { intact: 260 } })

  const cited = quantlab(root, ['runset', 'cite', BASELINE]).stdout.split('\n')
  expect(cited[0]).toMatch(
    /^brook_baseline_2025Q4 · spec [0-9a-f]{8} · pin 2 · runs [0-9a-f]{8} \(52\) · artifacts [0-9a-f]{8} · \d{4}-\d\d-\d\d$/,
  )
  const [, ...check] = cited[1].split(' ')
  expect(quantlab(root, check).code).toBe(0)

  const bundle = asked(root, ['runset', 'export', BASELINE, '--with-artifacts'])
  const other = emptyFolder()
  const taken = asked(other, ['runset', 'import', bundle['path']])
  expect(taken['created']).toMatchObject({ runs: 52, pins: 2, runset: true })
  const moved = asked(other, ['runset', 'verify', BASELINE])
  for (const hash of ['resolutionId', 'contentHash', 'artifactsHash']) expect(moved[hash]).toBe(whole[hash])
  expect(asked(other, ['runset', 'import', bundle['path']])['created']).toMatchObject({
    runs: 0,
    pins: 0,
    runset: false,
  })
}, 180_000)

it('registers what the program itself runs, so that a RunSet finds it, and notices a file that was changed', () => {
  const root = emptyFolder()
  const data = join(process.cwd(), 'test/fixtures/golden-data/ETH-USD.csv')
  expect(quantlab(root, ['dataset', 'register', 'eth', '--path', data, '--symbol', 'ETH-USD']).code).toBe(0)
  const run = ['run', '--ticker', 'ETH-USD', '--start', '2022-01-01', '--end', '2023-01-01']
  const labelled = asked(root, [...run, '--tags', 'baseline,q1', '--universe', '{"callers":["whale_watcher"]}'])
  asked(root, [...run, '--fee', '0.003'])
  const listed = asked(root, ['run', 'list', '--dataset', 'eth', '--tags', 'baseline'])
  expect(listed['registered']).toMatchObject([
    {
      runId: labelled['run_id'],
      status: 'completed',
      tags: ['baseline', 'q1'],
      universe: { callers: ['whale_watcher'] },
      window: { from: '2022-01-01T00:00:00.000Z', to: '2023-01-01T00:00:00.000Z' },
    },
  ])
  const where = ['--dataset', 'eth', '--from', '2022-01-01', '--to', '2022-12-31']
  asked(root, ['runset', 'create', 'all', ...where])
  asked(root, ['runset', 'create', 'whales', ...where, '--caller', 'whale_watcher'])
  expect(asked(root, ['runset', 'resolve', 'all'])['resolution'].runIds).toHaveLength(2)
  const { resolution } = asked(root, ['runset', 'resolve', 'whales'])
  expect(resolution.runIds).toEqual([labelled['run_id']])
  const kinds = resolution.artifacts.map((artifact: { kind: string }) => artifact.kind)
  expect(kinds).toEqual(
    expect.arrayContaining(['config', 'curves', 'figure', 'metadata', 'metrics', 'report', 'trades']),
  )
  expect(asked(root, ['runset', 'freeze', 'whales'])['pin'].pin).toBe(1)
  writeFileSync(join(labelled['artifacts_path'], 'metrics.json'), '{}')
  expect(quantlab(root, ['runset', 'verify', 'whales']).code).toBe(7)
}, 60_000)

it('registers later, with rebuild, what was published without a fact', () => {
  const root = emptyFolder()
  const data = join(process.cwd(), 'test/fixtures/golden-data/ETH-USD.csv')
  quantlab(root, ['dataset', 'register', 'eth', '--path', data, '--symbol', 'ETH-USD'])
  const run = asked(root, ['run', '--ticker', 'ETH-USD', '--tags', 'kept'])
  const before = asked(root, ['run', 'get', run['run_id']])
  rmSync(join(root, 'lake/registry'), { recursive: true })
  // A file where the facts belong: the run is published all the same, and says that it is not registered.
  writeFileSync(join(root, 'lake/registry'), '')
  const unregistered = quantlab(root, ['run', '--ticker', 'ETH-USD', '--fee', '0.003'])
  expect(unregistered.code).toBe(0)
  expect(unregistered.stderr).toContain('The run could not be registered')
  rmSync(join(root, 'lake/registry'))
  expect(asked(root, ['registry', 'rebuild'])).toMatchObject({ registered: 2, summary: { runs: 2, datasets: 1 } })
  expect(asked(root, ['run', 'get', run['run_id']])).toEqual(before)
}, 60_000)
