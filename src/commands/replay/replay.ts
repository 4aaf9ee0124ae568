/** `replay`: execute a stored run again from what is on disk, as a run of its own, and say whether the result is the same. */

import type { ReplayRequest } from '../../../contracts/types.ts'
import { isAttempt } from '../../artifacts/experiment-attempt.ts'
import { isModelDir } from '../../artifacts/model-run.ts'
import { type RunFiles, readRun } from '../../artifacts/run-reader.ts'
import { fail } from '../../base/errors.ts'
import { isAlertRun } from '../alerts/alert-run.ts'
import { runFolder, runIdIn } from '../artifact/folder.ts'
import { verifyRun } from '../artifact/verify.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { replayPaper, requireResult } from './paper.ts'
import { replayRun } from './run.ts'

type Replay = (path: string, stored: RunFiles, context: Context, request: ReplayRequest) => Promise<Outcome>

const trial: Replay = async (...given) => (await import('./sweep.ts')).replayTrial(...given)

const member: Replay = async (...given) => (await import('./regime.ts')).replayMember(...given)

/** Mode of a run directory → how it is executed again. */
const REPLAYS: Record<string, Replay> = {
  run: async (path, stored, context) =>
    isAlertRun(stored)
      ? (await import('../alerts/replay.ts')).replayMultiTrade(path, stored, context)
      : replayRun(path, stored, context),
  paper: replayPaper,
  majors_alts: async (path, stored, context) => (await import('./regime.ts')).replayRegime(path, stored, context),
  grid: trial,
  random: trial,
  sobol: trial,
  batch: trial,
  walkforward: trial,
  majors_alts_sweep: member,
}

/** An experiment is not replayed but executed again. */
function notAgain(id: string): Error {
  const message = `${id} is an experiment: its runs are replayed one by one`
  return fail('CONFLICT', { message }, { hint: `\`quantlab experiment execute ${id} --rerun\` executes it again.` })
}

export const replay: Command<ReplayRequest> = {
  produces: 'replay',
  async run(request, context) {
    const path = runFolder(request.run_id, context)
    if (isModelDir(path)) return (await import('../model/replay.ts')).replayModel(path, request, context)
    if (isAttempt(path)) throw notAgain(runIdIn(path))
    const stored = readRun(path)
    const mode = String(stored.metadata?.['mode'] ?? 'unknown')
    if (mode === 'paper') requireResult(path, stored)
    await verifyRun(path)
    const perform = Object.hasOwn(REPLAYS, mode) ? REPLAYS[mode] : undefined
    if (perform === undefined) throw notReplayable(path, mode)
    const beside = (['trial', 'split', 'phase'] as const).find(name => request[name] !== undefined)
    if (perform !== trial && beside !== undefined && !(perform === member && beside === 'trial'))
      throw noTrials(path, beside, String(request[beside]))
    return perform(path, stored, context, request)
  },
}

function notReplayable(path: string, mode: string): Error {
  const message = `Run ${runIdIn(path)} has mode ${mode}, which cannot be executed again.`
  const expected = Object.keys(REPLAYS)
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: '/params/run_id', message, expected }] })
}

function noTrials(path: string, name: string, value: string): Error {
  const message = `Run ${runIdIn(path)} is no sweep: it has no ${name} ${JSON.stringify(value)}; leave \`${name}\` out.`
  return fail('INVALID_CONFIG', { message }, { details: [{ pointer: `/params/${name}`, message }] })
}
