/** Aliases: names that may come to mean another RunSet or pin; what each has meant is kept. */

import { join } from 'node:path'
import { fail } from '../base/errors.ts'
import { listFolder } from '../base/files.ts'
import { layout } from '../base/layout.ts'
import { nearest } from '../base/near.ts'
import { isoInstant } from '../base/time.ts'
import { appendFacts, factPath, factsIn, isFact } from './facts.ts'
import { ID_PATTERN, invalidSpec } from './selection.ts'
import type { Row } from './tables.ts'
import type { Stamp } from './types.ts'

export interface AliasView {
  alias: string
  reference: string
  at: string
  actor?: string
}

export interface AliasEvent {
  seq: number
  alias: string
  event: 'set' | 'rm'
  reference: string | null
  at: string
  actor?: string
}

/** The reference an alias stands for, now or at a moment (epoch ms); null where it stands for none. */
export async function findAlias(root: string, alias: string, at = Infinity): Promise<string | null> {
  const last = (await events(root)).findLast(event => event.alias === alias && event.at <= at)
  return last?.event === 'set' ? last.reference : null
}

/** Append what an alias means from now on. ALIAS_TAKEN is the caller's to check: a RunSet may not carry the same name. */
export async function appendAlias(root: string, alias: string, reference: string | null, stamp: Stamp): Promise<void> {
  if (!ID_PATTERN.test(alias)) throw invalidSpec([{ pointer: 'alias', message: `${alias} is not a name` }])
  for (let seq = lastSeq(root) + 1; ; seq++) {
    const event = reference === null ? 'rm' : 'set'
    const row: Row<'aliases'> = { seq, alias, event, reference, at: stamp.now, actor: stamp.actor ?? null }
    if (appendFacts(root, 'aliases', factPath.alias(seq), [row], stamp)) return
  }
}

/** Aliases in force, by name. */
export async function listAliases(root: string): Promise<AliasView[]> {
  const latest = new Map<string, Row<'aliases'>>()
  for (const event of await events(root)) latest.set(event.alias, event)
  return [...latest.values()]
    .filter(({ event }) => event === 'set')
    .sort((a, b) => (a.alias < b.alias ? -1 : 1))
    .map(row => ({
      alias: row.alias,
      reference: row.reference as string,
      at: isoInstant(row.at),
      ...(row.actor === null ? {} : { actor: row.actor }),
    }))
}

/** Everything an alias has meant, oldest first. ALIAS_NOT_FOUND where it never meant anything. */
export async function aliasHistory(root: string, alias: string): Promise<AliasEvent[]> {
  const all = await events(root)
  const own = all.filter(event => event.alias === alias)
  if (own.length === 0) throw aliasNotFound(alias, all)
  return own.map(row => ({
    seq: row.seq,
    alias,
    event: row.event as AliasEvent['event'],
    reference: row.reference,
    at: isoInstant(row.at),
    ...(row.actor === null ? {} : { actor: row.actor }),
  }))
}

/** End what an alias means. ALIAS_NOT_FOUND where it means nothing. */
export async function removeAlias(root: string, alias: string, stamp: Stamp): Promise<void> {
  if ((await findAlias(root, alias)) === null) throw aliasNotFound(alias, await events(root))
  await appendAlias(root, alias, null, stamp)
}

async function events(root: string): Promise<Row<'aliases'>[]> {
  return (await factsIn(root, 'aliases', 'aliases')).sort((a, b) => a.seq - b.seq)
}

function lastSeq(root: string): number {
  const last = listFolder(join(layout.registry(root), 'aliases'))
    .filter(isFact)
    .at(-1)
  return last === undefined ? 0 : Number.parseInt(last, 10)
}

function aliasNotFound(alias: string, all: readonly Row<'aliases'>[]): Error {
  const near = nearest(alias, new Set(all.map(event => event.alias)))
  return fail('ALIAS_NOT_FOUND', { alias }, near === undefined ? {} : { hint: `Did you mean ${near}?` })
}
