/** `sweep`: many backtests over one parameter space, ranked, judged, and continued where they were interrupted. */

import { join } from 'node:path'
import type { SweepRequest } from '../../../contracts/types.ts'
import type { SweepFigures } from '../../artifacts/sweep-report.ts'
import {
  beginWork,
  continueWork,
  interruptedSweeps,
  interruptedWork,
  isInStaging,
  removeWork,
  type SweepWork,
} from '../../artifacts/sweep-work.ts'
import { hashOf } from '../../base/canonical.ts'
import { fail, GatewayError } from '../../base/errors.ts'
import { isFolder } from '../../base/files.ts'
import { layout } from '../../base/layout.ts'
import { nearest } from '../../base/near.ts'
import { insideRoot } from '../../base/paths.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import { defaultThreads, TrialPool } from '../../sweep/pool.ts'
import type { Command, Context, Outcome } from '../command.ts'
import { answerFromDisk, publishRun } from '../publish.ts'
import { computeGrid, computeWalkForward, SweepTaker } from './compute.ts'
import { checkedSweep, readSweep } from './config.ts'
import { type PreparedSweep, prepareSweep } from './plan.ts'
import { writeSweep } from './publish.ts'
import { GridTables } from './tables.ts'
import { sweepTable, sweepText } from './text.ts'

export const sweep: Command<SweepRequest> = {
  produces: 'sweep',
  async run(request, context) {
    if (request.pipeline !== undefined) return (await import('../regime/sweep.ts')).sweepRegimes(request, context)
    if (request.resume === undefined) return performSweep(await newWork(request, context), request, context)
    const found = await earlierWork(request, request.resume, context)
    return 'work' in found ? performSweep(found, request, context) : found
  },
}

/** A sweep to compute, and the staging it is computed in. */
interface SweepTask {
  prepared: PreparedSweep
  work: SweepWork
  warnings: string[]
}

/** Claim a run for the request, or go on with what an interrupted attempt of the same request left. */
async function newWork(request: SweepRequest, context: Context): Promise<SweepTask> {
  const { root, clock, interrupted } = context
  const startedMs = clock.now()
  const { out_dir, sweep_outdir, outdir, max_trials, report } = request
  const asked = out_dir ?? sweep_outdir ?? outdir
  const places = asked === undefined ? layout.runs(root) : insideRoot(root, context.cwd, asked)
  const given = await readSweep(request, context)
  const prepared = await prepareSweep(given, max_trials, root)
  const { config, hash: plan_hash, mode, plan } = prepared
  const earlier = interrupted === undefined ? null : interruptedWork(root, interrupted)
  const warnings: string[] = []
  if (earlier !== null) {
    const work = earlier.plan_hash === plan_hash ? continueWork(root, earlier.run_id, clock.elapsed) : null
    if (work !== null) {
      context.beforeWork?.(earlier.run_id)
      return { prepared, work, warnings }
    }
    warnings.push(
      `An earlier attempt, ${earlier.run_id}, was of another configuration: \`quantlab runs repair\` removes it.`,
    )
  }
  if (context.abort.aborted) throw fail('ABORTED', {})
  const record = {
    ...{ mode, places, config: { ...config }, given: { ...given.given }, config_path: given.path, plan_hash },
    ...{ engine_version: ENGINE_VERSION, trials: plan.space.size, max_trials, report, reproduce: context.reproduce },
    ...(context.labels === undefined ? {} : { labels: context.labels }),
  }
  const work = beginWork(root, startedMs, hashOf(config), record, clock.elapsed)
  context.beforeWork?.(work.record.run_id)
  return { prepared, work, warnings }
}

/** Go on with an interrupted sweep; one that was finished after all is answered from disk. */
async function earlierWork(request: SweepRequest, runId: string, context: Context): Promise<SweepTask | Outcome> {
  const { root, clock } = context
  refuseBeside(request)
  const record = interruptedWork(root, runId)
  const place = record === null ? layout.run(root, runId) : join(record.places, runId)
  if (isFolder(place)) {
    if (record !== null) removeWork(root, runId)
    return { answer: answerFromDisk(place), warnings: [`${runId} was finished already.`] }
  }
  if (record === null) throw notInterrupted(root, runId)
  const given = await checkedSweep(record.config, record.config_path, '/resume')
  const prepared = await prepareSweep({ ...given, given: record.given }, record.max_trials, root)
  if (prepared.hash !== record.plan_hash) {
    const engine =
      record.engine_version === ENGINE_VERSION ? '' : ` by engine ${record.engine_version}, not ${ENGINE_VERSION}`
    throw fail(
      'INTEGRITY_ERROR',
      { message: `${runId} cannot be continued: it was begun${engine} on other data or for other trials.` },
      { hint: 'Start the sweep anew; `quantlab runs repair` removes this one.' },
    )
  }
  const work = continueWork(root, runId, clock.elapsed)
  if (work === null) {
    throw fail(
      'CONFLICT',
      { message: `${runId} is being computed by another process.` },
      { hint: 'Wait for it to end.' },
    )
  }
  context.beforeWork?.(runId)
  return { prepared, work: { ...work, record: { ...record, report: record.report || request.report } }, warnings: [] }
}

function refuseBeside(request: SweepRequest): void {
  const beside = (['config_path', 'config', 'out_dir', 'sweep_outdir', 'outdir'] as const).filter(
    key => request[key] !== undefined,
  )
  if (beside.length === 0) return
  const details = beside.map(key => ({
    pointer: `/params/${key}`,
    message: 'is given beside resume, which takes it from the interrupted sweep',
  }))
  throw fail('INVALID_CONFIG', { message: `${details[0].pointer} ${details[0].message}` }, { details })
}

function notInterrupted(root: string, runId: string): Error {
  if (isInStaging(root, runId)) {
    return fail(
      'CONFLICT',
      { message: `${runId} has only just begun and cannot be continued.` },
      { hint: 'Send the request again.' },
    )
  }
  const waiting = interruptedSweeps(root)
  const suggestion = nearest(runId, waiting)
  const names = waiting.length === 0 ? 'none is' : `these are: ${waiting.join(', ')}`
  const message = `No sweep ${runId} waits to be continued; ${names}.`
  return fail(
    'NOT_FOUND',
    { message },
    { details: [{ pointer: '/params/resume', message, ...(suggestion === undefined ? {} : { suggestion }) }] },
  )
}

/** Compute and publish. An interruption, and a fault of the disk, leave the staging as it is: the sweep can be continued. */
async function performSweep(
  { prepared, work, warnings }: SweepTask,
  request: SweepRequest,
  context: Context,
): Promise<Outcome> {
  const { plan, selection, splits, config } = prepared
  const { directory, journal, record } = work
  const threads = Math.min(
    request.threads ?? defaultThreads(workOf(prepared)),
    config.max_concurrency ?? Number.POSITIVE_INFINITY,
  )
  const pool = new TrialPool(plan, threads)
  const tests = splits === null ? 0 : splits.length * Math.min(selection.top_k, plan.space.size)
  const total = plan.space.size * (splits?.length ?? 1) + tests
  const taker = new SweepTaker(journal, context, record.run_id, total)
  let figures: SweepFigures | undefined
  const computed = async () => {
    if (splits !== null) return { splits: await computeWalkForward(prepared, pool, taker, context.abort) }
    const tables = new GridTables(prepared, directory)
    try {
      const add = tables.add.bind(tables)
      return { grid: await computeGrid(prepared, pool, taker, add, context.abort), tables }
    } catch (error) {
      tables.discard()
      throw error
    }
  }
  const write = async () => {
    const begun = context.clock.elapsed()
    const result = await computed()
    const simulation_time_ms = Math.round((context.clock.elapsed() - begun) * 1000) / 1000
    const written = await writeSweep({ prepared, work, pool, taker, result, simulation_time_ms }, context)
    figures = written.figures
    return written.published
  }
  try {
    const outcome = await publishRun(directory, context, write, canBeContinued)
    const { warnings: found } = figures as SweepFigures
    const shown = figures as SweepFigures
    return {
      ...outcome,
      warnings: [...warnings, ...recalledText(taker, total), ...found, ...(outcome.warnings ?? [])],
      text: () =>
        sweepText(
          shown,
          plan.space.dimensions.map(({ path }) => path),
          directory.path,
        ),
      table: () => sweepTable(shown),
    }
  } catch (error) {
    throw canBeContinued(error) ? continuable(error as GatewayError, record.run_id) : error
  } finally {
    await pool.close()
    journal.close()
  }
}

function canBeContinued(error: unknown): boolean {
  return error instanceof GatewayError && (error.code === 'ABORTED' || error.code === 'STORAGE_ERROR')
}

/** The same error, with what to do about it. */
function continuable({ code, message, details }: GatewayError, runId: string): Error {
  const resume = { pointer: '/params/resume', message: `${runId} can be continued`, suggestion: runId }
  return fail(
    code,
    { message },
    { details: [...details, resume], hint: `quantlab sweep --resume ${runId} continues it.` },
  )
}

function recalledText({ recalled }: SweepTaker, total: number): string[] {
  return recalled === 0 ? [] : [`Continued: ${recalled} of ${total} trials were there already.`]
}

/** Bars times trials. */
function workOf({ plan }: PreparedSweep): number {
  const bars = plan.stages.reduce((sum, { frames }) => sum + Math.max(0, ...frames.map(({ from, to }) => to - from)), 0)
  return bars * plan.space.size
}
