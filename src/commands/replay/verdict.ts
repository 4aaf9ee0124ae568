/** The verdict on a replay, and the answer that tells it: a success, or INTEGRITY_ERROR with the first differences. */

import type { ReplayVerdict, ResultDifference } from '../../../contracts/types.ts'
import { type ErrorDetail, fail } from '../../base/errors.ts'
import { VERSION } from '../../base/version.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import type { Outcome } from '../command.ts'
import { differencesOf, type Result } from './compare.ts'
import type { MadeRun, ReplayLink } from './link.ts'
import { verdictText } from './text.ts'

/** What the verdict needs of the metadata of the original. */
export interface Original {
  run_id: string
  git_commit: string
  engine_version: string
  quantlab_version: string
  node_version: string
  result_hash: string
}

/**
 * Let `perform` execute and publish the replay, and answer its verdict. INTEGRITY_ERROR where the result differs: the replay stays on
 * disk with the verdict in its report.
 */
export function replayOf(
  original: Original,
  result: Result,
  perform: (link: ReplayLink) => Promise<Outcome>,
): Promise<Outcome> {
  const compare = (made: MadeRun) => ({
    differences: differencesOf(result, {
      metrics: JSON.parse(JSON.stringify(made.metrics)) as Record<string, unknown>,
      trades_csv: made.trades_csv,
      equity: made.equity,
    }),
    result_hash: { original: original.result_hash, replay: made.result_hash },
  })
  return judgedReplay(original, compare, perform)
}

/** How a new result compares with the one on disk. */
export type Comparison = Pick<ReplayVerdict, 'differences' | 'result_hash' | 'trial'>

/** The same where another comparison than that of whole runs decides. */
export async function judgedReplay(
  original: Omit<Original, 'result_hash'>,
  compare: (made: MadeRun) => Comparison,
  perform: (link: ReplayLink) => Promise<Outcome>,
): Promise<Outcome> {
  let verdict: ReplayVerdict | undefined
  const outcome = await perform({
    of: original.run_id,
    judge: made => {
      verdict = verdictOf(original, compare(made), made)
      return verdict
    },
  })
  if (verdict === undefined) throw new Error('a replay was published without its verdict')
  const told: ReplayVerdict = verdict
  const path = String(outcome.answer['artifacts_path'])
  if (!told.match) throw differs(told, path)
  return {
    ...outcome,
    answer: { ...outcome.answer, result: told },
    warnings: [...(outcome.warnings ?? []), ...versionWarnings(told)],
    text: () => verdictText(told, path),
  }
}

function verdictOf(
  original: Omit<Original, 'result_hash'>,
  { trial, differences, result_hash }: Comparison,
  made: MadeRun,
): ReplayVerdict {
  return {
    run_id: made.run_id,
    replay_of: original.run_id,
    ...(trial === undefined ? {} : { trial }),
    match: result_hash.original === result_hash.replay && differences.length === 0,
    differences,
    result_hash,
    engine_version: { original: original.engine_version, replay: ENGINE_VERSION },
    quantlab_version: { original: original.quantlab_version, replay: VERSION },
    node_version: { original: original.node_version, replay: process.version },
    code: codeRelation(original.git_commit, made.git_commit),
  }
}

/** How the commits of two runs compare; unknown where one was made outside a repository. */
export function codeRelation(a: string, b: string): ReplayVerdict['code'] {
  if (a === 'unknown' || b === 'unknown') return 'unknown'
  return a === b ? 'same' : 'different'
}

/** Equal numbers are promised only for equal engine versions. */
function versionWarnings({ engine_version: { original, replay } }: ReplayVerdict): string[] {
  if (original === replay) return []
  return [`The original was computed by engine ${original}, the replay by ${replay}: here they give the same numbers.`]
}

function differs(verdict: ReplayVerdict, path: string): Error {
  const { run_id, replay_of, differences, engine_version: engine, result_hash } = verdict
  const details = differences.map(
    ({ file, pointer, original, replay }): ErrorDetail => ({
      pointer: `${file}#${pointer}`,
      message: `was ${JSON.stringify(original)}, is ${JSON.stringify(replay)}`,
      expected: original,
    }),
  )
  const first = firstText(differences) ?? `result_hash was ${result_hash.original}, is ${result_hash.replay}`
  const reason =
    engine.original === engine.replay
      ? `Both were computed by engine ${engine.replay}`
      : `The original was computed by engine ${engine.original}, the replay by ${engine.replay}: equal numbers are promised only for equal versions`
  return fail(
    'INTEGRITY_ERROR',
    { message: `Replay ${run_id} differs from ${replay_of}: ${first}. ${reason}.` },
    { details, hint: `The replay is kept: ${path}` },
  )
}

function firstText([first]: readonly ResultDifference[]): string | undefined {
  if (first === undefined) return undefined
  return `${first.file} ${first.pointer} was ${JSON.stringify(first.original)}, is ${JSON.stringify(first.replay)}`
}
