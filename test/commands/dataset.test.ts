/** The dataset command: what it answers is what its schema says, in the field names of the registry. */

import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import type { DatasetRegisterRequest } from '../../contracts/types.ts'
import type { Context, Outcome } from '../../src/commands/command.ts'
import { datasetCommands } from '../../src/commands/dataset/dataset.ts'
import { dailyCsv, file, NOW, newRoot } from '../lake/lake.ts'

const read = (name: string) => JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))
const ajv = new Ajv({ strict: false })
ajv.addSchema(read('common/units'))
ajv.addSchema(read('commands/dataset'))

function resultOf(outcome: Outcome, action: string): Record<string, unknown> {
  const { result } = outcome.answer
  const validate = ajv.getSchema(`${read('commands/dataset').$id}#/$defs/${action}_result`)
  expect([validate?.(result), validate?.errors]).toEqual([true, null])
  return result as Record<string, unknown>
}

function contextOf(root: string): Context {
  return { root, cwd: root, clock: { now: () => NOW, elapsed: () => 0 } } as Context
}

const request = (more: object) =>
  ({ action: 'register', kind: 'ohlcv', schema_version: '1.0', ...more }) as DatasetRegisterRequest

it('registers, lists, gets and verifies; a relative path starts at the working directory', async () => {
  const root = newRoot()
  const context = contextOf(root)
  file(root, 'btc.csv', dailyCsv(5))
  const params = { id: 'btc', path: 'btc.csv', symbol: 'BTC-USD', license: 'CC0' }
  const outcome: Outcome = await datasetCommands.register.run(request(params), context)
  const registered = resultOf(outcome, 'register')
  expect(registered).toMatchObject({
    status: 'registered',
    datasetId: 'btc',
    schemaVersion: '1.0',
    provenance: { source: 'btc.csv', extractedAt: '2026-01-01T00:00:00.000Z', license: 'CC0' },
    coverage: { dateRange: { from: '2020-01-01T00:00:00.000Z', to: '2020-01-05T00:00:00.000Z' }, rowCount: 5 },
    createdAt: '2026-01-01T00:00:00.000Z',
    root: 'lake/datasets/ohlcv/btc',
    materialised: true,
    symbols: [{ symbol: 'BTC-USD', rowCount: 5 }],
  })
  expect(outcome.text?.()).toBe(
    'Dataset registered: btc (BTC-USD, 5 bars, 2020-01-01T00:00:00.000Z to 2020-01-05T00:00:00.000Z)',
  )

  const again: Outcome = await datasetCommands.register.run(request(params), context)
  expect(resultOf(again, 'register')['status']).toBe('unchanged')
  expect(again.text?.()).toBe('Dataset unchanged: btc')

  const { status: _, ...detail } = registered
  expect(resultOf(await datasetCommands.get.run({ action: 'get', id: 'btc' }, context), 'get')).toEqual(detail)
  expect(resultOf(await datasetCommands.verify.run({ action: 'verify', id: 'btc' }, context), 'verify')).toEqual({
    datasetId: 'btc',
    verified: true,
    files: 2,
    contentHash: registered['contentHash'],
  })
})

it('declares without data, and counts beyond the limit of a list', async () => {
  const root = newRoot()
  const context = contextOf(root)
  for (const id of ['b', 'a', 'c']) {
    const outcome = await datasetCommands.register.run(request({ id, kind: 'alerts', from: '2025-10-01' }), context)
    expect(resultOf(outcome, 'register')).toMatchObject({ materialised: false, contentHash: null, interval: null })
  }
  const outcome: Outcome = await datasetCommands.list.run({ action: 'list', limit: 2 }, context)
  const list = resultOf(outcome, 'list') as { datasets: { datasetId: string }[]; total: number }
  expect([list.datasets.map(dataset => dataset.datasetId), list.total]).toEqual([['a', 'b'], 3])
  expect(outcome.table?.().columns['id']).toEqual(['a', 'b'])
})
