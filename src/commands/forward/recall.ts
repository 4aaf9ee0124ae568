/** The record of a forward session: what its files hold, and what a new segment adds. */

import { join } from 'node:path'
import type { StoredSession } from '../../artifacts/forward-session.ts'
import { fail } from '../../base/errors.ts'
import { readTextIfPresent } from '../../base/files.ts'
import type { ForwardSegment } from '../../engine/forward.ts'
import type { ForwardRecord } from '../../engine/forward-figures.ts'
import { curveOf, fillsOf } from '../../engine/forward-record.ts'
import type { RunLabels } from '../command.ts'

/** What was recorded before, and the new bars behind it. */
export function recordOf(before: ForwardRecord | null, segment: ForwardSegment, startingCash: number): ForwardRecord {
  const equity = segment.accountEquity.map(value => value / startingCash)
  if (before === null) return { ts: segment.ts, equity, fills: segment.fills }
  return {
    ts: joined(before.ts, segment.ts),
    equity: joined(before.equity, equity),
    fills: [...before.fills, ...segment.fills],
  }
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}

/** The record that the state commits: rows behind its last bar are of an update that was interrupted. INTEGRITY_ERROR where they disagree. */
export function recordUntil(
  { state, equity, trades }: StoredSession,
  after: number | null,
  place: string,
): ForwardRecord {
  const until = after ?? Number.NEGATIVE_INFINITY
  const record = {
    ...curveOf(equity, join(place, 'forward_equity_curve.csv'), 'equity', until),
    fills: fillsOf(trades, join(place, 'forward_trades.csv'), until),
  }
  const bars = record.ts.length
  if (bars === state.total_bars_evaluated && (bars === 0 || record.ts[bars - 1] === after)) return record
  const message = `The files of ${place} do not agree with its state: ${bars} bars are recorded, ${state.total_bars_evaluated} evaluated.`
  throw fail('INTEGRITY_ERROR', { message }, { hint: 'Restore the directory from a copy, or begin a new session.' })
}

/** Tags and universe that the session at `place` was given; none where it has no manifest. INTEGRITY_ERROR for one that is no JSON. */
export function labelsIn(place: string): RunLabels {
  const path = join(place, 'manifest.json')
  const text = readTextIfPresent(path)
  if (text === null) return {}
  try {
    const { tags, universe } = (JSON.parse(text) as { metadata?: RunLabels }).metadata ?? {}
    return { ...(tags === undefined ? {} : { tags }), ...(universe === undefined ? {} : { universe }) }
  } catch {
    throw fail(
      'INTEGRITY_ERROR',
      { message: `${path} is damaged: it is not JSON` },
      { hint: 'Restore the file from a copy, or begin a new session.' },
    )
  }
}
