/** `experiment execute`: verify the inputs, run every variation, publish what came out, and say so in the registry. */

import type { ExperimentExecuteRequest, ExperimentExecuteResult, ExperimentOutputs } from '../../../contracts/types.ts'
import { ERRORS, type ErrorCode, fail, GatewayError } from '../../base/errors.ts'
import { gitCommit } from '../../base/git.ts'
import { isAlive, isThisProcess, thisProcess } from '../../base/owner.ts'
import { isoInstant } from '../../base/time.ts'
import { VERSION } from '../../base/version.ts'
import { ENGINE_VERSION } from '../../engine/backtest.ts'
import {
  appendExperimentEvent,
  type ExperimentEvent,
  type ExperimentState,
  mustFindExperiment,
} from '../../registry/experiment-facts.ts'
import { experimentSeed } from '../../registry/ids.ts'
import type { Command, Context } from '../command.ts'
import { catchUp, isPublished } from '../publish.ts'
import { stampOf } from '../registry/registration.ts'
import { type Batch, runBatch } from './batch.ts'
import { publishAttempt, publishedAttempt, type ReportDraft } from './publish.ts'
import { ranked, resultsHash, resultsOf, statisticsOf } from './results.ts'
import { runnerFor } from './runner.ts'
import { executedText } from './text.ts'
import { repeatWarnings, type Variation, variationsOf } from './variations.ts'
import { verifyInputs } from './verify.ts'

export const execute: Command<ExperimentExecuteRequest> = {
  produces: 'experiment',
  async run(request, context) {
    const begun = context.clock.elapsed()
    const { attempt, outputs, report, warnings } =
      (await completedBefore(request, context)) ?? (await attempted(await claim(request, context), request, context))
    const duration = Math.round(context.clock.elapsed() - begun)
    if (report.status === 'failed') throw failureOf(report)
    const message = `Experiment completed: ${request.id}`
    const result: ExperimentExecuteResult = {
      experimentId: request.id,
      status: 'completed',
      attempt,
      outputs,
      duration,
      message,
    }
    return { answer: { result }, warnings, text: () => executedText(result, report, context.root) }
  },
}

/** An attempt that ended. */
interface Done {
  attempt: number
  outputs: ExperimentOutputs
  report: ReportDraft
  warnings: string[]
}

interface Claimed {
  state: ExperimentState
  attempt: number
  /** The attempt was begun by a process that died. */
  interrupted: boolean
}

/** What this very request completed before, where its process died before it could answer; else null. */
async function completedBefore({ id }: ExperimentExecuteRequest, { root, interrupted }: Context): Promise<Done | null> {
  if (interrupted === undefined) return null
  const { status, attempts: attempt } = await mustFindExperiment(root, id)
  const done = status === 'completed' && interrupted === attemptKey(id, attempt) && publishedAttempt(root, id, attempt)
  return done ? { attempt, ...done, warnings: done.report.warnings } : null
}

/** Name of an attempt. */
function attemptKey(id: string, attempt: number): string {
  return `${id}/${attempt}`
}

/** What the keys of its runs begin with: the same for all attempts until one has a report, so that none runs twice; not for another engine. */
function runsKey({ experimentId, reports }: ExperimentState): string {
  return `${experimentId}/${reports + 1}/${ENGINE_VERSION}`
}

/** Take the experiment for this process: of several exactly one gets it. CONFLICT where it is at work or has ended. */
async function claim({ id, rerun, actor }: ExperimentExecuteRequest, context: Context): Promise<Claimed> {
  const { root } = context
  const state = await mustFindExperiment(root, id)
  const { status, owner, attempts } = state
  // This very process can only have failed to say how its last attempt ended.
  if (status === 'running' && owner !== undefined && isAlive(owner) && !isThisProcess(owner)) {
    throw fail('CONFLICT', { message: `Experiment ${id} is being executed by process ${owner.pid}` })
  }
  const interrupted = status === 'running'
  if (!interrupted && status !== 'pending' && !rerun) {
    const message = `Experiment ${id} is ${status}: it is executed again with \`rerun\` only`
    throw fail('CONFLICT', { message }, { details: [{ pointer: '/params/rerun', message }] })
  }
  const event: ExperimentEvent = { status: 'running', owner: thisProcess(), startedAt: context.clock.now() }
  if (!appendExperimentEvent(root, state, event, stampOf(context, { actor }))) {
    throw fail('CONFLICT', { message: `Experiment ${id} was taken by another process at the same moment` })
  }
  const attempt = interrupted ? attempts : attempts + 1
  context.beforeWork?.(attemptKey(id, attempt))
  return { state: await mustFindExperiment(root, id), attempt, interrupted }
}

/** Carry out the attempt, or take over what it had published before its process died; record how it ended, whatever way that is. */
async function attempted(
  { state, attempt, interrupted }: Claimed,
  request: ExperimentExecuteRequest,
  context: Context,
): Promise<Done> {
  const { root, clock } = context
  const record = (event: ExperimentEvent) => {
    if (!appendExperimentEvent(root, state, { ...event, completedAt: clock.now() }, stampOf(context, request)))
      throw fail('CONFLICT', { message: `Experiment ${state.experimentId} was taken over by another process` })
  }
  let done: Performed
  try {
    const earlier = interrupted ? publishedAttempt(root, state.experimentId, attempt) : null
    done = earlier ?? (await perform(state, attempt, request, context))
  } catch (error) {
    const aborted = error instanceof GatewayError && error.code === 'ABORTED'
    try {
      record({ status: aborted ? 'cancelled' : 'failed', error: (error as Error).message })
    } catch {
      // The failure itself is what the caller must hear of.
    }
    throw error
  }
  const { outputs, report } = done
  if (report.status === 'completed') record({ status: 'completed', outputs })
  else record({ status: 'failed', outputs, error: failureOf(report).message })
  const takenOver = interrupted ? [`Attempt ${attempt} was interrupted: what it had published was taken over.`] : []
  return { attempt, outputs, report, warnings: [...takenOver, ...report.warnings] }
}

type Performed = Pick<Done, 'outputs' | 'report'>

async function perform(
  state: ExperimentState,
  attempt: number,
  request: ExperimentExecuteRequest,
  context: Context,
): Promise<Performed> {
  const { root, clock } = context
  const { experimentId: id, definition, definitionHash } = state
  const startedAt = clock.now()
  const begun = clock.elapsed()
  await verifyInputs(root, definition, { content: !request.no_verify })
  const seed = definition.seed ?? experimentSeed(definitionHash)
  const variations = await variationsOf(root, definition, seed)
  const batch = await executeAll(variations, state, attempt, request, context)
  const caughtUp = await catchUp(context)
  const results = resultsOf(root, variations, batch)
  const { aborted } = batch
  const count = (status: string) => results.filter(row => row.status === status).length
  const best = ranked(results)[0]
  const successful = count('completed')
  const commit = gitCommit(context.cwd)
  const report: ReportDraft = {
    schema_version: '1.0',
    artifact_type: 'quantlab.experiment.report',
    experiment_id: id,
    attempt,
    name: definition.name,
    description: definition.description ?? null,
    mode: definition.mode,
    status: successful > 0 ? 'completed' : 'failed',
    definition_hash: definitionHash,
    definition: { ...definition },
    seed,
    engine_version: ENGINE_VERSION,
    node_version: process.version,
    quantlab_version: VERSION,
    git_commit: commit === 'unknown' ? null : commit,
    trace_id: context.traceId,
    started_at: isoInstant(startedAt),
    finished_at: isoInstant(clock.now()),
    duration_ms: Math.round(clock.elapsed() - begun),
    results_hash: resultsHash(results),
    summary: {
      variations: results.length,
      successful,
      failed: count('failed'),
      skipped: count('skipped'),
      best_run_id: best?.run_id ?? null,
      best_variation_id: best?.variation_id ?? null,
    },
    results,
    statistics: statisticsOf(results),
    aborted: aborted === null ? null : { ...aborted, metrics: withoutNaN(aborted.metrics) },
    warnings: [...warningsOf(definition.engineVersion, count('failed')), ...repeatWarnings(variations), ...caughtUp],
  }
  return { outputs: await publishAttempt(root, report, request.report), report }
}

async function executeAll(
  variations: readonly Variation[],
  state: ExperimentState,
  attempt: number,
  { max_concurrency }: ExperimentExecuteRequest,
  context: Context,
): Promise<Batch> {
  const { experimentId: id, definition } = state
  const total = variations.length
  const { runner, sessions } = await runnerFor(total, max_concurrency, context)
  const run = async (index: number) => {
    if (context.abort.aborted) throw fail('ABORTED', {})
    const { id: variation, request } = variations[index]
    const params = { ...request, tags: [id] }
    const key = `${runsKey(state)}/${variation}`
    const ran = await runner.run(key, params)
    // One that was removed since an earlier attempt published it is run again.
    const gone = ran.status === 'completed' && !isPublished(ran.path)
    return gone ? runner.run(`${key}/attempt-${attempt}`, params) : ran
  }
  try {
    return await runBatch(total, run, { concurrency: sessions, rules: definition.earlyAbort }, done =>
      context.progress({ run_id: id, done, total }),
    )
  } finally {
    await runner.close()
  }
}

function warningsOf(definedFor: string, failed: number): string[] {
  return [
    ...(definedFor === ENGINE_VERSION
      ? []
      : [`It was defined for engine ${definedFor} and executed by ${ENGINE_VERSION}.`]),
    ...(failed === 0 ? [] : [`${failed} variations failed: the report says why.`]),
  ]
}

/** An undefined mean is null. */
function withoutNaN<Figures extends object>(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number.isNaN(value) ? null : value]),
  ) as Figures
}

/** Where nothing became a run, the experiment fails as the first variation did. */
function failureOf({ results, summary }: ReportDraft): GatewayError {
  const first = results.find(({ error }) => error !== null)?.error
  const code = (first?.code ?? 'GENERAL_ERROR') as ErrorCode
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code].class : 'GENERAL_ERROR'
  const message = `Experiment failed: none of ${summary.variations} variations became a run; ${first?.message ?? 'none was run'}`
  return fail(known, { message }, { hint: '`quantlab experiment get` names the report with every failure.' })
}
