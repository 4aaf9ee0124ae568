/** RS-38: exported documents saved by several processes at once: none is lost from the list, and a lost list comes back as it was. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { refreshExportIndex } from '../../src/artifacts/export.ts'
import { ask, emptyFolder, requestOf, rootWithData } from '../harness.ts'
import { workersOf } from '../workers.ts'

const SOURCE = `
import { readFileSync } from 'node:fs'
import { exportArtifact, refreshExportIndex } from '${resolve('src/artifacts/export.ts')}'
const [root, file, from, to] = process.argv.slice(2)
const document = JSON.parse(readFileSync(file, 'utf8'))
for (let n = Number(from); n < Number(to); n++) {
  const runId = 'run-' + String((n * 7919) % 1000).padStart(4, '0')
  const createdAtISO = new Date(Date.UTC(2026, 0, 1, 0, n % 20)).toISOString()
  exportArtifact(root, { ...document, metadata: { ...document.metadata, runId, createdAtISO } })
  refreshExportIndex(root)
}
console.log('done')
`

it('RS-38: 200 saves of five processes give 200 ids, sorted; the index deleted or torn comes back as the same bytes', async () => {
  const data = await rootWithData()
  const run = await ask(data, requestOf('run', { ticker: 'ETH-USD', start: '2021-01-01', end: '2021-06-01' }))
  await ask(data, requestOf('artifact', { action: 'export', run_ids: [run['run_id']] }))
  const file = join(data, 'outputs/artifacts', `${run['run_id']}.json`)
  const root = emptyFolder()
  const start = await workersOf(SOURCE)
  // Each overlaps the next by ten documents: the same ones again change nothing.
  const workers = [0, 1, 2, 3, 4].map(k => start(root, file, String(k * 40), String(Math.min(200, k * 40 + 50))))
  expect(await Promise.all(workers.map(({ done }) => done))).toEqual(Array(5).fill('done'))
  const index = join(root, 'outputs/artifacts/index.json')
  const bytes = readFileSync(index, 'utf8')
  const expected = Array.from({ length: 200 }, (_, n) => ({
    at: n % 20,
    id: `run-${String((n * 7919) % 1000).padStart(4, '0')}`,
  }))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
  expect(new Set(expected).size).toBe(200)
  expect(JSON.parse(bytes)).toEqual(expected)
  rmSync(index)
  expect(refreshExportIndex(root).total).toBe(200)
  expect(readFileSync(index, 'utf8')).toBe(bytes)
  writeFileSync(index, bytes.slice(0, 300))
  expect(refreshExportIndex(root).warnings).toHaveLength(1)
  expect(readFileSync(index, 'utf8')).toBe(bytes)
})
