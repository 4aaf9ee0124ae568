/** Identities against the published vectors, computed independently of this program. RS-15. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, hashOf, sha256Hex } from '../../src/base/canonical.ts'
import {
  addSums,
  artifactId,
  artifactsHash,
  distinctSorted,
  executionAssumptionsHash,
  experimentSeed,
  hashedNames,
  hex256,
  membershipHash,
  rowText,
  runKey,
  specHash,
  sumOfRows,
  tablesHash,
} from '../../src/registry/ids.ts'
import { normaliseSelection } from '../../src/registry/selection.ts'

const of = (char: string) => char.repeat(64)

describe('published vectors', () => {
  it('V1 canonical JSON', () => {
    const value = { '10': 1.0, '9': 2, é: 1, a: 1e-7, b: 1.0, c: -0 }
    expect(canonicalJson(value)).toBe('{"10":1,"9":2,"a":1e-7,"b":1,"c":0,"é":1}')
    expect(hashOf(value)).toBe('f36f1144b4cfb72148703220410bb9c85bef27c1d7cf4df1d002782536be7d73')
  })

  it('V2, V3 membership, in any order and with repetitions', () => {
    expect(membershipHash([])).toBe('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945')
    const members = ['run-20251002-def456', 'run-20251001-abc123', 'run-20251002-def456']
    expect(membershipHash(members)).toBe('8df20b9992d8ac96f09586b0ec3f2c282942d4f3d4a3dcfe14a4580455258c3c')
  })

  it('V4 the quick-start selection of the guide, as a person writes it', () => {
    const select = normaliseSelection({
      datasetId: 'ohlcv_v2_2025Q4',
      universe: { callers: ['whale_watcher'], chains: [] },
      timeBounds: { from: '2025-10-01', to: '2025-12-31', match: 'within' },
      strategy: {},
      statuses: ['completed'],
      latest: false,
    })
    expect(specHash(select)).toBe('a332f3fd0bc61f3bd16a126b320058839a78ee2f16a2eab16475c7e03b922719')
  })

  it('V5 run ids', () => {
    const select = normaliseSelection({ runIds: ['run-789', 'run-123', 'run-456', 'run-123'] })
    expect(specHash(select)).toBe('5cadb297bb9226da89c0644b5c9405364166f04397f63be300f6113829221a09')
  })

  it('V6 run tags', () => {
    const select = normaliseSelection({ runTags: ['paper_fig_2', 'baseline'] })
    expect(specHash(select)).toBe('3d70f2c6e22701d477cf77b8fb6d4b6e7db3faa731ef4325ed3efec0b611cc15')
  })

  it('V7 run key', () => {
    const parts = { strategySpecHash: of('a'), engineVersion: '1.0.0', seed: 42, executionAssumptionsHash: of('b') }
    const expected = '812b62766023e6bd7639ea3925835b7ed9b1cc47a6f9d4da90039186bf3cac6f'
    expect(runKey({ datasetIds: ['ohlcv_v2_2025Q4'], ...parts })).toBe(expected)
  })

  it('V8 artifact id', () => {
    const id = artifactId({ contentHash: of('c'), kind: 'trades', runId: 'run-20251001-abc123' })
    expect(id).toBe('a2d346be71e1c711fea53348b27b1dd6dece19cb7ae5c82759f164512509ea69')
  })

  it('V9 artifacts hash, in any order', () => {
    const artifacts = [
      { runId: 'run-20251001-abc123', kind: 'trades', contentHash: of('2') },
      { runId: 'run-20251001-abc123', kind: 'metrics', contentHash: of('1') },
    ]
    expect(artifactsHash(artifacts)).toBe('e7be98af4d4b3d85ab44e2c9526ccfae12396992c369eb7a737976bd66c1c8ed')
  })

  it('V12 fingerprint', () => {
    const fingerprint = {
      snapshot_content_hash: of('d'),
      strategy_hash: of('a'),
      execution_model_hash: null,
      cost_model_hash: null,
      risk_model_hash: null,
      seed: 42,
      engine_version: '1.0.0',
    }
    expect(hashOf(fingerprint)).toBe('aa6bd79de4891642414549b1af012b871828d15a19f5e297fefc2df9bdad023a')
  })
})

describe('hashes by their definition', () => {
  it('a run without assumptions hashes null for them', () => {
    const parts = {
      datasetIds: ['b', 'a'],
      strategySpecHash: of('a'),
      engineVersion: '1',
      seed: 0,
      executionAssumptionsHash: null,
    }
    const text = `{"_t":"run.key","datasetIds":["a","b"],"engineVersion":"1","executionAssumptionsHash":null,"seed":0,"strategySpecHash":"${of('a')}","v":1}`
    expect(runKey(parts)).toBe(sha256Hex(text))
  })

  it('assumptions tell apart what was run', () => {
    const base = {
      symbols: ['ETH'],
      interval: '1d',
      from: 'a',
      to: 'b',
      execution: 'signal_close',
      costs: { fee: 0 },
      initialCash: 1,
    }
    const hashes = [
      base,
      { ...base, interval: '1h' },
      { ...base, to: 'c' },
      { ...base, costs: { fee: 1 } },
      { ...base, configHash: 'x' },
    ]
    expect(new Set(hashes.map(executionAssumptionsHash)).size).toBe(hashes.length)
    expect(executionAssumptionsHash({ ...base, symbols: ['ETH', 'ETH'] })).toBe(executionAssumptionsHash(base))
  })

  it('the seed of an experiment is 48 bits of the hash of its definition', () => {
    const text = `{"_t":"experiment.seed","definitionHash":"${of('e')}","v":1}`
    expect(experimentSeed(of('e'))).toBe(Number.parseInt(sha256Hex(text).slice(0, 12), 16))
  })

  it('a row is its columns without nulls and bookkeeping, as RFC 8785', () => {
    const row = { b: 'é"\n', a: 1.5, none: null, recorded_at: 7, tool_version: 'x' }
    expect(rowText(row)).toBe('{"a":1.5,"b":"é\\"\\n"}')
    expect(hex256(sumOfRows([row], hashedNames(Object.keys(row))))).toBe(sha256Hex('{"a":1.5,"b":"é\\"\\n"}'))
  })

  it('the state of tables is that of their sums, wrapped at 2^256', () => {
    expect(addSums((1n << 256n) - 1n, 2n)).toBe(1n)
    const text = `{"runs":[2,"${'0'.repeat(63)}5"]}`
    expect(tablesHash({ runs: { rows: 2, sum: 5n } })).toBe(sha256Hex(text))
  })
})

it('canonical JSON reads back to the same value and refuses what it cannot say (RS-15)', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
  for (const bad of [Number.NaN, Infinity, [undefined], { a: '\ud800' }])
    expect(() => canonicalJson(bad)).toThrow(TypeError)
})

it('a row text equals the canonical JSON of the same object', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), cell), row => {
      expect(rowText(row)).toBe(canonicalJson(row))
    }),
  )
})

it('orders ids by UTF-16 code unit', () => {
  expect(distinctSorted(['b', 'a', 'B', '\u{1f600}', '\uff5e', 'a'])).toEqual(['B', 'a', 'b', '\u{1f600}', '\uff5e'])
})
