/** Datasets: immutable, complete or absent, verifiable; two registrations at once leave one. */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { buildSync } from 'esbuild'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { getDataset, listDatasets, verifyDataset } from '../../src/lake/datasets.ts'
import { DAY, dailyCsv, failure, file, NOW, newRoot, register } from './lake.ts'

const folderOf = (root: string, id: string) => join(root, 'lake/datasets/ohlcv', id)
const manifestOf = (root: string, id: string) =>
  JSON.parse(readFileSync(join(folderOf(root, id), 'manifest.json'), 'utf8'))

describe('registering data', () => {
  it('writes one Parquet file a symbol and a manifest that its schema accepts', async () => {
    const root = newRoot()
    const { status, manifest } = await register(root, {
      id: 'btc.2020',
      path: file(
        root,
        'btc.csv',
        dailyCsv(5, 18_262, row => row === 2),
      ),
      symbol: 'BTC-USD',
      interval: '1d',
      source: 'by hand',
      family: 'btc',
      license: 'CC0',
      attribution: 'nobody',
      schema_version: '2.1',
    })
    expect(status).toBe('registered')
    expect(manifestOf(root, 'btc.2020')).toEqual(manifest)
    expect(manifest).toMatchObject({
      dataset_id: 'btc.2020',
      kind: 'ohlcv',
      family: 'btc',
      schema_version_data: '2.1',
      interval: '1d',
      calendar: 'crypto',
      created_at: '2026-01-01T00:00:00.000Z',
      materialised: true,
      provenance: {
        source: 'by hand',
        license: 'CC0',
        attribution: 'nobody',
        file: { name: 'btc.csv', format: 'csv' },
      },
      coverage: { from: '2020-01-01T00:00:00.000Z', to: '2020-01-05T00:00:00.000Z' },
      row_count: 4,
      gap_count: 1,
      missing_bar_count: 1,
    })
    const bytes = readFileSync(join(folderOf(root, 'btc.2020'), 'bars/BTC-USD.parquet'))
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    })
    expect(rows[2]).toEqual({ ts: new Date('2020-01-04'), open: 13, high: 15, low: 12, close: 14, volume: 300 })

    const read = (name: string) => JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))
    const ajv = new Ajv({ strict: false })
    ajv.addSchema(read('common/units'))
    const validate = ajv.compile(read('artifacts/dataset-manifest'))
    expect([validate(manifest), validate.errors]).toEqual([true, null])
  })

  it('hashes the columns as documented: name, zero byte, little-endian float64', async () => {
    const root = newRoot()
    const csv = 'date,close\n1970-01-02,1.5\n1970-01-03,2\n'
    const { manifest } = await register(root, { id: 'x', path: file(root, 'x.csv', csv), symbol: 'X' })
    const float64 = (...values: number[]) => {
      const bytes = Buffer.alloc(8 * values.length)
      for (const [i, value] of values.entries()) bytes.writeDoubleLE(value, 8 * i)
      return bytes
    }
    const sha256 = (...parts: (string | Buffer)[]) => {
      const hash = createHash('sha256')
      for (const part of parts) hash.update(part)
      return hash.digest('hex')
    }
    const columns = sha256('ts\0', float64(DAY, 2 * DAY), 'close\0', float64(1.5, 2))
    expect(manifest.symbols[0].content_hash).toBe(columns)
    expect(manifest.content_hash).toBe(sha256(`{"_t":"dataset.content","symbols":[["X","${columns}"]],"v":1}`))
  })

  it('tells exchange data by their weekends, unless told', async () => {
    const root = newRoot()
    // 2020-01-01 is a Wednesday: rows 3 and 4 of each week are the weekend.
    const path = file(
      root,
      'x.csv',
      dailyCsv(40, 18_262, row => row % 7 === 3 || row % 7 === 4),
    )
    const guessed = await register(root, { id: 'a', path, symbol: 'X' })
    expect(guessed.manifest.calendar).toBe('exchange')
    expect(guessed.warnings).toEqual([expect.stringMatching(/exchange is assumed/)])
    const told = await register(root, { id: 'b', path, symbol: 'X', calendar: 'crypto' })
    expect(told.manifest.calendar).toBe('crypto')
    expect(told.warnings).toEqual([])
  })

  it('asks whether the interval is right where no two bars are that far apart', async () => {
    const root = newRoot()
    const path = file(root, 'x.csv', dailyCsv(5))
    const hourly = await register(root, { id: 'a', path, symbol: 'X', interval: '1h', calendar: 'crypto' })
    expect(hourly.warnings).toEqual(['No two bars of X are one interval (1h) apart: is the interval right?'])
    const daily = await register(root, { id: 'b', path, symbol: 'X', interval: '1d', calendar: 'crypto' })
    expect(daily.warnings).toEqual([])
  })

  it('is unchanged by the same again, from a file of another format too', async () => {
    const root = newRoot()
    const params = { id: 'x', path: file(root, 'x.csv', dailyCsv(5)), symbol: 'X', source: 's' }
    const first = await register(root, params)
    const again = await register(root, params, NOW + DAY)
    expect(again).toMatchObject({ status: 'unchanged', manifest: { created_at: first.manifest.created_at } })
    const copy = join(folderOf(root, 'x'), 'bars/X.parquet')
    expect((await register(root, { ...params, path: copy })).status).toBe('unchanged')
  })

  it('refuses other content or another description under the same id, and leaves the first alone', async () => {
    const root = newRoot()
    const params = { id: 'x', path: file(root, 'x.csv', dailyCsv(5)), symbol: 'X', source: 's' }
    await register(root, params)
    const before = readFileSync(join(folderOf(root, 'x'), 'manifest.json'), 'utf8')
    const other = await failure(register(root, { ...params, path: file(root, 'y.csv', dailyCsv(6)) }))
    expect(other).toMatchObject({
      code: 'CONFLICT',
      message: 'Dataset is immutable: x (differs: content). A fix is a new dataset id.',
    })
    const family = await failure(register(root, { ...params, family: 'f', license: 'CC0' }))
    expect(family).toMatchObject({ code: 'CONFLICT', details: [{ pointer: 'family' }, { pointer: 'license' }] })
    expect(readFileSync(join(folderOf(root, 'x'), 'manifest.json'), 'utf8')).toBe(before)
  })

  it('checks declared bounds against the data', async () => {
    const root = newRoot()
    const base = { path: file(root, 'x.csv', dailyCsv(31)), symbol: 'X' }
    expect((await register(root, { ...base, id: 'a', from: '2020-01-01', to: '2020-01-31' })).status).toBe('registered')
    expect((await register(root, { ...base, id: 'b', to: '2020-02-01' })).status).toBe('registered')
    const early = await failure(register(root, { ...base, id: 'c', from: '2019-01-01' }))
    expect(early).toMatchObject({ code: 'DATA_ERROR', details: [{ pointer: '/params/from' }] })
    const outside = await failure(register(root, { ...base, id: 'c', from: '2020-01-02', to: '2020-01-30' }))
    expect(outside.details.map(detail => detail.pointer)).toEqual(['/params/from', '/params/to'])
    const nonsense = await failure(register(root, { ...base, id: 'c', from: '2025-11-31' }))
    expect(nonsense).toMatchObject({ code: 'INVALID_CONFIG', details: [{ pointer: '/params/from' }] })
    const reversed = await failure(register(root, { ...base, id: 'c', from: '2020-01-31', to: '2020-01-01' }))
    expect(reversed.code).toBe('INVALID_CONFIG')
  })

  it.each(['', '..', '.hidden', 'a/b', 'a\\b', 'ä', 'a b', 'x'.repeat(129), '-x'])('refuses the id %j', async id => {
    const root = newRoot()
    const path = file(root, 'x.csv', dailyCsv(3))
    const error = await failure(register(root, { id, path, symbol: 'X' }))
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', details: [{ pointer: '/params/id' }] })
    expect(existsSync(join(root, 'lake'))).toBe(false)
  })

  it('imports bars only', async () => {
    const root = newRoot()
    const params = { id: 'x', kind: 'alerts', path: file(root, 'x.csv', dailyCsv(3)), symbol: 'X' }
    expect(await failure(register(root, params))).toMatchObject({ code: 'INVALID_CONFIG' })
  })
})

describe('declaring', () => {
  it('keeps what is said, and takes no data later', async () => {
    const root = newRoot()
    const params = { id: 'far', kind: 'alerts', source: 's3://elsewhere', from: '2025-10-01', to: '2025-12-31' }
    const { manifest } = await register(root, params)
    expect(manifest).toMatchObject({
      materialised: false,
      content_hash: null,
      row_count: 0,
      coverage: { from: '2025-10-01T00:00:00.000Z', to: '2025-12-31T23:59:59.999Z' },
    })
    expect((await register(root, params)).status).toBe('unchanged')
    const moved = await failure(register(root, { ...params, to: '2026-01-31' }))
    expect(moved.details).toMatchObject([{ pointer: 'to' }])
    const data = await failure(register(root, { id: 'far', path: file(root, 'x.csv', dailyCsv(3)), symbol: 'X' }))
    expect(data).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/materialised/) })
  })
})

describe('finding', () => {
  it('lists by id, filters, and says what is near a wrong id', async () => {
    const root = newRoot()
    const path = file(root, 'x.csv', dailyCsv(3))
    await register(root, { id: 'beta', path, symbol: 'X', family: 'f' })
    await register(root, { id: 'alpha', path, symbol: 'X' })
    await register(root, { id: 'gamma', kind: 'alerts', family: 'f' })
    mkdirSync(join(root, 'lake/datasets/ohlcv/.tmp'))
    const ids = (filter?: object) => listDatasets(root, filter).map(manifest => manifest.dataset_id)
    expect(ids()).toEqual(['alpha', 'beta', 'gamma'])
    expect(ids({ family: 'f' })).toEqual(['beta', 'gamma'])
    expect(ids({ kind: 'ohlcv', limit: 1 })).toEqual(['alpha'])
    expect(getDataset(root, 'gamma').kind).toBe('alerts')
    await expect((async () => getDataset(root, 'gama'))()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Dataset not found: gama; did you mean gamma?',
    })
    expect(listDatasets(newRoot())).toEqual([])
  })
})

describe('verifying', () => {
  async function lakeWithTwo(): Promise<string> {
    const root = newRoot()
    const csv = 'symbol,date,close\nA,2020-01-01,1\nB,2020-01-01,1\nB,2020-01-02,2\n'
    await register(root, { id: 'x', path: file(root, 'x.csv', csv) })
    return root
  }

  it('passes what is as it was registered', async () => {
    expect((await verifyDataset(await lakeWithTwo(), 'x')).files).toBe(3)
  })

  it.each([
    [
      'a flipped byte',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes[30] ^= 1
        writeFileSync(path, bytes)
      },
      /has changed/,
    ],
    ['a torn file', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 50)), /has changed/],
    ['a missing file', (path: string) => rmSync(path), /is missing/],
    [
      'a link in place of a file',
      (path: string) => {
        const copy = `${path}.copy`
        writeFileSync(copy, readFileSync(path))
        rmSync(path)
        symlinkSync(copy, path)
      },
      /is missing/,
    ],
    ['a foreign file', (path: string) => writeFileSync(path.replace('B.', 'C.'), ''), /not in the manifest/],
  ])('names %s', async (_, damage, message) => {
    const root = await lakeWithTwo()
    damage(join(folderOf(root, 'x'), 'bars/B.parquet'))
    const error = await failure(verifyDataset(root, 'x'))
    expect(error).toMatchObject({ code: 'INTEGRITY_ERROR' })
    expect(error.message).toMatch(message)
    expect(error.details[0].pointer).toMatch(/^bars\/[BC]\.parquet/)
  })

  it.each([
    ['an edited manifest', (text: string) => text.replace('"A"', '"Z"'), /does not match its own hash/],
    ['a torn manifest', (text: string) => text.slice(0, 40), /not the JSON/],
  ])('finds %s at once', async (_, edit, message) => {
    const root = await lakeWithTwo()
    const path = join(folderOf(root, 'x'), 'manifest.json')
    writeFileSync(path, edit(readFileSync(path, 'utf8')))
    await expect((async () => getDataset(root, 'x'))()).rejects.toMatchObject({ code: 'INTEGRITY_ERROR' })
    await expect((async () => listDatasets(root))()).rejects.toThrow(message)
  })

  it('takes a folder without a manifest for damage, not for free', async () => {
    const root = await lakeWithTwo()
    rmSync(join(folderOf(root, 'x'), 'manifest.json'))
    const error = await failure(register(root, { id: 'x', path: join(root, 'x.csv') }))
    expect(error).toMatchObject({ code: 'INTEGRITY_ERROR', message: expect.stringMatching(/missing/) })
  })
})

describe('several processes', () => {
  /** Register in a child process; prints the status, or the code of the error. */
  function child(root: string, path: string): Promise<string> {
    const script = join(root, 'register.mjs')
    if (!existsSync(script)) {
      const contents = `
        import { registerDataset } from './src/lake/datasets.ts'
        const [root, path] = process.argv.slice(2)
        registerDataset(root, { id: 'x', path, symbol: 'X', source: 's' }, { now: ${NOW} }).then(
          ({ status }) => console.log(status),
          error => console.log(error.code ?? error),
        )`
      const stdin = { contents, resolveDir: process.cwd(), loader: 'ts' as const }
      buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: script, logLevel: 'error' })
    }
    return new Promise((done, failed) => {
      const process_ = spawn(process.execPath, [script, root, path])
      let output = ''
      process_.stdout.on('data', text => (output += text))
      process_.stderr.on('data', text => (output += text))
      process_.on('error', failed)
      process_.on('close', () => done(output.trim()))
    })
  }

  it('register the same: one does, the others find it unchanged', async () => {
    const root = newRoot()
    const path = file(root, 'x.csv', dailyCsv(2000))
    const answers = await Promise.all([1, 2, 3, 4].map(() => child(root, path)))
    expect(answers.sort()).toEqual(['registered', 'unchanged', 'unchanged', 'unchanged'])
    expect((await verifyDataset(root, 'x')).files).toBe(2)
    expect(readdirSync(join(root, 'lake/.staging')).filter(name => name.startsWith('dataset-'))).toEqual([])
  })

  it('register different data: exactly one wins, the others conflict', async () => {
    const root = newRoot()
    const paths = [2000, 2001, 2002].map(rows => file(root, `${rows}.csv`, dailyCsv(rows)))
    const answers = await Promise.all(paths.map(path => child(root, path)))
    expect(answers.sort()).toEqual(['CONFLICT', 'CONFLICT', 'registered'])
    await verifyDataset(root, 'x')
  })

  it('take over from one that died while it built', async () => {
    const root = newRoot()
    const staging = join(root, 'lake/.staging')
    const dead = { pid: 2 ** 22 + 1, start_time: 1, boot_id: null }
    mkdirSync(join(staging, 'dataset-x~4194305/content/bars'), { recursive: true })
    writeFileSync(join(staging, 'dataset-x~4194305/owner.json'), JSON.stringify(dead))
    writeFileSync(join(staging, 'dataset-x.lock'), JSON.stringify({ ...dead, nonce: 'n' }))
    const { status } = await register(root, { id: 'x', path: file(root, 'x.csv', dailyCsv(3)), symbol: 'X' })
    expect(status).toBe('registered')
    expect(readdirSync(staging)).toEqual([])
  })
})
