/** Stored resolutions of a new cache: their files checked and loaded, and every hash of each recomputed from its rows. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../base/duckdb.ts'
import { fileHash } from '../base/file-hash.ts'
import { layout } from '../base/layout.ts'
import { type Loader, relationOf } from './cache-loader.ts'
import { corrupt, readFooter } from './fact-file.ts'
import { checkedFooters } from './fact-sums.ts'
import { factPath } from './facts.ts'
import { artifactsHash, membershipHash, resolutionId } from './ids.ts'
import { artifactsOf, type HeadRow, membersOf } from './resolutions.ts'

/** Load members and artifacts of these resolutions. REGISTRY_CORRUPT for one whose stored rows do not give its hashes. */
export async function loadStored(root: string, loader: Loader, heads: readonly HeadRow[]): Promise<void> {
  for (const [part, columns] of Object.entries(PARTS)) {
    const table = `resolution_${part as keyof typeof PARTS}` as const
    const paths = heads.map(head => pathOf(root, head, part as keyof typeof PARTS))
    const unvouched: string[] = []
    for (const [index, head] of heads.entries()) {
      const said = readFooter('resolution_heads', pathOf(root, head, 'head')).parts[part as keyof typeof PARTS]
      const found = await hashOfFile(paths[index])
      if (found === null) throw corrupt(paths[index])
      if (found !== said) unvouched.push(paths[index])
    }
    await checkedFooters(loader.database, table, unvouched)
    await loader.database.run(`CREATE TABLE ${table} AS SELECT ${columns} FROM ${relationOf(table, paths)}`)
  }
  await checkHeads(root, loader.database, heads)
}

const PARTS = {
  runs: 'resolution_id, run_id, ordinal',
  artifacts: 'resolution_id, artifact_id, run_id, dataset_id, kind, role, uri, content_hash, bytes, row_count',
}

/** SHA-256 of a file of any size; null where it is gone. */
async function hashOfFile(path: string): Promise<string | null> {
  return existsSync(path) ? fileHash(path) : null
}

function pathOf(
  root: string,
  { runset_id: runset, resolution_id: id }: HeadRow,
  part: keyof typeof PARTS | 'head',
): string {
  return join(layout.registry(root), factPath.resolution(runset, id, part))
}

interface Hashes {
  contentHash: string
  artifactsHash: string
}

async function checkHeads(root: string, database: Database, heads: readonly HeadRow[]): Promise<void> {
  for (const batch of batchesOf(heads)) {
    const hashes = batch.length === 1 ? await hashesOfOne(database, batch[0]) : await hashesOfMany(database, batch)
    for (const head of batch) {
      // What SQL orders or writes in another way is computed from the facts before it is called false.
      if (agrees(head, hashes.get(head.resolution_id) ?? NOTHING)) continue
      if (!agrees(head, await hashesOfFacts(root, head))) throw corrupt(pathOf(root, head, 'head'))
    }
  }
}

function agrees(head: HeadRow, hashes: Hashes): boolean {
  const { spec_hash: specHash, resolver_version: resolverVersion } = head
  const datasetIds = JSON.parse(head.dataset_ids_json) as string[]
  return (
    hashes.contentHash === head.resolution_hash &&
    hashes.artifactsHash === head.artifacts_hash &&
    resolutionId({ specHash, resolverVersion, datasetIds, ...hashes }) === head.resolution_id
  )
}

const NOTHING: Hashes = { contentHash: membershipHash([]), artifactsHash: artifactsHash([]) }

/** Rows of one query, so that what it gathers stays small. */
const ROWS_AT_ONCE = 200_000

/** Heads in groups of few rows; one with many is alone. */
function batchesOf(heads: readonly HeadRow[]): HeadRow[][] {
  const batches: HeadRow[][] = []
  let rows = Number.POSITIVE_INFINITY
  for (const head of heads) {
    const count = head.run_count + head.artifact_count
    if (rows + count > ROWS_AT_ONCE) {
      batches.push([])
      rows = 0
    }
    batches[batches.length - 1].push(head)
    rows += count
  }
  return batches
}

const MEMBERS = `string_agg(to_json(run_id)::VARCHAR, ',' ORDER BY run_id)`
const OWNER = `coalesce(run_id, dataset_id, '')`
const ARTIFACTS = `string_agg('[' || to_json(${OWNER}) || ',' || to_json(kind) || ',' || to_json(content_hash) || ']', ','
  ORDER BY ${OWNER}, kind, content_hash)`

async function hashesOfMany(database: Database, heads: readonly HeadRow[]): Promise<Map<string, Hashes>> {
  const ids = JSON.stringify(heads.map(head => head.resolution_id))
  const among = `WHERE resolution_id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))`
  const members = await textHashes(
    database,
    `SELECT resolution_id, sha256('[' || ${MEMBERS} || ']') AS hash
     FROM (SELECT DISTINCT resolution_id, run_id FROM resolution_runs ${among}) GROUP BY resolution_id`,
    ids,
  )
  const artifacts = await textHashes(
    database,
    `SELECT resolution_id, sha256('[' || ${ARTIFACTS} || ']') AS hash FROM resolution_artifacts ${among} GROUP BY resolution_id`,
    ids,
  )
  return new Map(
    heads.map(({ resolution_id: id }) => [
      id,
      {
        contentHash: members.get(id) ?? NOTHING.contentHash,
        artifactsHash: artifacts.get(id) ?? NOTHING.artifactsHash,
      },
    ]),
  )
}

async function textHashes(database: Database, sql: string, ids: string): Promise<Map<string, string>> {
  const { columns, rows } = await database.query(sql, { ids })
  return new Map(
    Array.from({ length: rows }, (_, i) => [columns['resolution_id'][i] as string, columns['hash'][i] as string]),
  )
}

/** Members between which the text of one resolution is made at a time. */
const MEMBERS_AT_ONCE = 20_000

/** The same of one resolution of any size: its texts are made and hashed piece by piece, in the order of the members. */
async function hashesOfOne(database: Database, { resolution_id: id }: HeadRow): Promise<Map<string, Hashes>> {
  const starts = await database.query(
    `SELECT run_id FROM resolution_runs WHERE resolution_id = $id AND ordinal % ${MEMBERS_AT_ONCE} = 0 AND ordinal > 0 ORDER BY run_id`,
    { id },
  )
  const bounds = [null, ...(starts.columns['run_id'] as string[]), null]
  const hashes = { runs: createHash('sha256').update('['), artifacts: createHash('sha256').update('[') }
  const begun = { runs: false, artifacts: false }
  for (let piece = 0; piece + 1 < bounds.length; piece++) {
    const [from, to] = [bounds[piece], bounds[piece + 1]]
    for (const [part, text, owner] of [
      ['runs', MEMBERS, 'run_id'],
      ['artifacts', ARTIFACTS, OWNER],
    ] as const) {
      const within = `resolution_id = $id${from === null ? '' : ` AND ${owner} >= $from`}${to === null ? '' : ` AND ${owner} < $to`}`
      const values = { id, ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) }
      const found = await database.query(`SELECT ${text} AS text FROM resolution_${part} WHERE ${within}`, values)
      const [some] = found.columns['text'] as (string | null)[]
      if (some === null) continue
      hashes[part].update(begun[part] ? `,${some}` : some)
      begun[part] = true
    }
  }
  const digest = (part: keyof typeof PARTS) => hashes[part].update(']').digest('hex')
  return new Map([[id, { contentHash: digest('runs'), artifactsHash: digest('artifacts') }]])
}

async function hashesOfFacts(root: string, { runset_id: runset, resolution_id: id }: HeadRow): Promise<Hashes> {
  return {
    contentHash: membershipHash(await membersOf(root, runset, id)),
    artifactsHash: artifactsHash(await artifactsOf(root, runset, id)),
  }
}
